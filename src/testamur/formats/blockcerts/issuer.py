"""The keys of a Blockcerts issuer: block chain addresses that its profile lists, with the time in which each was used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A block chain address and from when until when it is the issuer's (aware; None: without limit)."""

    address: str
    since: datetime | None = None
    until: datetime | None = None

    def in_use(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


def named_key(document: Mapping[str, Any]) -> str | None:
    """The address that the document says it was issued with (2.0: `verification.publicKey`); None where it names none."""
    stated = document.get("verification")
    key = stated.get("publicKey", stated.get("creator")) if isinstance(stated, Mapping) else None
    return address_of(key) if isinstance(key, str) else None


def address_of(key: str) -> str:
    """The bare address in `ecdsa-koblitz-pubkey:…`; of Ethereum in small letters, whose capitals are only a check sum."""
    address = key.removeprefix("ecdsa-koblitz-pubkey:")
    return address.lower() if address.startswith("0x") else address


def issuer_keys(profile: Mapping[str, Any]) -> tuple[IssuerKey, ...]:
    """The keys that an issuer's profile lists: `publicKey` in 2.0 and 3.x, `publicKeys` in 2.0-alpha, `issuerKeys` in 1.2.

    A key with an unreadable date is not listed: it might be out of use.
    """
    keys = []
    for member, identifier, begins in (
        ("publicKey", "id", "created"),
        ("publicKeys", "publicKey", "created"),
        ("issuerKeys", "key", "date"),
    ):
        listed = profile.get(member)
        for entry in (listed if isinstance(listed, list) else [listed])[:_MOST]:
            if not isinstance(entry, Mapping) or not isinstance(entry.get(identifier), str):
                continue
            try:
                since = _moment(entry.get(begins))
                ends = [_moment(entry.get(name)) for name in ("revoked", "expires", "invalidated")]
            except ValueError:
                continue
            until = min((end for end in ends if end is not None), default=None)
            keys.append(IssuerKey(address_of(entry[identifier]), since, until))
    return tuple(keys)


def revocation_addresses(document: Mapping[str, Any], profile: Mapping[str, Any]) -> frozenset[str]:
    """The addresses of version 1.2 whose output in the issuing transaction is spent to revoke: the recipient's own, which stands in the
    signed part, and those that the issuer's profile lists for whole batches (`revocationKeys`)."""
    recipient = document.get("recipient")
    listed = profile.get("revocationKeys")
    named = [recipient.get("revocationKey")] if isinstance(recipient, Mapping) else []
    named += (
        [entry.get("key") for entry in listed[:_MOST] if isinstance(entry, Mapping)] if isinstance(listed, list) else []
    )
    return frozenset(address_of(key) for key in named if isinstance(key, str) and key)


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("no date")
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

"""W3C Bitstring Status List 1.0: one bit of a published list says whether a credential is revoked or suspended.

Whoever looks up one bit fetches the whole list, so the issuer does not learn whose status was asked. Writing is strict: random indexes
are allocated by whoever keeps the list, the index is a decimal string, the list's issuer a string, its statusPurpose one string. Reading is
lenient about spelling (an integer index, a missing prefix, StatusList2021) and strict about meaning: what the list does not clearly say
is *unknown*, never "not revoked".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from testamur.errors import Malformed, TooLarge
from testamur.status.bits import MINIMUM_ENTRIES, Bits, decode, encode
from testamur.status.result import (
    MALFORMED_VALUE_ERROR,
    RANGE_ERROR,
    STATUS_LIST_LENGTH_ERROR,
    STATUS_VERIFICATION_ERROR,
    StatusOutcome,
    StatusResult,
    Undecided,
    what_a_set_bit_says,
)

__all__ = [
    "CONTEXT",
    "MINIMUM_ENTRIES",
    "Bits",
    "StatusOutcome",
    "StatusResult",
    "decode",
    "encode",
    "list_credential",
    "read_status",
    "status_entries",
    "status_entry",
]

CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"

_LISTS: Final = {
    "BitstringStatusListEntry": "BitstringStatusListCredential",
    "StatusList2021Entry": "StatusList2021Credential",
    "RevocationList2020Status": "RevocationList2020Credential",
}


_UNUSUAL: Final = frozenset({"statusSize", "statusMessage"})
_INDEX: Final = re.compile(r"[0-9]{1,16}")
_LIST_TYPES: Final = frozenset(_LISTS.values())


def status_entry(
    list_url: str, index: int, purpose: str = "revocation", reference: str | None = None
) -> dict[str, Any]:
    """A `credentialStatus` for the bit at `index` of the list at `list_url` (absolute address). `reference` is the address of further
    information about the status (statusReference). Raises ValueError for a negative index. Source: §2.1."""
    if index < 0:
        raise ValueError("an index is zero or more")
    entry = {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }
    if reference is not None:
        entry["statusReference"] = reference
    return entry


def list_credential(
    url: str,
    issuer: str,
    bits: Bits,
    purpose: str = "revocation",
    *,
    valid_from: datetime,
    valid_until: datetime | None = None,
    ttl: int | None = None,
) -> dict[str, Any]:
    """The unsigned BitstringStatusListCredential of the list at `url`. Source: §2.2.

    `issuer` is the same id as that of the credentials whose status it tells; the moments are aware datetimes; `ttl` is how long a
    reader may keep the list, in milliseconds. Raises ValueError for fewer than `MINIMUM_ENTRIES` bits or a moment without zone.
    """
    credential: dict[str, Any] = {
        "@context": [CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": date_time(valid_from),
    }
    if valid_until is not None:
        credential["validUntil"] = date_time(valid_until)
    subject: dict[str, Any] = {
        "id": f"{url}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": encode(bits),
    }
    if ttl is not None:
        subject["ttl"] = ttl
    credential["credentialSubject"] = subject
    return credential


def status_entries(credential: Mapping[str, Any]) -> list[Any]:
    """The status entries of a credential, of whatever type, from a single one or an array (VC Data Model 2.0 §4.10 allows both)."""
    found = credential.get("credentialStatus")
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def read_status(
    entry: Any, list_credential: Any, *, now: datetime | None = None, unpack: Callable[[str], Bits] = decode
) -> StatusResult:
    """What `list_credential` says about `entry`. Never raises for bad input. `unpack` is `decode`, or remembers what that gave for the same
    text.

    1. Read the entry: type, purpose, index, size, address of the list.
    2. See that the list is the one it names, of a fitting type and purpose, and valid at `now` where that is given.
    3. Unpack the list, bounded, and see that it is long enough.
    4. Read the bit, and say what it means.

    The list is *not* proven here: its proof and its issuer are checked by whoever obtained it. Source: §3.2.
    """
    purpose = None
    try:
        kind, purpose, index, size, address = _read_entry(entry)
        subject = _read_list(list_credential, kind, address, now)
        _match_purpose(subject.get("statusPurpose"), purpose)
        bits = _unpack(subject, size, unpack)
        if (index + 1) * size > len(bits):
            raise Undecided("status.index_out_of_range", RANGE_ERROR, index=index, entries=len(bits) // size)
        value = bits.number(index, size)
    except Undecided as undecided:
        return undecided.result(purpose)
    facts: dict[str, Any] = {"index": index, "list": address, "value": value}
    if messages := _messages(entry, value):
        facts["message"] = messages
    if isinstance(entry.get("statusReference"), str | list):
        facts["reference"] = entry["statusReference"]
    if value == 0 and purpose != "message":
        return StatusResult(StatusOutcome.PASSED, "status.clear", purpose, facts)
    outcome, code = what_a_set_bit_says(purpose)
    return StatusResult(outcome, code, purpose, facts)


def usual_entry(entry: Any) -> tuple[str, int] | None:
    """The purpose and index of an entry as nearly all are; None for others, and for those that cannot be read."""
    if type(entry) is not dict or entry.get("type") != "BitstringStatusListEntry" or not _UNUSUAL.isdisjoint(entry):
        return None
    purpose, index = entry.get("statusPurpose"), entry.get("statusListIndex")
    if type(purpose) is not str or type(index) is not str or not purpose or not _INDEX.fullmatch(index):
        return None
    return purpose, int(index)


class UsualList:
    """A list as nearly all are, with what `read_status` looks at each time: for which purposes it speaks, and within which dates."""

    __slots__ = ("_begins", "_ends", "_purposes", "encoded")

    def __init__(self, credential: Any) -> None:
        """Raises ValueError for any other."""
        try:
            subject = _read_list(credential, "BitstringStatusListEntry", credential.get("id"), None)
            self._begins = _moment(credential, "validFrom", "issuanceDate")
            self._ends = _moment(credential, "validUntil", "expirationDate")
        except Undecided:
            raise ValueError("a list of another kind") from None
        self._purposes, self.encoded = subject.get("statusPurpose"), subject.get("encodedList")
        if type(self._purposes) is not str or type(self.encoded) is not str:
            raise ValueError("a list of another kind")

    def is_clear(self, purpose: str, index: int, now: datetime, bits: Bits) -> bool:
        """Whether `read_status` certainly says `status.clear` about a usual entry that names this list; `bits` are what it holds."""
        if purpose != self._purposes or purpose == "message" or len(bits) < MINIMUM_ENTRIES or index >= len(bits):
            return False
        if (self._begins is not None and self._begins > now) or (self._ends is not None and self._ends < now):
            return False
        return not bits.get(index)


def _read_entry(entry: Any) -> tuple[str, str, int, int, str]:
    if not isinstance(entry, dict):
        raise Undecided("status.entry_malformed", MALFORMED_VALUE_ERROR, member="credentialStatus")
    kinds = entry.get("type")
    kinds_named = kinds if isinstance(kinds, list) else [kinds]
    kind = next((name for name in _LISTS if name in kinds_named), None)
    if kind is None:
        raise Undecided("status.entry_type", STATUS_VERIFICATION_ERROR, type=kinds if isinstance(kinds, str) else None)
    purpose = entry.get("statusPurpose", "revocation" if kind == "RevocationList2020Status" else None)
    if not isinstance(purpose, str) or not purpose:
        raise Undecided("status.entry_malformed", MALFORMED_VALUE_ERROR, member="statusPurpose")
    index = entry.get("statusListIndex", entry.get("revocationListIndex"))
    if isinstance(index, str) and _INDEX.fullmatch(index):
        index = int(index)
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < 10**16:
        raise Undecided("status.entry_malformed", MALFORMED_VALUE_ERROR, member="statusListIndex")
    size = entry.get("statusSize", 1)
    if isinstance(size, str) and re.fullmatch(r"[0-9]{1,2}", size):
        size = int(size)
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= 64:
        raise Undecided("status.entry_malformed", MALFORMED_VALUE_ERROR, member="statusSize")
    address = entry.get("statusListCredential", entry.get("revocationListCredential"))
    if not isinstance(address, str) or not address:
        raise Undecided("status.entry_malformed", MALFORMED_VALUE_ERROR, member="statusListCredential")
    return kind, purpose, index, size, address


def _read_list(credential: Any, kind: str, address: str, now: datetime | None) -> dict[str, Any]:
    if not isinstance(credential, dict):
        raise Undecided("status.list_malformed", STATUS_VERIFICATION_ERROR)
    declared = credential.get("type")
    if not any(str(name) in _LIST_TYPES for name in (declared if isinstance(declared, list) else [declared])):
        raise Undecided("status.list_type", STATUS_VERIFICATION_ERROR, expected=_LISTS[kind])
    found = credential.get("id")
    if isinstance(found, str) and found != address:
        raise Undecided("status.list_other", STATUS_VERIFICATION_ERROR, expected=address, found=found)
    if now is not None:
        _check_validity(credential, now)
    subject = credential.get("credentialSubject")
    if isinstance(subject, list) and len(subject) == 1:
        subject = subject[0]
    if not isinstance(subject, dict):
        raise Undecided("status.list_malformed", STATUS_VERIFICATION_ERROR, member="credentialSubject")
    return subject


def _check_validity(credential: dict[str, Any], now: datetime) -> None:
    """A list from yesterday does not say what holds today, and one from tomorrow is a clock that goes wrong."""
    begins = _moment(credential, "validFrom", "issuanceDate")
    ends = _moment(credential, "validUntil", "expirationDate")
    if begins is not None and begins > now:
        raise Undecided("status.list_not_yet_valid", STATUS_VERIFICATION_ERROR, valid_from=_told(begins))
    if ends is not None and ends < now:
        raise Undecided("status.list_expired", STATUS_VERIFICATION_ERROR, valid_until=_told(ends))


def _moment(credential: dict[str, Any], *names: str) -> datetime | None:
    for name in names:
        value = credential.get(name)
        if value is None:
            continue
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None:
            raise Undecided("status.list_malformed", MALFORMED_VALUE_ERROR, member=name)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _told(moment: datetime) -> str:
    """A moment of a list as facts carry it; in its own zone where UTC would leave the calendar."""
    try:
        return date_time(moment)
    except OverflowError:
        return moment.isoformat(timespec="seconds")


def _match_purpose(declared: Any, purpose: str) -> None:
    """The list's purpose is one string, or (§2.2) several; a list of the old kind RevocationList2020 has none."""
    if declared is None and purpose == "revocation":
        return
    if purpose not in (declared if isinstance(declared, list) else [declared]):
        raise Undecided("status.purpose_mismatch", STATUS_VERIFICATION_ERROR, purpose=purpose)


def _unpack(subject: dict[str, Any], size: int, unpack: Callable[[str], Bits]) -> Bits:
    encoded = subject.get("encodedList")
    if not isinstance(encoded, str):
        raise Undecided("status.list_malformed", STATUS_VERIFICATION_ERROR, member="encodedList")
    try:
        bits = unpack(encoded)
    except (Malformed, TooLarge) as error:
        raise Undecided(error.code, STATUS_VERIFICATION_ERROR, **error.facts) from None
    if len(bits) // size < MINIMUM_ENTRIES:
        raise Undecided(
            "status.list_too_short", STATUS_LIST_LENGTH_ERROR, entries=len(bits) // size, minimum=MINIMUM_ENTRIES
        )
    return bits


def _messages(entry: dict[str, Any], value: int) -> str | None:
    """The words for a status value (statusMessage): `{"status": "0x1", "message": …}`."""
    found = entry.get("statusMessage")
    for message in found if isinstance(found, list) else [found]:
        if not isinstance(message, dict) or not isinstance(message.get("message"), str):
            continue
        status = message.get("status")
        if isinstance(status, str) and re.fullmatch(r"0x[0-9A-Fa-f]{1,16}", status) and int(status, 16) == value:
            return str(message["message"])
    return None


def date_time(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone: an aware datetime")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

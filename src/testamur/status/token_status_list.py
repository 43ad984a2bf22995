"""Token Status List: the list for tokens (SD-JWT VC and other JWT) whose claims name an index and an address. Read only.

The list is a JWT of the type `statuslist+jwt`; its statuses are packed with the *lowest* bits of a byte first, unlike the W3C list, and
compressed with zlib. Source: draft-ietf-oauth-status-list, §4 (compressed list), §5.1 (JWT), §6 (reference), §7.1 (values), §8.3 (rules).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from testamur.errors import Malformed, TooLarge
from testamur.status.bits import decode
from testamur.status.result import (
    MALFORMED_VALUE_ERROR,
    RANGE_ERROR,
    STATUS_VERIFICATION_ERROR,
    StatusOutcome,
    StatusResult,
    Undecided,
)

TYPE: Final = "statuslist+jwt"
_SIZES: Final = (1, 2, 4, 8)
_MAX_INDEX: Final = 10**12


@dataclass(frozen=True, slots=True)
class StatusReference:
    """Where a token's status stands: the `index` in the list at `address`."""

    index: int
    address: str


def status_reference(claims: Mapping[str, Any]) -> StatusReference | None:
    """The reference in a token's claims (`status.status_list`); None where there is none. Raises `Malformed` (`status.entry_malformed`)."""
    status = claims.get("status")
    if status is None:
        return None
    entry = status.get("status_list") if isinstance(status, Mapping) else None
    if entry is None:
        return None
    index = entry.get("idx") if isinstance(entry, Mapping) else None
    address = entry.get("uri") if isinstance(entry, Mapping) else None
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < _MAX_INDEX:
        raise Malformed(
            "The token names no place in its status list.", code="status.entry_malformed", facts={"member": "idx"}
        )
    if not isinstance(address, str) or not address:
        raise Malformed("The token names no status list.", code="status.entry_malformed", facts={"member": "uri"})
    return StatusReference(index, address)


def read_token_status(
    reference: StatusReference, header: Mapping[str, Any], payload: Mapping[str, Any], *, now: datetime
) -> StatusResult:
    """What the list with this JWT `header` and `payload` says about `reference` at `now` (aware). Never raises for bad input.

    1. The token must be a status list, about this address, and in force.
    2. Unpack the list, bounded.
    3. Read the value: 0 valid, 1 invalid, 2 suspended; every other value is the application's own and decides nothing.

    The list's signature is *not* checked here. Codes as those of `read_status`.
    """
    try:
        value = _value(reference, header, payload, now)
    except Undecided as undecided:
        return undecided.result("revocation")
    facts = {"index": reference.index, "list": reference.address, "value": value}
    if value == 0:
        return StatusResult(StatusOutcome.PASSED, "status.clear", "revocation", facts)
    if value == 1:
        return StatusResult(StatusOutcome.FAILED, "status.revoked", "revocation", facts)
    if value == 2:
        return StatusResult(StatusOutcome.FAILED, "status.suspended", "suspension", facts)
    return StatusResult(StatusOutcome.UNKNOWN, "status.purpose_unknown", None, facts)


def _value(reference: StatusReference, header: Mapping[str, Any], payload: Mapping[str, Any], now: datetime) -> int:
    kind = header.get("typ")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") != TYPE:
        raise Undecided("status.list_type", STATUS_VERIFICATION_ERROR, expected=TYPE)
    if payload.get("sub") != reference.address:
        raise Undecided("status.list_other", STATUS_VERIFICATION_ERROR, expected=reference.address)
    issued, expires = _moment(payload, "iat"), _moment(payload, "exp")
    if issued is None:
        raise Undecided("status.list_malformed", MALFORMED_VALUE_ERROR, member="iat")
    if issued > now:
        raise Undecided("status.list_not_yet_valid", STATUS_VERIFICATION_ERROR, valid_from=issued.isoformat())
    if expires is not None and expires <= now:
        raise Undecided("status.list_expired", STATUS_VERIFICATION_ERROR, valid_until=expires.isoformat())
    packed = payload.get("status_list")
    size = packed.get("bits") if isinstance(packed, Mapping) else None
    encoded = packed.get("lst") if isinstance(packed, Mapping) else None
    if size not in _SIZES or isinstance(size, bool) or not isinstance(size, int) or not isinstance(encoded, str):
        raise Undecided("status.list_malformed", MALFORMED_VALUE_ERROR, member="status_list")
    try:
        content = bytes(decode(encoded))
    except (Malformed, TooLarge) as error:
        raise Undecided(error.code, STATUS_VERIFICATION_ERROR, **error.facts) from None
    entries = len(content) * 8 // size
    if reference.index >= entries:
        raise Undecided("status.index_out_of_range", RANGE_ERROR, index=reference.index, entries=entries)
    place = reference.index * size
    return content[place >> 3] >> (place & 7) & ((1 << size) - 1)


def _moment(payload: Mapping[str, Any], name: str) -> datetime | None:
    """The moment under `name` (seconds since 1970, RFC 7519 §2); None where it is absent."""
    value = payload.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError("no number")
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise Undecided("status.list_malformed", MALFORMED_VALUE_ERROR, member=name) from None

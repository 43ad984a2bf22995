"""`POST /verifiers/credentials/verify`: is this credential what the standards demand, and is its proof true?

The service proves documents, not issuers: a credential of `https://university.example` that was signed with a `did:key` passes here
with a warning, because the conformance suites demand it. `testamur verify` and the site ask in addition whose key it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from testamur.cli.vc_api.problems import from_problems, refused
from testamur.cli.vc_api.verifier import envelopes
from testamur.cli.vc_api.verifier.expectations import Expectations
from testamur.cli.vc_api.verifier.proofs import checked_proofs
from testamur.errors import Malformed
from testamur.formats.vc_2 import RANGE_ERROR, check_data_model
from testamur.proofs.date_time import parse_date_time_stamp
from testamur.status import StatusOutcome, read_status, status_entries
from testamur.status.result import STATUS_RETRIEVAL_ERROR, STATUS_VERIFICATION_ERROR

# The list at an address that this service hosts, or None for every other address.
HostedList = Callable[[str], dict[str, Any] | None]

_BEGINS: Final = ("validFrom", "issuanceDate")
_ENDS: Final = ("validUntil", "expirationDate")


@dataclass(frozen=True, slots=True)
class Examined:
    """A credential that passed: its content, who made its proofs, and what a reader should know all the same."""

    content: Mapping[str, Any]
    signers: tuple[str, ...]
    warnings: tuple[str, ...]


def examine(value: object, expected: Expectations, hosted: HostedList, path: str) -> Examined:
    """Examine a credential with embedded proofs, in an envelope, or as a token. Raises Refused.

    1. Open the envelope, where there is one; its signature is the proof.
    2. The data model and the meaning of every term.
    3. Each embedded proof.
    4. Dates and status, unless the asker named other checks.
    """
    if isinstance(value, str) or envelopes.is_envelope(value):
        opened = envelopes.open_credential(value, expected, path)
        content, signers = opened.content, [opened.controller]
        _conform(content, path)
    elif isinstance(value, dict):
        content = value
        _conform(content, path)
        signers = [method.controller for method in checked_proofs(content, expected, path)]
    else:
        raise refused("vc_api.credential_missing", "A credential is an object, an envelope or a token.", path=path)
    if expected.dates:
        _check_dates(content, expected.now, path)
    if expected.status:
        _check_status(content, expected.now, hosted, path)
    return Examined(content, tuple(signers), tuple(_warnings(content, signers)))


def identifier_of(value: Any) -> str | None:
    """The id of an issuer or holder, which is a URL or an object with one."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else None


def _conform(content: Mapping[str, Any], path: str) -> None:
    if problems := check_data_model(content):
        raise from_problems(problems, path)


def _check_dates(content: Mapping[str, Any], now: datetime, path: str) -> None:
    begins, ends = _moment(content, _BEGINS), _moment(content, _ENDS)
    if begins is not None and begins > now:
        raise refused("dates.not_yet_valid", "The credential is not valid yet.", kind=RANGE_ERROR, path=path)
    if ends is not None and ends < now:
        raise refused("dates.expired", "The credential has expired.", kind=RANGE_ERROR, path=path)


def _moment(content: Mapping[str, Any], names: tuple[str, ...]) -> datetime | None:
    for name in names:
        value = content.get(name)
        if isinstance(value, str):
            try:
                return parse_date_time_stamp(value)
            except Malformed:
                return _without_zone(value)
    return None


def _without_zone(value: str) -> datetime:
    """A date of version 1.1 that states no time zone: it is meant in UTC (VC Data Model 2.0 §4.9.1)."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        raise refused("dates.unreadable", "A date of the credential is not a date.", kind=RANGE_ERROR) from None


def _check_status(content: Mapping[str, Any], now: datetime, hosted: HostedList, path: str) -> None:
    for entry in status_entries(content):
        address = entry.get("statusListCredential") if isinstance(entry, dict) else None
        published = hosted(address) if isinstance(address, str) else None
        if published is None:
            raise refused(
                "status.not_obtained",
                "The status list of this credential is not hosted here, and nothing is fetched: its status cannot be decided.",
                kind=STATUS_RETRIEVAL_ERROR,
                path=f"{path}/credentialStatus",
            )
        result = read_status(entry, published, now=now)
        if result.outcome is not StatusOutcome.PASSED:
            sentence = (
                "The issuer has withdrawn this credential."
                if result.outcome is StatusOutcome.FAILED
                else "The status of this credential cannot be decided."
            )
            raise refused(
                result.code, sentence, kind=result.problem or STATUS_VERIFICATION_ERROR, path=f"{path}/credentialStatus"
            )


def _warnings(content: Mapping[str, Any], signers: list[str]) -> list[str]:
    warnings = []
    if identifier_of(content.get("issuer")) not in signers:
        warnings.append("The proof is true, but nothing here says that its key is the issuer's.")
    if "credentialSchema" in content:
        warnings.append("The schema that the credential names was not applied.")
    return warnings

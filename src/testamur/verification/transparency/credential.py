"""The entry of a credential, computed from the credential itself."""

from __future__ import annotations

from collections.abc import Iterator

from testamur.errors import Malformed, TestamurError
from testamur.log.entries import Entry, Kind
from testamur.log.proofs import Proof
from testamur.log.secured import secured_document, secured_token
from testamur.verification.case import Case, identifier_of
from testamur.verification.transparency.evidence import Entries

_RECORDED = ("open_badges_3", "vc_2", "vc_1_1")


def entries_of(case: Case) -> Entries:
    """How the entries that would record the credential of `case` are computed, for any salt.

    The secured bytes are the same whoever holds the file (`testamur.log.secured`), the handle comes from the credential's `id`. It may be
    recorded as issued, or as taking the place of an earlier one under the same id.
    """

    made: list[tuple[str, bytes]] = []  # once, although several proofs may be looked at

    def entries(proof: Proof) -> Iterator[Entry]:
        if not made:
            identifier = identifier_of(case.document)
            if identifier is None:
                raise Malformed("Without an id there is no entry.", code="log.no_identifier")
            made.append((identifier, secured(case)))
        identifier, content = made[0]
        for kind in (Kind.ISSUE, Kind.SUPERSEDE):
            entry = proof.entry_of(kind, identifier, content)
            if entry is None:
                raise Malformed("Without its salt the entry cannot be computed.", code="log.no_salt")
            yield entry

    return entries


def secured(case: Case) -> bytes:
    """The bytes that a log commits to. Raises `Malformed` (`log.unsecured`) for a form that is not recorded."""
    if case.kind == "cose" or (case.token is None and case.format not in _RECORDED):
        raise Malformed("What has this form is not recorded.", code="log.unsecured")
    if case.recognised is not None and (written := case.recognised.canonical_json()) is not None:
        return written
    try:
        return secured_token(case.token.encode()) if case.token is not None else secured_document(case.document)
    except (TestamurError, ValueError) as error:
        raise Malformed("What is not signed is not recorded.", code="log.unsecured") from error

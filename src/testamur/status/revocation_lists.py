"""The older lists that must still be read: the 1EdTech revocation list of OB 3.0 and the revocation list of OB 2.0. Neither is written.

* 1EdTech Revocation List 1.0 (`1EdTechRevocationList`): `{"revokedCredential": [{"id", "revoked"?, "revocationReason"?}]}`;
  an entry without `revoked` is revoked.
* Open Badges 2.0, RevocationList: `{"revokedAssertions": ["id" or {"id" or "uid", "revocationReason"?}]}`.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

from testamur.status.result import MALFORMED_VALUE_ERROR, STATUS_VERIFICATION_ERROR, StatusOutcome, StatusResult

_MAX_ENTRIES: Final = 1_000_000


def read_revocation_list(credential_id: str, document: Any) -> StatusResult:
    """What a 1EdTech revocation list says about the credential with `credential_id`. Never raises for bad input.

    Ids are compared as OB 3.0 §10 compares them: after percent-decoding and trimming.
    """
    listed = document.get("revokedCredential", []) if isinstance(document, dict) else None
    if not isinstance(document, dict) or not ({"revokedCredential", "id", "issuer"} & document.keys()):
        return _malformed()
    wanted = _comparable(credential_id)
    for entry in _entries(listed):
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            return _malformed("revokedCredential")
        if _comparable(entry["id"]) == wanted and entry.get("revoked", True) is not False:
            return _revoked(entry.get("revocationReason"))
    return StatusResult(StatusOutcome.PASSED, "status.clear", "revocation")


def read_open_badges_2_revocation_list(assertion_id: str, document: Any) -> StatusResult:
    """What an OB 2.0 revocation list says about the assertion with `assertion_id` (its id or uid). Never raises for bad input."""
    listed = document.get("revokedAssertions", []) if isinstance(document, dict) else None
    if not isinstance(document, dict) or not ({"revokedAssertions", "id", "issuer"} & document.keys()):
        return _malformed()
    wanted = _comparable(assertion_id)
    for entry in _entries(listed):
        found = entry.get("id", entry.get("uid")) if isinstance(entry, dict) else entry
        if not isinstance(found, str):
            return _malformed("revokedAssertions")
        if _comparable(found) == wanted:
            return _revoked(entry.get("revocationReason") if isinstance(entry, dict) else None)
    return StatusResult(StatusOutcome.PASSED, "status.clear", "revocation")


def _entries(listed: Any) -> list[Any]:
    """The entries of the list; what is no list is one entry, so that it is found malformed. Never silently empty."""
    if not isinstance(listed, list):
        return [listed]
    return listed[:_MAX_ENTRIES] + ([None] if len(listed) > _MAX_ENTRIES else [])


def _comparable(identifier: str) -> str:
    return unquote(identifier.strip())


def _revoked(reason: Any) -> StatusResult:
    facts = {"reason": reason[:500]} if isinstance(reason, str) and reason else {}
    return StatusResult(StatusOutcome.FAILED, "status.revoked", "revocation", facts)


def _malformed(member: str | None = None) -> StatusResult:
    problem = MALFORMED_VALUE_ERROR if member else STATUS_VERIFICATION_ERROR
    facts = {"member": member} if member else {}
    return StatusResult(StatusOutcome.UNKNOWN, "status.list_malformed", "revocation", facts, problem)

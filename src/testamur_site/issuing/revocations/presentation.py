"""What the pages show of revocations, gathered as values."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from testamur_site.foundation.design_system.api import day

from ..models import Award, Revocation, StatusChange
from ..sentences import REASONS
from . import queries
from .rules import Change, Objection, RevocationState
from .sentences import CHANGES, OBJECTIONS, PILLS, STATES


def of_award(award: Award) -> list[dict[str, Any]]:
    """What was said about an award, newest first, with its place in the public log and the state of an objection."""
    return [_change(change) for change in queries.changes_of(award)]


def of_change(change: StatusChange) -> dict[str, Any]:
    return _change(change)


def _change(change: StatusChange) -> dict[str, Any]:
    approved = change.revocation.decided_by if change.revocation is not None else None
    return {
        "change": change,
        "word": CHANGES[Change(change.change)],
        "reason": REASONS.get(change.reason_code, ""),
        "approved_by": approved,
        "place": queries.place_of(change),
        "objection": OBJECTIONS[Objection(change.objection)] if change.objection != Objection.NONE else "",
        "may_object": change.change != Change.SUPERSEDED,
    }


def of_revocation(revocation: Revocation) -> dict[str, Any]:
    """A revocation as a list and its own page show it."""
    state = RevocationState(revocation.state)
    return {
        "revocation": revocation,
        "title": title_of(revocation),
        "scope": scope_words(revocation),
        "reason": REASONS.get(revocation.reason_code, ""),
        "state_word": STATES[state],
        "pill": PILLS[state],
    }


def title_of(revocation: Revocation) -> str:
    if revocation.award is not None:
        return revocation.award.recipient_name or _("Forgotten person")
    if revocation.batch is not None:
        return _("Batch: %(title)s") % {"title": revocation.batch.version.title}
    return _("Many credentials")


def scope_words(revocation: Revocation) -> list[str]:
    """What a revocation concerns, a phrase for each condition."""
    if revocation.award is not None:
        return [revocation.award.version.title]
    if revocation.batch is not None:
        return [revocation.batch.file_name] if revocation.batch.file_name else []
    words = []
    if revocation.micro_credential is not None:
        words.append(queries.title_of_micro_credential(revocation.micro_credential))
    if revocation.key_id:
        words.append(_("Signed with %(key)s") % {"key": revocation.key_id})
    if revocation.issued_from is not None:
        words.append(_("Issued on or after %(day)s") % {"day": day(revocation.issued_from)})
    if revocation.issued_until is not None:
        words.append(_("Issued before %(day)s") % {"day": day(revocation.issued_until)})
    return words

"""What is wrong, in words: from codes and facts to sentences in the reader's language. Made late, never stored.

Each says what was found and what to do next. A registrar should be able to read it aloud.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.tables.api import CELLS

from .rules import Reason

FIELDS = {
    "name": _("Name"),
    "first_name": _("First name"),
    "middle_name": _("Middle name"),
    "last_name": _("Last name"),
    "email": _("E-mail"),
    "awarded_date": _("Award date"),
    "valid_until": _("Expires"),
    "language": _("Language"),
    "evidence_name": _("Evidence"),
    "evidence_url": _("Evidence URL"),
    "evidence_description": _("Evidence description"),
}
"""What a column can be, and how our own template heads it."""

REASON_COLUMN = _("Why refused")

REASONS = {
    Reason.ISSUED_IN_ERROR: _("Issued in error"),
    Reason.ACADEMIC_MISCONDUCT: _("Academic misconduct"),
    Reason.FRAUD_CONFIRMED: _("Fraud was confirmed"),
    Reason.WITHDRAWN_BY_HOLDER: _("Withdrawn at the holder's wish"),
    Reason.ACCREDITATION_LOST: _("The accreditation was lost"),
    Reason.KEY_COMPROMISE: _("A signing key was compromised"),
    Reason.ADMINISTRATIVE: _("Administrative reason"),
    Reason.SUPERSEDED: _("Replaced by a corrected credential"),
    Reason.REQUIREMENTS_NOT_MET: _("A credential that counted has fallen, and the requirements are not met any more"),
}

AWARD_STATES = {
    "queued": _("Waiting"),
    "prepared": _("Being signed"),
    "issued": _("Issued"),
    "suspended": _("Suspended"),
    "revoked": _("Revoked"),
    "superseded": _("Superseded"),
    "refused": _("Refused"),
    "cancelled": _("Cancelled"),
}

BATCH_STATES = {
    "reading": _("Being read"),
    "unreadable": _("Not readable"),
    "draft": _("Dry run"),
    "issuing": _("Issuing"),
    "finished": _("Finished"),
    "undoing": _("Being undone"),
    "undone": _("Undone"),
}

VERDICTS = {
    "refused": pgettext_lazy("verdict on rows", "Refused"),
    "ready": pgettext_lazy("verdict on rows", "Ready"),
    "already": pgettext_lazy("verdict on rows", "Already awarded"),
}
"""What has to be mended comes first."""

EVIDENCE_KINDS = {
    "file": _("File"),
    "link": _("Link"),
    "text": _("Text"),
    "video": _("Video"),
    "repository": _("Repository"),
}
"""What a piece of evidence is, as its `genre` in the credential says it."""

ROUTES = {
    "assessment": _("Assessment"),
    "recognition": _("Recognition of prior learning"),
}
"""How a task was shown, as the `genre` of the record of its assessment says it."""

_ROW = {
    **{code: _(sentence) for code, sentence in CELLS.items()},
    "date.missing": _("The award date is missing, and no date was given for the whole list."),
    "date.ambiguous": _(
        "“%(value)s” can mean %(first)s or %(second)s. Write the date with the year first, for example 2026-03-05."
    ),
    "date.short_year": _("“%(value)s” has a year of two digits. Write four, for example 2026-03-05."),
    "date.impossible": _("There is no such day: “%(value)s”."),
    "date.unreadable": _("“%(value)s” cannot be read as a date. Write it like 2026-03-05."),
    "date.future": _("The award date %(value)s is in the future."),
    "date.too_old": _("The award date %(value)s is before 1900."),
    "expiry.before_award": _("It would expire on %(value)s, before it was awarded (%(awarded)s)."),
    "expiry.past": _("It would have expired already, on %(value)s."),
    "result.not_allowed": _("“%(value)s” is not on the scale of %(name)s. Possible are: %(allowed)s."),
    "result.not_a_number": _("%(name)s must be a number; “%(value)s” is none."),
    "result.ambiguous": _(
        "“%(value)s” for %(name)s can mean %(first)s or %(second)s. Write it without a sign between its digits."
    ),
    "result.out_of_range": _("%(name)s must be between %(minimum)s and %(maximum)s; “%(value)s” is not."),
    "result.below_required": _("%(name)s is %(value)s, but at least %(required)s is required for this award."),
    "result.too_long": _("%(name)s is longer than %(limit)s characters."),
    "evidence.address": _(
        "“%(value)s” is not a web address. It begins with https:// or http:// and has no spaces, quotation marks or brackets in it."
    ),
    "evidence.too_long": _("The text about the evidence is longer than %(limit)s characters."),
    "already.awarded": _("Already awarded on %(date)s. Nothing will happen to this row."),
    "already.revoked": _(
        "Awarded on %(date)s and revoked since. To award this person again, choose “Award again” for the list."
    ),
    "already.meanwhile": _(
        "Somebody awarded this person while you were looking at the dry run. Nothing was done twice."
    ),
    "version.changed": _("The description of the micro-credential changed after the batch was started."),
    "issuing.refused": _("The rules for Open Badges forbid to sign this: %(findings)s"),
}

_ERRORS = {
    "award.already": _("This person holds the micro-credential already."),
    "award.state": _("That is not possible any more: somebody else has just changed it. Look at its present state."),
    "award.not_offered": _("Only a published micro-credential can be awarded, in its newest version."),
    "award.needs_decision": _(
        "This micro-credential is awarded by decision: it is issued by itself once the results of a learner are agreed and a programme "
        "lead has confirmed the decision. Open “Decisions” to see what is waiting there."
    ),
    "award.stopped": _("Nothing may be awarded by this programme now. %(sentence)s"),
    "award.being_corrected": _("A new credential that takes the place of this one is just being signed."),
    "award.refused": _("The rules for Open Badges forbid to sign this: %(findings)s"),
    "award.not_issued": _("There is no signed credential (yet)."),
    "award.second_person": _(
        "Your institution revokes only what a second person has approved. Propose the revocation; somebody else then approves it."
    ),
    "award.same_person": _("Somebody else has to do this: nobody judges their own revocation."),
    "award.number_changed": _(
        "It now concerns %(found)s credentials, not %(expected)s. Look at it again before you confirm."
    ),
}

_UNKNOWN_PROBLEM = _("This cannot be awarded (%(code)s).")
_UNKNOWN_ERROR = _("That is not possible now.")

HISTORY = {
    "award.decided": _("Award decided"),
    "award.issued": _("Signed and issued"),
    "award.claimed": _("Accepted by the learner"),
    "award.declined": _("Declined by the learner"),
    "award.released": _("The learner left and deleted their data"),
    "award.refused": _("Refused by the rules for Open Badges"),
    "award.cancelled": _("Cancelled before it was signed"),
    "award.revoked": _("Revoked"),
    "award.suspended": _("Suspended"),
    "award.reinstated": _("Reinstated by a new credential"),
    "award.reissued": _("Signed anew, in a new credential"),
    "award.awarded_anew": _("Awarded anew, because an objection was upheld"),
    "award.objection": _("Objection received"),
    "award.objection_upheld": _("Objection upheld"),
    "award.objection_dismissed": _("Objection dismissed"),
    "award.corrected": _("Corrected by a new credential"),
    "award.superseded": _("Superseded"),
    "award.mail_again": _("Mail to the learner sent again"),
    "award.endorsements_changed": _("Signed with the endorsements that hold now"),
    "award.identifier_changed": _("Prepared anew, for the institution's present identifier"),
    "award.key_changed": _("Prepared anew, for the institution's new key"),
}


def of_problem(problem: Mapping[str, Any]) -> str:
    """The sentence for one problem of a row or an award (`{"code", "facts"}`)."""
    code = problem.get("code", "")
    facts = {"code": code, **problem.get("facts", {})}
    days = _DAYS if code.startswith(("date.", "expiry.")) else _DAYS - {"value"}
    return _filled(_ROW.get(code, _UNKNOWN_PROBLEM), facts | {key: _day(facts[key]) for key in days & facts.keys()})


_COUNTS = frozenset({"expected", "found", "limit"})
_DAYS = frozenset({"date", "first", "second", "awarded", "value"})


def _day(text: str) -> str:
    """A day of the facts (ISO 8601) as the reader writes it; what is no such day, for instance because a person typed it, stays."""
    try:
        read = date.fromisoformat(text)
    except ValueError:
        return text
    return date_format(read, "j F Y" if (get_language() or "en").startswith("en") else "DATE_FORMAT")


def of_problems(problems: Iterable[Mapping[str, Any]]) -> str:
    return " ".join(of_problem(problem) for problem in problems)


def of_error(code: str, facts: Mapping[str, Any]) -> str:
    """Why a step was refused (an `IssuingError`)."""
    return _filled(_ERRORS.get(code, _UNKNOWN_ERROR), facts)


_TOO_SOON = timedelta(seconds=5)
"""Before that, how fast something goes cannot be told: the first rows of a list wait for a worker."""


def time_left(done: int, left: int, since: datetime | None) -> str:
    """About how much longer it takes when `done` have taken the time `since` then, and `left` go as fast; "" where that cannot be told."""
    elapsed = timezone.now() - since if since is not None else timedelta()
    if done <= 0 or left <= 0 or elapsed < _TOO_SOON:
        return ""
    minutes = round(elapsed * left / done / timedelta(minutes=1))
    if minutes < 1:
        return str(_("under a minute left"))
    if minutes < 90:
        return ngettext("about %(number)s minute left", "about %(number)s minutes left", minutes) % {"number": minutes}
    hours = round(minutes / 60)
    return ngettext("about %(number)s hour left", "about %(number)s hours left", hours) % {"number": hours}


def _filled(sentence: Any, facts: Mapping[str, Any]) -> str:
    values = {key: f"{value:,}" if key in _COUNTS and isinstance(value, int) else value for key, value in facts.items()}
    if isinstance(values.get("allowed"), list):
        values["allowed"] = ", ".join(values["allowed"])
    findings = values.get("findings")
    values["findings"] = " ".join(found["sentence"] for found in findings) if isinstance(findings, list) else ""
    try:
        return str(sentence) % values
    except KeyError:
        # A fact that an older version did not keep must not turn a list into an error page.
        return str(sentence)

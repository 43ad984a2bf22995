"""The sentences for the codes of `rules.py` and `errors.py`: what an element is, why it matters, what is the matter with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import day

from .consistency.texts import sentence as consistency_sentence
from .description.elements import Description
from .description.frameworks.credits import ECTS, statements, workload_in_ects
from .errors import CatalogueError, CoOwnersNotAgreed, LearnersEnrolled, NotApproved, NotConsistent, NotPublishable
from .public.presentation import duration_words, language_name
from .rules import Completeness, ElementState, Presence

# Each element of Annex I: its name, and in a sentence why it matters to somebody.
ELEMENTS: dict[str, tuple[Any, Any]] = {
    "learner": (
        _("Identification of the learner"),
        _("Each award names its learner; you enter it when you issue."),
    ),
    "title": (_("Title"), _("It is the first thing that learners, employers and search engines read.")),
    "country": (
        _("Country of the issuer"),
        _("It tells a reader abroad which education system stands behind the award."),
    ),
    "awarding_body": (_("Awarding body"), _("Trust in the award is trust in who gives it.")),
    "date": (_("Date of issuing"), _("Each award carries its date; it is set when you issue.")),
    "outcomes": (
        _("Learning outcomes"),
        _("They say what somebody can do; without them an award is only a certificate of attendance."),
    ),
    "workload": (
        _("Notional workload"),
        _("Hours and credits let another institution recognise the learning without asking you."),
    ),
    "level": (_("Level"), _("It places the learning in a framework that a reader abroad knows too.")),
    "assessment": (_("Type of assessment"), _("It shows that the outcomes were tested and not only taught.")),
    "participation": (_("Form of participation"), _("Learners with work, family or a disability decide by it.")),
    "quality": (_("Type of quality assurance"), _("It says who looks over your shoulder, so that others need not.")),
    "description": (_("Description"), _("It stands beside the title wherever the credential is shown.")),
    "prerequisites": (_("Prerequisites"), _("Nobody should find out in the first week that something was needed.")),
    "supervision": (
        _("Supervision and identity verification"),
        _("It lets a reader judge how surely it was this person who did the work."),
    ),
    "grade": (_("Grading"), _("A grade means something only together with its scale.")),
    "integration": (
        _("Integration and stackability"),
        _("It says whether the learning counts towards something larger."),
    ),
    "further": (_("Further information"), _("What learners do, and where they can read more.")),
    "image": (_("Image"), _("The picture is what people share and recognise.")),
}

REMARKS: dict[str, Any] = {
    "title_short": _("The title is very short."),
    "not_translated": _("Something here is not written in %(language)s yet."),
    "organisation_without_name": _("An organisation has no name."),
    "outcomes_without_skills": _("No skill is linked: job portals find people by skills."),
    "outcomes_many": _("There are %(count)s outcomes. Readers remember five or six."),
    "workload_not_in_hours": _("The workload is written as %(duration)s of calendar time. Were hours meant?"),
    "activity_not_in_hours": _(
        "The volume of a learning activity is written as %(duration)s of calendar time. Were hours meant?"
    ),
    "workload_only_credits": _("There are credits but no hours."),
    "workload_unusual": _("%(hours)s hours is unusual for a micro-credential."),
    "workload_against_ects": _("%(hours)s hours and %(points)s ECTS do not fit: one ECTS stands for 25 to 30 hours."),
    "level_only_national": _("Only a national level is given. The EQF level makes it readable abroad."),
    "assessment_without_criteria": _("It is not said how the assessment is graded."),
    "supervision_partly": _("It is given for some assessments and missing for others."),
    "quality_without_body": _("It is not said who assures the quality."),
    "quality_without_link": _("There is no link where a reader can check it."),
    "image_without_text": _("The image has no description for people who cannot see it."),
}

# Why a file could not be imported. `detail` is the place in the file.
IMPORT_REFUSALS: dict[str, Any] = {
    "too_large": _("The file is larger than 2 MB. Take out large pictures and try again."),
    "not_json": _(
        "The file is not readable as JSON. Export it again, or choose the file that ends in .json or .jsonld."
    ),
    "no_achievement": _(
        "The file holds no learning achievement. It should be a European Digital Credential, or a description exported here."
    ),
    "unknown_format": _(
        "The file says neither that it is a European Digital Credential nor that it was exported here."
    ),
}


# Why a value cannot be stored (`description.checks`, `description.tasks`).
FAULTS: dict[str, Any] = {
    "not_a_link": _("A web address is not one. It begins with https://."),
    "not_a_duration": _("A length of time is not one."),
    "not_a_number": _("A number is missing or is not one."),
    "not_a_percentage": _("A percentage is not a number from 0 to 100."),
    "not_a_count": _("A count is not a whole number."),
    "no_such_organisation": _(
        "An organisation is still named as a partner, by an activity or by an assessment. Take it out there first."
    ),
    "no_such_outcome": _("A rubric still looks at a learning outcome that you removed. Change its criteria first."),
    "no_such_rubric": _("A task is still judged by this rubric. Give the task another rubric first."),
    "no_such_level": _("The level that has to be reached is none of the criterion's levels."),
    "no_such_assessment": _("A task is still part of an assessment that you removed. Change the task first."),
    "no_weight": _("At least one of them has to weigh more than 0."),
    "levels_not_rising": _("The points of a criterion have to rise from level to level."),
    "too_many_items": _("There are too many of them."),
    "too_long": _("A text is too long."),
}

# Why a version is not published, by `NotApproved.why`: what is the matter, and the next step.
NOT_APPROVED: dict[str, Any] = {
    "never": _(
        "Your institution publishes only what was approved, and this version was not. Hand it in for review; it can be published "
        "once it is approved."
    ),
    "changed": _("It was changed after it had been approved. Hand it in for review again, or take the change back."),
    "expired": _("Its approval has run out. Ask for it to be renewed; then it can be published."),
    "published": _(
        "This version is published and was approved as it is. Begin a new version to change it, and have that approved."
    ),
}


# What a co-owning institution said (`services.consents`).
CONSENT_STATES: dict[str, Any] = {
    "not_asked": _("not asked yet"),
    "asked": _("asked, no answer yet"),
    "agreed": _("agreed"),
    "declined": _("declined"),
    "changed": _("agreed to what it said before; to be asked again"),
}


def consent_state(state: str) -> str:
    return str(CONSENT_STATES[state])


def rule_for_earlier(rule: str, until: date | None) -> str:
    """What becomes of learners who began under an earlier version, in a sentence for everybody."""
    if rule == "until" and until is not None:
        return gettext("Who enrolled before may finish under the earlier version until %(day)s.") % {"day": day(until)}
    if rule == "move":
        return gettext("Who enrolled before moves to this version.")
    return gettext("Who enrolled before may finish under the earlier version.")


def fault(written: str) -> str:
    """The sentence for a fault as `services` raises it (`code: path` or `code at path`), with its place in the description."""
    code, _separator, path = written.replace(" at ", ": ", 1).partition(": ")
    if code not in FAULTS:
        return gettext("A value cannot be stored: %(place)s.") % {"place": written[:200]}
    return f"{FAULTS[code]} ({path[:200]})" if path else str(FAULTS[code])


def refusal(error: CatalogueError) -> str:
    """Why something was not written or not published, with the next step."""
    if isinstance(error, NotApproved):
        return str(NOT_APPROVED[error.why])
    if isinstance(error, CoOwnersNotAgreed):
        if not error.waiting:
            return gettext(
                "It is owned together with other institutions, which agreed to what it says now. Begin a new version to change it."
            )
        waiting = "; ".join(f"{name}: {consent_state(state)}" for name, state in error.waiting)
        return gettext(
            "It is owned together with institutions that have not agreed yet (%(waiting)s). Ask them first."
        ) % {"waiting": waiting}
    if isinstance(error, LearnersEnrolled):
        return gettext(
            "Learners are enrolled in this version, and what they were promised does not change under them. Begin a new version."
        )
    if isinstance(error, NotConsistent):
        return " ".join(dict.fromkeys(consistency_sentence(finding) for finding in error.findings))
    if isinstance(error, NotPublishable):
        missing = ", ".join(str(ELEMENTS[element.key][0]) for element in error.completeness.missing_mandatory)
        return gettext("A published version must stay complete. This would be missing: %(elements)s.") % {
            "elements": missing
        }
    return str(error)


def credit_lines(description: Description) -> list[str]:
    """What the credits come to by workload, each with the hours that are assumed: said beside the points, never instead of them."""
    lines = []
    for s in statements(description):
        facts = {
            "points": s.points,
            "unit": s.unit.short,
            "hours": _range(s.hours),
            "each": _range((s.unit.low, s.unit.high)),
            "source": s.unit.source,
        }
        if s.unit.contact:
            sentence = gettext(
                "%(points)s %(unit)s ask for at least %(hours)s hours of teaching (%(each)s each). Units that count teaching hours "
                "cannot be converted by workload. Source: %(source)s."
            )
        elif s.ects is not None:
            sentence = gettext(
                "%(points)s %(unit)s stand for %(hours)s hours of work (%(each)s each), which is %(ects)s ECTS at 25–30 hours, by "
                "workload. Source: %(source)s."
            )
            facts["ects"] = _range(s.ects)
        else:
            sentence = gettext(
                "%(points)s %(unit)s stand for %(hours)s hours of work (%(each)s each). Source: %(source)s."
            )
        lines.append(sentence % facts)
    worked = workload_in_ects(description)
    if worked and not any(s.unit is ECTS for s in statements(description)):
        lines.append(
            gettext("The stated workload is %(ects)s ECTS at 25–30 hours, by workload.") % {"ects": _range(worked)}
        )
    return lines


def _range(numbers: tuple[Any, Any]) -> str:
    low, high = (f"{number.normalize():f}" for number in numbers)
    return low if low == high else f"{low}–{high}"


@dataclass(frozen=True)
class ElementShown:
    """An element of the meter in words, with the address where it can be mended ('' when it cannot here)."""

    name: str
    why: str
    presence: str
    mandatory: bool
    remarks: tuple[str, ...]
    url: str


def elements_shown(found: Completeness, links: Mapping[str, str]) -> list[ElementShown]:
    """`links` are the addresses of the sections."""
    return [_shown(element, links) for element in found.elements]


def _shown(element: ElementState, links: Mapping[str, str]) -> ElementShown:
    name, why = ELEMENTS[element.key]
    url = links.get(element.section, "")
    if url and element.field:
        url = f"{url}#id_{element.field}"
    return ElementShown(
        str(name),
        str(why),
        str(element.presence),
        element.mandatory,
        tuple(dict.fromkeys(remark(code, facts) for code, facts in element.remarks)),
        url if element.presence is not Presence.PRESENT or element.section else "",
    )


def remark(code: str, facts: Mapping[str, Any]) -> str:
    """The sentence of a remark, its facts in the reader's language."""
    shown = dict(facts)
    if "language" in shown:
        shown["language"] = language_name(shown["language"])
    if "duration" in shown:
        shown["duration"] = duration_words(shown["duration"])
    return str(REMARKS[code]) % shown


def import_refusal(code: str, detail: str) -> str:
    """Why a file is refused, and what to do."""
    if code in IMPORT_REFUSALS:
        return str(IMPORT_REFUSALS[code])
    return gettext(
        "A value in the file cannot be used: %(detail)s. Correct it in the system that made the file, and try again."
    ) % {"detail": detail[:300] or code}

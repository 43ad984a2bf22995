"""The page of a programme: first the four questions that people ask, then everything that stands behind the answers.

    Is it accredited?              who assures the quality, and how far that can be checked
    Does it fit my goal?           skills, level, what one needs before, how long
    Is it hands-on?                tasks, what is handed in, work with partners, form of participation
    What can it count towards?     credits in their own unit, what they come to elsewhere, what it is part of

Every answer is made of what the description says; where it says nothing, the answer says that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur_site.foundation.design_system.api import day
from testamur_site.foundation.tenancy.api import institution_by_slug

from ..description.elements import Description
from ..description.vocabulary import in_language
from ..exchange.achievement import content_hash
from ..finding.facets import STACKABLE
from ..finding.index import current
from ..models import AchievementVersion
from ..offerings.presentation import address_if_any
from .assessed import TaskShown
from .presentation import Linked, Presentation, term

_WORK = {
    "729f3bed4b",
    "7813801c77",
    "ed4c557045",
}  # work, projects, laboratory: last parts of the European terms' addresses
_PRACTICE = {"3c8bd58d62", "bf5588ff84", "d46a826a39", "4357e0e681", "59eaf34fab", "a7e556215a"}
_PRACTICAL = {"6a4db9f11d", "795dac4096", "4f03b91c0e", "de4d165a6c", "b2434ca358"}


@dataclass(frozen=True)
class Answer:
    """`short` is the answer in a few words; `lines` are what it rests on. `state` colours nothing: it names the kind of answer."""

    question: str
    short: str
    lines: tuple[str, ...]
    links: tuple[Linked, ...] = ()


@dataclass(frozen=True)
class Partner:
    name: Linked
    part: str


def answers(version: AchievementVersion, shown: Presentation, tasks: tuple[TaskShown, ...]) -> list[Answer]:
    """The four, in the order in which people ask."""
    return [
        _accredited(version, shown),
        _fits(shown),
        _hands_on(version.description, shown, tasks),
        _counts(version.description, shown, larger_ones(version, shown.language)),
    ]


def partners(d: Description, language: str) -> tuple[Partner, ...]:
    by_key = {o.key: o for o in d.organisations}
    return tuple(
        Partner(Linked(in_language(o.name, language) or o.key, o.homepage), in_language(partner.part, language))
        for partner in d.partners
        if (o := by_key.get(partner.organisation)) is not None
    )


def co_owners(version: AchievementVersion, language: str) -> tuple[Linked, ...]:
    """Institutions here with a link to their page, others by the name in the description."""
    by_key = {o.key: o for o in version.description.organisations}
    found = []
    for owner in version.description.co_owners[:20]:
        if owner in by_key:
            found.append(Linked(in_language(by_key[owner].name, language) or owner, by_key[owner].homepage))
        elif owner != version.institution.slug and (institution := institution_by_slug(owner)) is not None:
            found.append(Linked(institution.localised_name, reverse("catalogue:institution", args=[owner])))
    return tuple(found)


def earlier_learners(version: AchievementVersion) -> str:
    """What becomes of those who began under an earlier version; '' for the first."""
    if version.number == 1:
        return ""
    if version.earlier_learners == AchievementVersion.EarlierLearners.MOVE:
        return _("Who began under an earlier version goes on under this one.")
    if version.earlier_learners == AchievementVersion.EarlierLearners.UNTIL and version.earlier_until:
        return _("Who began under an earlier version may finish under it until %(day)s.") % {
            "day": day(version.earlier_until)
        }
    return _("Who began under an earlier version may finish under it.")


def _accredited(version: AchievementVersion, shown: Presentation) -> Answer:
    today = timezone.localdate()
    approved = bool(version.approved_hash) and version.approved_hash == content_hash(version)
    in_time = version.approved_until is None or version.approved_until >= today
    lines = [
        " · ".join(part for part in (q.type.capitalize(), q.body.words, _until(q.valid_until)) if part)
        for q in shown.quality
    ]
    if approved and in_time:
        until = f", {_until(version.approved_until)}" if version.approved_until else ""
        lines.append(_("This version was reviewed and approved%(until)s.") % {"until": until})
    elif approved:
        lines.append(_("The approval of this version has run out. Ask the institution."))
    links = [Linked(_("Report or decision"), q.url) for q in shown.quality if q.url]
    if record := address_if_any("quality:record", version.micro_credential.public_id):
        links.append(Linked(_("Quality record"), record))
    current = [q for q in shown.quality if not q.valid_until or q.valid_until >= today.isoformat()]
    if current:
        bodies = list(dict.fromkeys(q.body.words for q in current if q.body.words))
        short = (
            _("Yes, by %(bodies)s") % {"bodies": ", ".join(bodies)} if bodies else _("Yes, as the institution states")
        )
    elif shown.quality:
        short = _("It was; what is stated has run out")
    else:
        short = _("No accreditation is stated")
    return Answer(_("Is it accredited?"), short, tuple(dict.fromkeys(lines)), tuple(links))


def _fits(shown: Presentation) -> Answer:
    count = len(shown.outcomes)
    skills = tuple(dict.fromkeys(skill.words for outcome in shown.outcomes for skill in outcome.skills))
    short = ngettext("%(n)s thing you will be able to do", "%(n)s things you will be able to do", count) % {"n": count}
    lines = [
        _("Skills: %(skills)s") % {"skills": _some(skills)} if skills else _("No skill of a framework is named."),
        _("Level: %(level)s") % {"level": shown.levels_line} if shown.levels_line else "",
        _("You need before: %(what)s") % {"what": _short(shown.prerequisites)} if shown.prerequisites else "",
        shown.workload_line,
    ]
    return Answer(_("Does it fit my goal?"), short, tuple(line for line in lines if line))


def _hands_on(d: Description, shown: Presentation, tasks: tuple[TaskShown, ...]) -> Answer:
    language = shown.language
    work = [term(mode, language) for mode in d.participation if mode.uri.rpartition("/")[2] in _WORK]
    practice = [term(a.type, language) for a in d.activities if a.type and a.type.uri.rpartition("/")[2] in _PRACTICE]
    practical = [
        term(a.type, language) for a in d.assessments if a.type and a.type.uri.rpartition("/")[2] in _PRACTICAL
    ]
    made = [task for task in tasks if not task.test]
    industry = any(int(task.marking.industry or 0) for task in d.tasks)
    lines = [
        _("You hand in: %(what)s") % {"what": _some(tuple(f"{t.title} ({t.hand_in})" for t in made))} if made else "",
        _("Assessed by: %(what)s") % {"what": _some(tuple(dict.fromkeys(practical)))} if practical else "",
        _("Practice: %(what)s") % {"what": _some(tuple(dict.fromkeys([*work, *practice])))} if work or practice else "",
        _("People from industry look at your work.") if industry else "",
        _some(tuple(f"{p.name.words}: {p.part}" if p.part else p.name.words for p in partners(d, language))),
    ]
    found = tuple(line for line in lines if line)
    if made or work or practice or practical:
        short = (
            _("Yes, you make something that is assessed") if made or practical else _("Yes, there is practical work")
        )
    else:
        short = _("Not that it is stated")
    others = [term(mode, language) for mode in d.participation]
    return Answer(_("Is it hands-on?"), short, found or (_some(tuple(others)),) if others or found else ())


def larger_ones(version: AchievementVersion, language: str) -> tuple[Linked, ...]:
    """The published micro-credentials whose rule names this one."""
    known = current(timezone.localdate()).larger.get(version.micro_credential.public_id, {})
    found = (
        Linked(in_language(title, language), reverse("catalogue:public_detail", args=[public_id]))
        for public_id, title in known.items()
    )
    return tuple(sorted(found, key=lambda one: one.words.casefold()))


def _counts(d: Description, shown: Presentation, larger: tuple[Linked, ...]) -> Answer:
    words = d.integration.label.get("en", "") if d.integration else ""
    short = shown.integration or shown.partial_qualification or _("Nothing is stated")
    if words == STACKABLE or larger:
        short = _("It can be part of something larger")
    lines = [
        ", ".join(shown.credits),
        _short(shown.integration_note),
        shown.partial_qualification if shown.partial_qualification != short else "",
    ]
    return Answer(_("What can it count towards?"), short, tuple(line for line in lines if line), larger)


def _until(when: Any) -> str:
    return _("valid until %(day)s") % {"day": day(when)} if when else ""


def _some(words: tuple[str, ...], most: int = 4) -> str:
    more = len(words) - most
    said = ", ".join(words[:most])
    return _("%(words)s and %(n)s more") % {"words": said, "n": more} if more > 0 else said


def _short(text: str, most: int = 160) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]}…"

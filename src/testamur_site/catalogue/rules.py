"""The decisions of the catalogue, without a database: completeness, publishing, versions, differences.

Completeness follows Annex I of the Council Recommendation 2022/C 243/02 (European approach to micro-credentials). Each element
is *present*, *missing* or *weak* (there, but a reader would stumble); a missing mandatory element refuses publishing, a weak one
never does. Sentences are made late, in `texts.py`, from the codes that are decided here.

States of a micro-credential:   draft → published → retired (→ published again)
States of a version:            draft → published → superseded by the next; `locked` from its first award on, for ever
  1. A draft may be edited and discarded. There is at most one draft of a micro-credential.
  2. A published version may be corrected in place as long as nothing was awarded by it and it stays complete.
  3. A locked version never changes. To edit it is to begin the next version, with a note of what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .description.duration import duration_in_hours, parse_duration
from .description.elements import Description
from .description.vocabulary import Text


class Presence(StrEnum):
    PRESENT = "present"
    MISSING = "missing"
    WEAK = "weak"


@dataclass(frozen=True)
class Issuer:
    """What completeness needs to know of the institution. `languages` are the BCP 47 tags it promises to speak."""

    name: str
    country: str
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True)
class ElementState:
    """One element of Annex I. `remarks` are codes with facts; `section` and `field` say where it is mended."""

    key: str
    mandatory: bool
    presence: Presence
    remarks: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    section: str = ""
    field: str = ""


@dataclass(frozen=True)
class Completeness:
    """All elements in the order of Annex I."""

    elements: tuple[ElementState, ...]

    @property
    def missing_mandatory(self) -> tuple[ElementState, ...]:
        return tuple(e for e in self.elements if e.mandatory and e.presence is Presence.MISSING)

    @property
    def publishable(self) -> bool:
        """An empty list proves nothing: without elements there is nothing to publish."""
        return bool(self.elements) and not self.missing_mandatory

    @property
    def percent(self) -> int:
        """How far the mandatory elements are, in whole per cent; a weak one counts half. 100 only when none is weak."""
        mandatory = [e for e in self.elements if e.mandatory]
        if not mandatory:
            return 0
        worth = {Presence.PRESENT: 2, Presence.WEAK: 1, Presence.MISSING: 0}
        return sum(worth[e.presence] for e in mandatory) * 100 // (2 * len(mandatory))


Remark = tuple[str, Mapping[str, Any]]
_Judge = Callable[[Description, Issuer], tuple[bool, list[Remark]]]


def completeness(description: Description, issuer: Issuer) -> Completeness:
    """Judges every element; see the module's docstring. Pure."""
    return Completeness(tuple(_judged(description, issuer)))


def _judged(description: Description, issuer: Issuer) -> Iterator[ElementState]:
    for key, mandatory, section, field_name, judge in _ELEMENTS:
        there, remarks = judge(description, issuer)
        presence = Presence.MISSING if not there else Presence.WEAK if remarks else Presence.PRESENT
        yield ElementState(key, mandatory, presence, tuple(remarks) if there else (), section, field_name)


def _by_each_award(_description: Description, _issuer: Issuer) -> tuple[bool, list[Remark]]:
    return True, []


def _title(d: Description, issuer: Issuer) -> tuple[bool, list[Remark]]:
    remarks = list(_untranslated([d.title], issuer))
    if any(len(words.strip()) < 4 for words in d.title.values() if words):
        remarks.append(("title_short", {}))
    return bool(d.title), remarks


def _country(_d: Description, issuer: Issuer) -> tuple[bool, list[Remark]]:
    return bool(issuer.country), []


def _awarding_body(d: Description, issuer: Issuer) -> tuple[bool, list[Remark]]:
    unnamed = any(not organisation.name for organisation in d.organisations)
    return bool(issuer.name), [("organisation_without_name", {})] if unnamed else []


def _outcomes(d: Description, issuer: Issuer) -> tuple[bool, list[Remark]]:
    remarks = list(_untranslated((o.title for o in d.outcomes), issuer))
    if not any(o.skills for o in d.outcomes):
        remarks.append(("outcomes_without_skills", {}))
    if len(d.outcomes) > 12:
        remarks.append(("outcomes_many", {"count": len(d.outcomes)}))
    return bool(d.outcomes) and all(o.title for o in d.outcomes), remarks


def _workload(d: Description, _issuer: Issuer) -> tuple[bool, list[Remark]]:
    hours = duration_in_hours(d.workload)
    points = next((c.points for c in d.credits if "/education-credit/6fcec5c5af" in c.system.uri), "")
    there = bool(d.workload and parse_duration(d.workload)) or bool(points)
    remarks: list[Remark] = []
    if d.workload and hours is None:
        remarks.append(("workload_not_in_hours", {"duration": d.workload}))
    if not d.workload and there:
        remarks.append(("workload_only_credits", {}))
    if hours is not None and not Decimal(1) <= hours <= Decimal(1500):
        remarks.append(("workload_unusual", {"hours": _plain(hours)}))
    if hours and points and Decimal(points) and not Decimal(20) <= hours / Decimal(points) <= Decimal(35):
        # The ECTS Users' Guide (2015): one point stands for 25 to 30 hours of work. Some countries differ a little, so the
        # remark begins a little outside.
        remarks.append(("workload_against_ects", {"hours": _plain(hours), "points": points}))
    doubtful = [a.workload for a in d.activities if a.workload and duration_in_hours(a.workload) is None]
    if doubtful:
        remarks.append(("activity_not_in_hours", {"duration": doubtful[0]}))
    return there, remarks


def _level(d: Description, _issuer: Issuer) -> tuple[bool, list[Remark]]:
    there = bool(d.eqf_level or d.cycle or d.national_levels or d.level_not_applicable)
    unanchored = bool(d.national_levels) and not (d.eqf_level or d.cycle)
    return there, [("level_only_national", {})] if unanchored else []


def _assessment(d: Description, issuer: Issuer) -> tuple[bool, list[Remark]]:
    remarks = list(_untranslated((a.title for a in d.assessments), issuer))
    if d.assessments and not any(a.grading_description or a.description for a in d.assessments):
        remarks.append(("assessment_without_criteria", {}))
    return any(a.type for a in d.assessments), remarks


def _participation(d: Description, _issuer: Issuer) -> tuple[bool, list[Remark]]:
    return bool(d.participation), []


def _quality(d: Description, _issuer: Issuer) -> tuple[bool, list[Remark]]:
    remarks: list[Remark] = []
    if any(not q.body for q in d.quality_assurance):
        remarks.append(("quality_without_body", {}))
    if d.quality_assurance and not any(q.url or q.body_url for q in d.quality_assurance):
        remarks.append(("quality_without_link", {}))
    return any(q.type for q in d.quality_assurance), remarks


def _criteria(d: Description, issuer: Issuer) -> tuple[bool, list[Remark]]:
    return bool(d.description), list(_untranslated([d.description, d.criteria], issuer))


def _prerequisites(d: Description, issuer: Issuer) -> tuple[bool, list[Remark]]:
    return bool(d.prerequisites), list(_untranslated([d.prerequisites], issuer))


def _supervision(d: Description, _issuer: Issuer) -> tuple[bool, list[Remark]]:
    stated = [a for a in d.assessments if a.supervision]
    partly = 0 < len(stated) < len(d.assessments)
    return bool(stated), [("supervision_partly", {})] if partly else []


def _grade(d: Description, _issuer: Issuer) -> tuple[bool, list[Remark]]:
    return any(a.results or a.grading_title for a in d.assessments), []


def _integration(d: Description, _issuer: Issuer) -> tuple[bool, list[Remark]]:
    return bool(d.integration), []


def _further(d: Description, _issuer: Issuer) -> tuple[bool, list[Remark]]:
    return bool(d.further_information or d.homepage or d.activities), []


def _image(d: Description, _issuer: Issuer) -> tuple[bool, list[Remark]]:
    return bool(d.image.source), [("image_without_text", {})] if not d.image.alternative_text else []


# (key, mandatory, section, field, judge): the eleven mandatory elements of Annex I in its order, what Open Badges 3.0 asks for
# besides (a description), the optional elements, and the picture. The last two are ours and not of Annex I.
_ELEMENTS: tuple[tuple[str, bool, str, str, _Judge], ...] = (
    ("learner", True, "", "", _by_each_award),
    ("title", True, "basics", "title", _title),
    ("country", True, "", "", _country),
    ("awarding_body", True, "organisations", "", _awarding_body),
    ("date", True, "", "", _by_each_award),
    ("outcomes", True, "outcomes", "", _outcomes),
    ("workload", True, "workload", "workload", _workload),
    ("level", True, "workload", "eqf_level", _level),
    ("assessment", True, "assessment", "", _assessment),
    ("participation", True, "learning", "participation", _participation),
    ("quality", True, "quality", "", _quality),
    ("description", True, "basics", "description", _criteria),
    ("prerequisites", False, "conditions", "prerequisites", _prerequisites),
    ("supervision", False, "assessment", "", _supervision),
    ("grade", False, "assessment", "", _grade),
    ("integration", False, "conditions", "integration", _integration),
    ("further", False, "conditions", "further_information", _further),
    ("image", False, "image", "", _image),
)


def _untranslated(texts: Iterable[Text], issuer: Issuer) -> Iterator[Remark]:
    """A remark for each of the institution's languages that is missing somewhere in texts that are there at all."""
    filled = [text for text in texts if any(text.values())]
    for language in issuer.languages:
        if any(not text.get(language) for text in filled):
            yield "not_translated", {"language": language}


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


@dataclass(frozen=True)
class Difference:
    """One member that differs. `path` is made of member names and list positions (from 0); None: not there."""

    path: tuple[str | int, ...]
    before: Any
    after: Any


def differences(before: Any, after: Any, path: tuple[str | int, ...] = ()) -> list[Difference]:
    """What changed between two JSON values, deepest first cause, in the order of the members."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = [*before, *(name for name in after if name not in before)]
        return [d for name in names for d in differences(before.get(name), after.get(name), (*path, name))]
    if isinstance(before, list) and isinstance(after, list):
        pairs = _by_key(before, after) or _by_place(before, after)
        found = [d for old, new, index in pairs for d in differences(old, new, (*path, index))]
        return found or ([] if before == after else [Difference((*path, "order"), _keys(before), _keys(after))])
    return [] if before == after else [Difference(path, before, after)]


def _by_key(before: list[Any], after: list[Any]) -> list[tuple[Any, Any, int]]:
    """Elements with the same key are the same element, wherever they stand. Empty where not all have a key of their own."""
    old, new = ([item.get("key") if isinstance(item, dict) else None for item in items] for items in (before, after))
    if not all(old) or not all(new) or len(set(old)) != len(old) or len(set(new)) != len(new):
        return []
    found = [(before[old.index(key)] if key in old else None, after[n], n) for n, key in enumerate(new)]
    return found + [(before[n], None, n) for n, key in enumerate(old) if key not in new]


def _keys(items: list[Any]) -> list[Any]:
    return [item.get("key") for item in items]


def _by_place(before: list[Any], after: list[Any]) -> list[tuple[Any, Any, int]]:
    return [(_at(before, n), _at(after, n), n) for n in range(max(len(before), len(after)))]


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else None

"""A description in the reader's language, ready to be shown: the same for the programme page, the preview and a share page.

Nothing here judges or queries. Terms of the European lists are shown in our translation, everything else in its own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ..description import eu_vocabularies as lists
from ..description.checks import is_link
from ..description.duration import duration_in_hours, parse_duration
from ..description.elements import Activity, Assessment, Description, Organisation, QualityAssurance, ResultDescription
from ..description.isced import FIELDS_OF_EDUCATION
from ..description.places_and_languages import COUNTRIES, LANGUAGE_TAGS, LANGUAGES
from ..description.vocabulary import Concept, Text, Vocabulary, in_language

_KNOWN: dict[str, Concept] = {
    concept.uri: concept
    for vocabulary in (*vars(lists).values(), FIELDS_OF_EDUCATION, LANGUAGES, COUNTRIES)
    if isinstance(vocabulary, Vocabulary)
    for concept in vocabulary
    if concept.uri
}
_UNLISTED: dict[str, Concept] = {
    concept.label["en"]: concept
    for vocabulary in vars(lists).values()
    if isinstance(vocabulary, Vocabulary)
    for concept in vocabulary
    if not concept.uri
}


@dataclass(frozen=True)
class Linked:
    """Words, and an address to draw a link from ('' when there is none that is safe)."""

    words: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class OutcomeShown:
    title: str
    description: str
    skills: tuple[Linked, ...]
    reusability: str


@dataclass(frozen=True)
class AssessmentShown:
    title: str
    description: str
    type: str
    mode: str
    languages: str
    supervision: str
    grading_title: str
    grading: str
    results: tuple[str, ...]
    assessed_by: tuple[Linked, ...]


@dataclass(frozen=True)
class ActivityShown:
    title: str
    description: str
    type: str
    mode: str
    workload: str
    languages: str
    start: str
    end: str
    directed_by: tuple[Linked, ...]


@dataclass(frozen=True)
class QualityShown:
    type: str
    body: Linked
    description: str
    url: str
    valid_until: str


@dataclass(frozen=True)
class Presentation:
    """Every element in one language. Empty strings and tuples stand for what is not given. `criteria` is Markdown."""

    language: str
    title: str
    other_titles: tuple[tuple[str, str], ...]
    alternative_title: str
    description: str
    outcomes: tuple[OutcomeShown, ...]
    workload: str
    credits: tuple[str, ...]
    maximum_duration: str
    levels: tuple[Linked, ...]
    participation: tuple[str, ...]
    learning_setting: str
    activities: tuple[ActivityShown, ...]
    assessments: tuple[AssessmentShown, ...]
    quality: tuple[QualityShown, ...]
    prerequisites: str
    integration: str
    integration_note: str
    further_information: str
    homepage: str
    validity: str
    partial_qualification: str
    programme_type: str
    languages: str
    thematic_areas: tuple[str, ...]
    tags: tuple[str, ...]
    criteria: str
    alignments: tuple[Linked, ...]
    awarding_bodies: tuple[Linked, ...]

    @property
    def levels_line(self) -> str:
        return " · ".join(level.words for level in self.levels)

    @property
    def workload_line(self) -> str:
        return " · ".join(part for part in (self.workload, *self.credits) if part)


def present(description: Description, language: str | None = None, institution_name: str = "") -> Presentation:
    """The description in `language` (the reader's when None). `institution_name` (in any language of
    its entry) keeps the institution itself, which stands at the head of the page, out of the further awarding bodies."""
    language = (language or get_language() or "en").split("-")[0]
    d = description

    def words(text: Text) -> str:
        return in_language(text, language)

    partial = {True: _("Part of a larger qualification"), False: _("Not part of a larger qualification"), None: ""}
    return Presentation(
        language=language,
        title=words(d.title),
        other_titles=tuple((tag, title) for tag, title in d.title.items() if title and title != words(d.title)),
        alternative_title=words(d.alternative_title),
        description=words(d.description),
        outcomes=tuple(
            OutcomeShown(
                words(o.title),
                words(o.description),
                tuple(Linked(_skill(s.concept, language), _safe(s.concept.uri), s.framework) for s in o.skills),
                term(o.reusability, language),
            )
            for o in d.outcomes
        ),
        workload=duration_words(d.workload),
        credits=tuple(credit_words(c.points, c.system, language) for c in d.credits),
        maximum_duration=duration_words(d.maximum_duration),
        levels=_levels(d, language),
        participation=tuple(term(mode, language) for mode in d.participation),
        learning_setting=term(d.learning_setting, language),
        activities=tuple(_activity(a, d, language) for a in d.activities),
        assessments=tuple(_assessment(a, d, language) for a in d.assessments),
        quality=tuple(_quality(q, language) for q in d.quality_assurance),
        prerequisites=words(d.prerequisites),
        integration=term(d.integration, language),
        integration_note=words(d.integration_note),
        further_information=words(d.further_information),
        homepage=_safe(d.homepage),
        validity=duration_words(d.validity),
        partial_qualification=partial[d.partial_qualification],
        programme_type=term(d.programme_type, language),
        languages=", ".join(term(tag, language) for tag in d.languages),
        thematic_areas=tuple(_without_code(term(area, language)) for area in d.thematic_areas),
        tags=d.tags,
        criteria=words(d.criteria),
        alignments=tuple(Linked(a.name, _safe(a.url), a.framework) for a in d.alignments),
        awarding_bodies=tuple(
            Linked(_name(o, language), _safe(o.homepage), _place(o, language))
            for o in d.organisations
            if o.key in d.awarding_bodies and institution_name not in o.name.values()
        ),
    )


def reader_language() -> str:
    """The language of the page, without its country."""
    return (get_language() or "en").split("-")[0]


def term(concept: Concept | None, language: str) -> str:
    """A concept in the reader's language: our translation of a known term, else its own words, else its address."""
    if concept is None:
        return ""
    known = _KNOWN.get(concept.uri) if concept.uri else _UNLISTED.get(concept.label.get("en", ""))
    return (known.label.get(language, "") if known else "") or in_language(concept.label, language) or concept.uri


def duration_words(text: str) -> str:
    """`PT60H` → "60 hours", `P1M` → "1 month", in the active language; what is no duration stays as it is."""
    duration = parse_duration(text) if text else None
    if duration is None:
        return text
    parts = [
        ngettext("%(count)s year", "%(count)s years", duration.years) % {"count": duration.years}
        if duration.years
        else "",
        ngettext("%(count)s month", "%(count)s months", duration.months) % {"count": duration.months}
        if duration.months
        else "",
        ngettext("%(count)s week", "%(count)s weeks", duration.weeks) % {"count": duration.weeks}
        if duration.weeks
        else "",
        ngettext("%(count)s day", "%(count)s days", duration.days) % {"count": duration.days} if duration.days else "",
    ]
    hours = duration.hours
    if hours:
        count = f"{hours.normalize():f}"
        parts.append(
            ngettext("%(count)s hour", "%(count)s hours", int(hours) if hours == int(hours) else 2) % {"count": count}
        )
    if duration.minutes:
        parts.append(ngettext("%(count)s minute", "%(count)s minutes", duration.minutes) % {"count": duration.minutes})
    return " ".join(part for part in parts if part)


def credit_words(points: str, system: Concept, language: str) -> str:
    """`2 ECTS`, or the points and the name of another system."""
    number = f"{Decimal(points).normalize():f}"
    if system.uri.endswith("/education-credit/6fcec5c5af"):
        return f"{number} ECTS"
    return f"{number} {term(system, language)}"


def hours_of(description: Description) -> Decimal | None:
    return duration_in_hours(description.workload)


def language_name(tag: str, language: str | None = None) -> str:
    """The name of a BCP 47 language in the reader's language; the tag itself when it is unknown."""
    english, korean = LANGUAGE_TAGS.get(tag, (tag, tag))
    return korean if (language or get_language() or "en").startswith("ko") else english


def short_levels(d: Description, language: str) -> list[str]:
    """The levels in words, the European one first."""
    return [level.words for level in _levels(d, language)]


def _levels(d: Description, language: str) -> tuple[Linked, ...]:
    found = []
    if d.eqf_level:
        # The European Qualifications Framework is known by its three letters in every language.
        found.append(Linked(f"EQF {term(d.eqf_level, language)}", _safe(d.eqf_level.uri)))
    if d.cycle:
        found.append(Linked(f"QF-EHEA: {term(d.cycle, language)}"))
    found += [Linked(term(n.level, language), _safe(n.level.uri), n.framework) for n in d.national_levels]
    if d.level_not_applicable and not found:
        found.append(Linked(_("Not assigned to a level")))
    return tuple(found)


def _assessment(a: Assessment, d: Description, language: str) -> AssessmentShown:
    return AssessmentShown(
        title=in_language(a.title, language),
        description=in_language(a.description, language),
        type=term(a.type, language),
        mode=term(a.mode, language),
        languages=", ".join(term(tag, language) for tag in a.languages),
        supervision=term(a.supervision, language),
        grading_title=in_language(a.grading_title, language),
        grading=in_language(a.grading_description, language),
        results=tuple(_result(result, language) for result in a.results),
        assessed_by=_bodies(d, a.assessed_by, language),
    )


def _result(result: ResultDescription, language: str) -> str:
    """`Standard grading: Pass · Fail`, `Score: 0–100 (at least 60)`."""
    scale = " · ".join(result.allowed_values) or "–".join(part for part in (result.minimum, result.maximum) if part)
    required = _("needed: %(value)s") % {"value": result.required_value} if result.required_value else ""
    name = in_language(result.name, language)
    line = ": ".join(part for part in (name, scale) if part)
    return f"{line} ({required})" if required else line


def _activity(a: Activity, d: Description, language: str) -> ActivityShown:
    return ActivityShown(
        title=in_language(a.title, language),
        description=in_language(a.description, language),
        type=term(a.type, language),
        mode=term(a.mode, language),
        workload=duration_words(a.workload),
        languages=", ".join(term(tag, language) for tag in a.languages),
        start=a.start[:10],
        end=a.end[:10],
        directed_by=_bodies(d, a.directed_by, language),
    )


def _quality(q: QualityAssurance, language: str) -> QualityShown:
    body = Linked(in_language(q.body, language), _safe(q.body_url))
    return QualityShown(
        term(q.type, language), body, in_language(q.description, language), _safe(q.url), q.valid_until[:10]
    )


def _bodies(d: Description, keys: tuple[str, ...], language: str) -> tuple[Linked, ...]:
    return tuple(
        Linked(_name(o, language), _safe(o.homepage), _place(o, language)) for o in d.organisations if o.key in keys
    )


def _name(organisation: Organisation, language: str) -> str:
    return in_language(organisation.name, language) or organisation.key


def _place(organisation: Organisation, language: str) -> str:
    return term(organisation.country, language)


def _skill(concept: Concept, language: str) -> str:
    return in_language(concept.label, language) or concept.uri


def _without_code(label: str) -> str:
    code, _space, rest = label.partition(" ")
    return rest if rest and code.isdigit() else label


def _safe(url: Any) -> str:
    return url if isinstance(url, str) and is_link(url) else ""

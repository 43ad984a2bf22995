"""A version as an Open Badges 3.0 achievement: the form in which it stands in every credential.

All elements go through `testamur.model`: what Open Badges has a term for becomes that term, and everything once more in words in the
criteria narrative, one heading an element. One language per achievement; the texts of the others stay on the programme page, which
the criteria point to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from testamur import model
from testamur_site.foundation.tenancy.api import institution_by_slug

from ..description.checks import is_link
from ..description.duration import duration_in_hours
from ..description.elements import Activity, Assessment, Description, QualityAssurance
from ..description.places_and_languages import language_tag
from ..description.vocabulary import Concept, in_language
from .open_badges_terms import (
    ASSESSMENT_TYPES,
    INTEGRATION,
    PARTICIPATION,
    QUALITY,
    SETTINGS,
    short_system,
    supervision,
    term,
)
from .results import task_results


def elements_of(
    description: Description, language: str, issuer: model.AwardingBody, title: str = ""
) -> model.MicroCredentialElements:
    """The Annex I elements in one language, for `testamur.model`."""
    with override(language if language in {"en", "ko"} else "en"):
        return model.MicroCredentialElements(
            title=title or in_language(description.title, language),
            awarding_bodies=tuple(_bodies(description, language, issuer)),
            learning_outcomes=tuple(_outcomes(description, language)),
            workload=_workload(description),
            levels=tuple(_levels(description, language)),
            assessments=tuple(_assessment(a, description, language) for a in description.assessments),
            participation=tuple(p for p in (term(PARTICIPATION, mode) for mode in description.participation) if p),
            quality_assurance=tuple(_quality(q, language) for q in description.quality_assurance),
            prerequisites=in_language(description.prerequisites, language) or None,
            stackability=tuple(_stackability(description, language)),
            further_information="\n\n".join(_further(description, language)) or None,
            language=next((tag for tag in map(language_tag, description.languages) if tag), None),
            learning_setting=term(SETTINGS, description.learning_setting),
            learning_activity="; ".join(_activity(a, description, language) for a in description.activities) or None,
            duration=description.maximum_duration or None,
            fields_of_study=tuple(in_language(area.label, language) for area in description.thematic_areas),
            provided_by=None,
        )


def further_alignments(description: Description) -> tuple[model.Alignment, ...]:
    """The alignments that the institution added to those of skills and levels."""
    return tuple(
        model.Alignment(
            target_name=alignment.name,
            target_url=alignment.url,
            target_code=alignment.code or None,
            target_framework=alignment.framework or None,
            target_description=alignment.description or None,
            target_type=alignment.target_type or None,
        )
        for alignment in description.alignments
        if alignment.url
    )


def result_descriptions(
    description: Description, achievement_id: str, language: str
) -> tuple[model.ResultDescription, ...]:
    """One for each result of each assessment, numbered from 1 below the achievement's address: stable within a version.

    Then those of the tasks and their rubrics (`results.py`).
    """
    found = [result for assessment in description.assessments for result in assessment.results]
    stated = tuple(
        model.ResultDescription(
            id=f"{achievement_id}#result-{number}",
            name=in_language(result.name, language),
            result_type=result.result_type,
            allowed_value=result.allowed_values,
            required_value=result.required_value or None,
            value_min=result.minimum or None,
            value_max=result.maximum or None,
        )
        for number, result in enumerate(found, 1)
    )
    return (*stated, *task_results(description, achievement_id, language))


def criteria_narrative(description: Description, elements: model.MicroCredentialElements, language: str) -> str:
    """The institution's own criteria first, then every element under its heading."""
    own = in_language(description.criteria, language).strip()
    written = model.micro_credential_criteria(elements, language)
    return f"{own}\n\n{written}" if own and written else own or written


def _bodies(d: Description, language: str, issuer: model.AwardingBody) -> Iterator[model.AwardingBody]:
    yield issuer
    for organisation in d.organisations:
        name = in_language(organisation.name, language)
        if organisation.key in d.awarding_bodies and issuer.name not in organisation.name.values():
            registered = organisation.registration or organisation.vat
            yield model.AwardingBody(
                name=name,
                country=in_language(organisation.country.label, language) if organisation.country else "",
                region=in_language(organisation.region.label, language) if organisation.region else None,
                homepage=organisation.homepage or None,
                identifier=registered.notation if registered else None,
            )


def _outcomes(d: Description, language: str) -> Iterator[model.LearningOutcome]:
    for outcome in d.outcomes:
        parts = [in_language(outcome.description, language)]
        if outcome.reusability:
            parts.append(_("Reusability: %(level)s") % {"level": in_language(outcome.reusability.label, language)})
        yield model.LearningOutcome(
            statement=in_language(outcome.title, language),
            description="\n".join(part for part in parts if part) or None,
            skills=tuple(
                model.Alignment(
                    target_name=in_language(skill.concept.label, language) or skill.concept.uri,
                    target_url=skill.concept.uri,
                    target_framework=skill.framework or None,
                )
                for skill in outcome.skills
                if skill.concept.uri
            ),
        )


def _workload(d: Description) -> model.Workload | None:
    hours = duration_in_hours(d.workload)
    first = d.credits[0] if d.credits else None
    if hours is None and first is None:
        return None
    if first is None:
        return model.Workload(hours=hours)
    return model.Workload(credits=Decimal(first.points), credit_system=short_system(first.system), hours=hours)


def _levels(d: Description, language: str) -> Iterator[model.Level]:
    if d.eqf_level:
        number = d.eqf_level.uri.rpartition("/")[2]
        if number.isdigit() and 1 <= int(number) <= 8:
            yield model.Level.eqf(int(number))
    if d.cycle:
        yield model.Level(framework=model.QF_EHEA, code=in_language(d.cycle.label, language))
    for national in d.national_levels:
        label = in_language(national.level.label, language)
        code = _level_code(national.level, label)
        yield model.Level(
            framework=national.framework or _("National qualifications framework"),
            code=code,
            name=label if label != code else None,
            url=national.level.uri if is_link(national.level.uri) else None,
        )


def _level_code(level: Concept, label: str) -> str:
    """The level's own notation, else the one number in its words (`RQF Level 6` → `6`, `6단계` → `6`), else its words."""
    numbers = re.findall(r"\d+", label)
    return level.notation or (numbers[0] if len(numbers) == 1 else label)


def _assessment(a: Assessment, d: Description, language: str) -> model.Assessment:
    kind = term(ASSESSMENT_TYPES, a.type) or model.AssessmentType.OTHER
    parts = [in_language(a.description, language)]
    if kind is model.AssessmentType.OTHER and a.type:
        parts.append(_("Type: %(type)s") % {"type": in_language(a.type.label, language)})
    found = supervision(a)
    if a.supervision and found is None:
        parts.append(in_language(a.supervision.label, language))
    if a.languages:
        parts.append(_("Language: %(languages)s") % {"languages": _labels(a.languages, language)})
    grading = [in_language(a.grading_title, language), in_language(a.grading_description, language)]
    return model.Assessment(
        kind=kind,
        title=in_language(a.title, language) or None,
        description="\n".join(part for part in parts if part) or None,
        mode=term(PARTICIPATION, a.mode),
        supervision=found,
        grading=": ".join(part for part in grading if part) or None,
        assessed_by=_names(a.assessed_by, d, language) or None,
    )


def _quality(q: QualityAssurance, language: str) -> model.QualityAssurance:
    kind = term(QUALITY, q.type) or model.QualityAssuranceType.OTHER
    # The credential's own word for the type is coarser than the European list's; where it is the same, once is enough.
    named = q.type is not None and kind is not model.QualityAssuranceType.INTERNAL
    parts = [in_language(q.type.label, language) if q.type and named else "", in_language(q.description, language)]
    if q.valid_until:
        parts.append(_("Valid until %(date)s") % {"date": q.valid_until[:10]})
    return model.QualityAssurance(
        kind=kind,
        name=in_language(q.body, language) or None,
        description="\n".join(part for part in parts if part) or None,
        url=q.url or q.body_url or None,
    )


def _stackability(d: Description, language: str) -> Iterator[model.Stackability]:
    option = term(INTEGRATION, d.integration)
    if option:
        yield model.Stackability(option=option, towards=in_language(d.integration_note, language) or None)


def _activity(a: Activity, d: Description, language: str) -> str:
    """One line: title (type, mode, hours, language, from–to, who directs it): description."""
    hours = duration_in_hours(a.workload)
    facts = [
        in_language(a.type.label, language) if a.type else "",
        in_language(a.mode.label, language) if a.mode else "",
        _("%(hours)s hours") % {"hours": f"{hours.normalize():f}"} if hours is not None else a.workload,
        _labels(a.languages, language),
        " – ".join(day[:10] for day in (a.start, a.end) if day),
        _names(a.directed_by, d, language),
    ]
    known = ", ".join(fact for fact in facts if fact)
    line = f"{in_language(a.title, language)} ({known})" if known else in_language(a.title, language)
    described = " ".join(in_language(a.description, language).split())
    return f"{line}: {described}" if described else line


def _further(d: Description, language: str) -> Iterator[str]:
    if words := in_language(d.further_information, language):
        yield words
    yield from _together(d, language)
    if words := in_language(d.rpl, language):
        yield _("Recognition of prior learning: %(how)s") % {"how": words}
    # Ways of taking part that Open Badges and the European list have no term for.
    if own := [in_language(mode.label, language) for mode in d.participation if term(PARTICIPATION, mode) is None]:
        yield _("Form of participation, further: %(modes)s") % {"modes": ", ".join(own)}
    if d.programme_type:
        yield _("Programme type: %(type)s") % {"type": in_language(d.programme_type.label, language)}
    if d.partial_qualification is not None:
        yield _("Part of a larger qualification: %(answer)s") % {
            "answer": _("yes") if d.partial_qualification else _("no")
        }
    if len(d.languages) > 1:
        yield _("Languages of learning: %(languages)s") % {"languages": _labels(d.languages, language)}
    for further in d.credits[1:]:
        yield _("Credits: %(points)s %(system)s") % {
            "points": further.points,
            "system": in_language(further.system.label, language),
        }
    if d.homepage:
        yield f"<{d.homepage}>"


def _together(d: Description, language: str) -> Iterator[str]:
    """Who owns it together with the issuer, and which part partners have."""
    names = {o.key: in_language(o.name, language) for o in d.organisations}
    if owners := [names.get(owner) or _institution(owner, language) for owner in d.co_owners]:
        yield _("Owned together with: %(names)s") % {"names": ", ".join(owners)}
    for partner in d.partners:
        part = in_language(partner.part, language)
        name = names.get(partner.organisation, partner.organisation)
        yield _("Partner: %(name)s") % {"name": f"{name} – {part}" if part else name}


def _institution(slug: str, language: str) -> str:
    """The name of an institution on this platform; its short name when it is gone."""
    found = institution_by_slug(slug)
    return found.in_language("name", language) if found else slug


def _labels(concepts: tuple[Concept, ...], language: str) -> str:
    return ", ".join(in_language(concept.label, language) for concept in concepts)


def _names(keys: tuple[str, ...], d: Description, language: str) -> str:
    return ", ".join(in_language(o.name, language) for o in d.organisations if o.key in keys)

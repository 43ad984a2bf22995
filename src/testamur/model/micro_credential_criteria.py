"""The criteria narrative of a micro-credential: every Annex I element under its own heading, as Markdown.

The words around the institution's own texts are in English or Korean. Headings always come in the order of Annex I; an element that
was not given has no heading. The institution's texts may contain Markdown of their own, except that a line of theirs that looks like a
heading is made plain, so that nobody can put words under a heading of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from testamur.model.micro_credential import MicroCredentialElements
from testamur.model.micro_credential_words import WORDS


def micro_credential_criteria(elements: MicroCredentialElements, language: str = "en") -> str:
    """The narrative in `language` (`en` or `ko`; a region is ignored; any other language gets English words).

    Returns Markdown: level-two headings, paragraphs and lists, no HTML, ends with one newline; empty when no element is given.
    """
    words = WORDS.get(language.lower().partition("-")[0], WORDS["en"])
    sections = []
    for heading, write in _SECTIONS:
        if lines := list(write(elements, words)):
            sections.append("\n".join((f"## {words[heading]}", "", *lines)))
    return "\n\n".join(sections) + "\n" if sections else ""


_Words = dict[str, str]
_BLOCK = re.compile(r"\s*(#{1,6}(\s|$)|=+\s*$|-+\s*$|```|~~~)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!https?://)")


def _plain(text: str) -> str:
    """Somebody's text without HTML; no line of it is a heading, underlines one, or opens a code block that would swallow what follows."""
    lines = _TAG.sub(r"\\<", text).replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join("\\" + line.lstrip() if _BLOCK.match(line) else line for line in lines)


def _item(text: str, indent: str = "") -> str:
    """A list item; the further lines of a longer text are indented under it."""
    return f"{indent}- " + _plain(text).replace("\n", f"\n{indent}  ")


def _link(name: str, url: str | None) -> str:
    if not url or not re.fullmatch(r"https?://[^\s<>()\[\]]+", url):
        return _plain(name)
    return f"{_plain(name)} (<{url}>)"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _outcomes(elements: MicroCredentialElements, _words: _Words) -> Iterator[str]:
    for outcome in elements.learning_outcomes:
        yield _item(outcome.statement)
        if outcome.description:
            yield _item(outcome.description, "  ")
        for skill in outcome.skills:
            framework = f"{skill.target_framework}: " if skill.target_framework else ""
            yield _item(framework + _link(skill.target_name, skill.target_url), "  ")


def _workload(elements: MicroCredentialElements, words: _Words) -> Iterator[str]:
    workload = elements.workload
    if workload and workload.credits is not None:
        yield _item(words["credits"].format(credits=_number(workload.credits), system=workload.credit_system))
    if workload and workload.hours is not None:
        yield _item(words["hours"].format(hours=_number(workload.hours)))
    if elements.duration:
        yield _item(words["duration"].format(duration=elements.duration))


def _levels(elements: MicroCredentialElements, words: _Words) -> Iterator[str]:
    for level in elements.levels:
        named = words["level_named"].format(framework=level.framework, code=level.code)
        yield _item(_link(named if not level.name else f"{named} – {level.name}", level.url))


def _assessments(elements: MicroCredentialElements, words: _Words) -> Iterator[str]:
    for assessment in elements.assessments:
        kind = words[f"assessment.{assessment.kind}"]
        yield _item(f"{kind}: {assessment.title}" if assessment.title else kind)
        if assessment.description:
            yield _item(assessment.description, "  ")
        if assessment.mode:
            yield _item(words["assessment_mode"].format(mode=words[f"participation.{assessment.mode}"]), "  ")
        if assessment.assessed_by:
            yield _item(words["assessed_by"].format(body=assessment.assessed_by), "  ")


def _supervision(elements: MicroCredentialElements, words: _Words) -> Iterator[str]:
    for assessment in elements.assessments:
        if assessment.supervision:
            said = words[f"supervision.{assessment.supervision}"]
            yield _item(f"{assessment.title}: {said}" if assessment.title else said)


def _grading(elements: MicroCredentialElements, _words: _Words) -> Iterator[str]:
    for assessment in elements.assessments:
        if assessment.grading:
            yield _item(f"{assessment.title}: {assessment.grading}" if assessment.title else assessment.grading)


def _participation(elements: MicroCredentialElements, words: _Words) -> Iterator[str]:
    for form in elements.participation:
        yield _item(words[f"participation.{form}"])
    if elements.learning_setting:
        yield _item(words[f"setting.{elements.learning_setting}"])


def _quality(elements: MicroCredentialElements, words: _Words) -> Iterator[str]:
    for assurance in elements.quality_assurance:
        kind = words[f"quality.{assurance.kind}"]
        yield _item(_link(f"{kind}: {assurance.name}" if assurance.name else kind, assurance.url))
        if assurance.description:
            yield _item(assurance.description, "  ")


def _bodies(elements: MicroCredentialElements, words: _Words) -> Iterator[str]:
    for body in elements.awarding_bodies:
        place = ", ".join(part for part in (body.region, body.country) if part)
        yield _item(_link(f"{body.name} ({place})" if place else body.name, body.homepage))
        if body.identifier:
            yield _item(words["identifier"].format(identifier=body.identifier), "  ")
    if elements.provided_by:
        yield _item(words["provided_by"].format(body=elements.provided_by))


def _prerequisites(elements: MicroCredentialElements, _words: _Words) -> Iterator[str]:
    if elements.prerequisites:
        yield _plain(elements.prerequisites)


def _stackability(elements: MicroCredentialElements, words: _Words) -> Iterator[str]:
    for stackability in elements.stackability:
        option = words[f"stackability.{stackability.option}"]
        yield _item(_link(f"{option}: {stackability.towards}" if stackability.towards else option, stackability.url))


def _further(elements: MicroCredentialElements, words: _Words) -> Iterator[str]:
    if elements.learning_activity:
        yield _item(words["activity"].format(activity=elements.learning_activity))
    if elements.language:
        yield _item(words["language"].format(language=elements.language))
    for subject in elements.fields_of_study:
        yield _item(words["field_of_study"].format(subject=subject))
    if elements.further_information:
        if elements.learning_activity or elements.language or elements.fields_of_study:
            yield ""
        yield _plain(elements.further_information)


_SECTIONS: tuple[tuple[str, Callable[[MicroCredentialElements, Any], Iterator[str]]], ...] = (
    ("heading.awarding_body", _bodies),
    ("heading.learning_outcomes", _outcomes),
    ("heading.workload", _workload),
    ("heading.level", _levels),
    ("heading.assessment", _assessments),
    ("heading.participation", _participation),
    ("heading.quality_assurance", _quality),
    ("heading.prerequisites", _prerequisites),
    ("heading.supervision", _supervision),
    ("heading.grading", _grading),
    ("heading.stackability", _stackability),
    ("heading.further_information", _further),
)

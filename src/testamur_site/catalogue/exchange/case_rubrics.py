"""Rubrics as files in the form of 1EdTech CASE 1.1 (`CFRubric`): out of a description, and into one.

The form itself is `testamur.assessment.rubrics.case`. Here are the differences between what a CASE file may hold and what a
description keeps: keys without hyphens, points with two decimals that rise from level to level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from testamur import strict_json
from testamur.assessment import rubrics as library
from testamur.assessment.rubrics import case, words
from testamur.errors import TestamurError

from ..description.codec import is_language_tag
from ..description.elements import Description, Rubric, RubricCriterion, RubricLevel
from ..description.tasks import KEY
from ..description.vocabulary import Text

MAX_BYTES = 1_000_000


class RubricNotImportable(ValueError):
    """The file is no rubric that can be kept here. The message says why and where, in English (the reader of CASE speaks it)."""


@dataclass(frozen=True)
class ReadRubric:
    """A rubric out of a file: its identifier there, and in sentences what was supplied, changed or left out."""

    rubric: Rubric
    identifier: str
    notes: tuple[str, ...]


def marking_rubric(rubric: Rubric) -> library.Rubric:
    """The rubric as the library scores it. Raises testamur.errors.InputError for one that cannot be marked by (no levels)."""
    return library.Rubric(
        key=rubric.key,
        title=rubric.title,
        description=rubric.description,
        criteria=tuple(
            library.Criterion(
                key=c.key,
                levels=tuple(library.Level(lv.key, Decimal(lv.points), lv.name, lv.description) for lv in c.levels),
                weight=Decimal(c.weight),
                must_pass=c.must_pass,
                name=c.name,
                description=c.description,
                outcomes=c.outcomes,
            )
            for c in rubric.criteria
        ),
    )


def write(
    rubric: Rubric, *, address: str, changed: str, language: str, description: Description | None = None
) -> bytes:
    """The rubric as a CASE file. `changed` is an ISO 8601 date-time. Raises testamur.errors.InputError as `marking_rubric`."""
    items = {}
    for outcome in description.outcomes if description else ():
        skill = next((skill.concept for skill in outcome.skills if skill.concept.uri), None)
        if skill is not None:
            title = skill.label.get(language) or skill.label.get("en") or skill.uri
            items[outcome.key] = case.Item(title, skill.uri.rpartition("/")[2] or skill.uri, skill.uri)
    document = case.to_case(marking_rubric(rubric), address=address, changed=changed, language=language, items=items)
    return strict_json.dumps(document)


def read(data: bytes, *, language: str, notes_in: str) -> list[ReadRubric]:
    """The rubrics of a CASE file; `language` is that of texts that do not say theirs. Raises RubricNotImportable."""
    try:
        found = case.read_case(data, language=language)
    except TestamurError as error:
        raise RubricNotImportable(str(error)) from error
    return [_read(imported, notes_in) for imported in found]


def _read(imported: case.Imported, notes_in: str) -> ReadRubric:
    read = imported.rubric
    keys = _keys([criterion.key for criterion in read.criteria], "c")
    criteria = tuple(_criterion(c, key) for c, key in zip(read.criteria, keys, strict=True))
    rubric = Rubric("", _text(read.title), _text(read.description), criteria, imported.identifier[:400])
    if not rubric.title:
        rubric = replace(rubric, title={"en": imported.identifier or "Rubric"})
    sentences = (f"{note.place}: {words.note_sentence(note, notes_in)}" for note in imported.notes)
    return ReadRubric(rubric, imported.identifier, tuple(dict.fromkeys(sentences)))


def _criterion(criterion: library.Criterion, key: str) -> RubricCriterion:
    keys = _keys([level.key for level in criterion.levels], "l")
    points = [_two_decimals(level.points) for level in criterion.levels]
    if any(Decimal(after) <= Decimal(before) for before, after in pairwise(points)):
        name = next(iter(criterion.name.values()), criterion.key)
        raise RubricNotImportable(
            f"Two levels of “{name[:100]}” have the same points; each level needs points of its own."
        )
    new = dict(zip((level.key for level in criterion.levels), keys, strict=True))
    return RubricCriterion(
        key,
        _text(criterion.name),
        _text(criterion.description),
        tuple(outcome for outcome in criterion.outcomes if KEY.fullmatch(outcome)),
        _two_decimals(criterion.weight),
        new.get(criterion.must_pass, ""),
        tuple(
            RubricLevel(k, _text(level.name), p, _text(level.description))
            for k, p, level in zip(keys, points, criterion.levels, strict=True)
        ),
    )


def _keys(keys: Sequence[str], letter: str) -> list[str]:
    if all(KEY.fullmatch(key) for key in keys):
        return list(keys)
    return [f"{letter}{number}" for number in range(1, len(keys) + 1)]


def _two_decimals(number: Decimal) -> str:
    return f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}"


def _text(text: Text) -> dict[str, str]:
    """Only languages that a description can hold; a text that has none of those is kept as English."""
    kept = {tag: words for tag, words in text.items() if is_language_tag(tag) and words}
    other = next((words for words in text.values() if words), "")
    return kept or ({"en": other} if other else {})

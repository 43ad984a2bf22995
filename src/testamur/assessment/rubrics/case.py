"""Rubrics as 1EdTech CASE 1.1 writes them: `CFRubric`, `CFRubricCriterion`, `CFRubricCriterionLevel`.

CASE texts have one language, its criteria no level that must be reached and at most one item of a framework. What a rubric has beyond
that is written into `extensions`, the place that version 1.1 gives each class for such things, under the name `testamur`; so a rubric
comes back as it went, and another system reads the rest.

What comes from elsewhere is read with care: bounded, and with a note for everything that was supplied, changed or left out.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from testamur import strict_json
from testamur.assessment.rubrics.model import LARGEST_NUMBER, MAX_CRITERIA, MAX_LEVELS, Criterion, Level, Rubric, Text
from testamur.errors import InputError, Malformed, TooLarge

MAX_RUBRICS = 100
MAX_TEXT = 10_000
_OURS = "testamur"
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}\Z")


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a competency framework, as CASE links to it (`LinkURI`)."""

    title: str
    identifier: str
    uri: str


@dataclass(frozen=True, slots=True)
class Note:
    """What was done to make a rubric of what was read. `place` is a path in the document.

    - `points_from_order`: a level had no score, so all of the criterion count 0, 1, 2 … in the order given;
    - `rounded`: a number had more than six decimals;
    - `feedback_left_out`: ready-made feedback has no place in our rubric;
    - `name_from_description`, `name_supplied`: a criterion or level had no name.
    """

    code: str
    place: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """A rubric that was read, its CASE identifier, the items that its criteria link to (by criterion key), and notes."""

    rubric: Rubric
    identifier: str
    items: Mapping[str, Item] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def to_case(
    rubric: Rubric, *, address: str, changed: str, language: str = "en", items: Mapping[str, Item] | None = None
) -> dict[str, Any]:
    """`rubric` as a CASE 1.1 `CFRubric` (JSON values).

    `address` is its own address, from which those of its parts and all identifiers (UUID version 5) follow, so that the same
    rubric is written the same way. `changed` is an ISO 8601 date-time. `items` gives the framework's item of a learning outcome by the
    outcome's key; CASE has room for one a criterion.
    """
    identifier = _identifier(address)
    return {
        "identifier": identifier,
        "uri": address,
        **_text("title", rubric.title, language),
        **_text("description", rubric.description, language),
        "lastChangeDateTime": changed,
        "CFRubricCriteria": [
            _criterion(criterion, place, identifier, address, changed, language, items or {})
            for place, criterion in enumerate(rubric.criteria, 1)
        ],
        **_extension(rubric.key, language, title=rubric.title, description=rubric.description),
    }


def read_case(data: bytes | str, *, language: str = "en") -> list[Imported]:
    """Read the rubrics of a CASE document: one `CFRubric`, a list of them, or a `CFPackage` with `CFRubrics`.

    Texts are taken to be in the language that the package's `CFDocument` states, else in `language`. A criterion without a weight
    weighs 1. Levels are put in ascending order of their scores. Raises Malformed (`assessment.case.…`, with the `place`) and
    TooLarge (over 1 MB, 100 rubrics, 50 criteria, 20 levels).
    """
    value = strict_json.loads(data, max_depth=24)
    document: Any = {}
    if isinstance(value, dict) and isinstance(value.get("CFPackage"), dict):
        value = value["CFPackage"]
    if isinstance(value, dict) and "CFRubrics" in value:
        document = value.get("CFDocument")
        value = value["CFRubrics"]
    elif isinstance(value, dict):
        value = [value]
    if not isinstance(value, list) or not value:
        raise Malformed(
            "No rubric was found: a CFRubric or a CFPackage with CFRubrics is expected.", code="assessment.case.none"
        )
    if len(value) > MAX_RUBRICS:
        raise TooLarge(f"At most {MAX_RUBRICS} rubrics are read at once.", code="assessment.case.too_large")
    stated = document.get("language") if isinstance(document, dict) else None
    tag = stated if isinstance(stated, str) and _TAG.match(stated) else language
    return [_Reader(tag, f"rubric {place}").rubric(item) for place, item in enumerate(value, 1)]


# --- writing


def _criterion(
    criterion: Criterion, place: int, rubric: str, address: str, changed: str, language: str, items: Mapping[str, Item]
) -> dict[str, Any]:
    uri = f"{address}#{criterion.key}"
    identifier = _identifier(uri)
    item = next((items[outcome] for outcome in criterion.outcomes if outcome in items), None)
    link = {"title": item.title, "identifier": item.identifier, "uri": item.uri} if item else None
    return {
        "identifier": identifier,
        "uri": uri,
        **_text("category", criterion.name, language),
        **_text("description", criterion.description, language),
        **({"CFItemURI": link} if link else {}),
        "weight": _number(criterion.weight),
        "position": place,
        "rubricId": rubric,
        "lastChangeDateTime": changed,
        "CFRubricCriterionLevels": [
            {
                "identifier": _identifier(f"{uri}.{level.key}"),
                "uri": f"{uri}.{level.key}",
                **_text("description", level.description, language),
                **_text("quality", level.name, language),
                "score": _number(level.points),
                "position": number,
                "rubricCriterionId": identifier,
                "lastChangeDateTime": changed,
                **_extension(level.key, language, name=level.name, description=level.description),
            }
            for number, level in enumerate(criterion.levels, 1)
        ],
        **_extension(
            criterion.key,
            language,
            name=criterion.name,
            description=criterion.description,
            mustPass=criterion.must_pass,
            outcomes=list(criterion.outcomes),
        ),
    }


def _identifier(address: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, address))


def _plain(text: Text, language: str) -> str:
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def _text(name: str, text: Text, language: str) -> dict[str, str]:
    plain = _plain(text, language)
    return {name: plain} if plain else {}


def _extension(key: str, language: str, **more: Any) -> dict[str, Any]:
    """The key, and what CASE has no place for: texts that are more than one text in the document's language, and other values."""
    kept = {}
    for name, value in more.items():
        if isinstance(value, Mapping):
            if dict(value) not in ({}, {language: _plain(value, language)}) or "" in value.values():
                kept[name] = dict(value)
        elif value:
            kept[name] = value
    return {"extensions": {_OURS: {"key": key, **kept}}}


def _number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


# --- reading


class _Reader:
    """One rubric in the making: `at` is the path of what is read, for notes and refusals."""

    def __init__(self, language: str, at: str) -> None:
        self.language, self.at = language, at
        self.notes: list[Note] = []
        self.items: dict[str, Item] = {}

    def rubric(self, value: Any) -> Imported:
        value = self._object(value, self.at)
        criteria = self._sorted(value.get("CFRubricCriteria"), self.at, MAX_CRITERIA)
        keys = self._keys([_ours(item) for _, item in criteria], "c")
        try:
            rubric = Rubric(
                key=self._keys([_ours(value)], "rubric")[0],
                title=self._words(value, "title", "title", self.at),
                description=self._words(value, "description", "description", self.at),
                criteria=tuple(
                    self._criterion(item, key, place) for (place, item), key in zip(criteria, keys, strict=True)
                ),
            )
        except (TooLarge, Malformed):
            raise
        except InputError as error:
            raise _refused("values", self.at, str(error), **error.facts) from None
        identifier = value.get("identifier")
        return Imported(rubric, identifier[:200] if isinstance(identifier, str) else "", self.items, tuple(self.notes))

    def _criterion(self, value: dict[str, Any], key: str, at: str) -> Criterion:
        levels = self._sorted(value.get("CFRubricCriterionLevels"), at, MAX_LEVELS)
        if not levels:
            raise _refused("no_levels", at, "A criterion has no levels.")
        scores = [self._score(item, "score", place) for place, item in levels]
        if None in scores:
            self.notes.append(Note("points_from_order", at))
            points = [Decimal(number) for number in range(len(levels))]
        else:
            points = [score for score in scores if score is not None]
        level_keys = self._keys([_ours(item) for _, item in levels], "l")
        made = [
            self._level(item, level_key, worth, place)
            for (place, item), level_key, worth in zip(levels, level_keys, points, strict=True)
        ]
        made.sort(key=lambda level: level.points)
        weight = self._score(value, "weight", at)
        name = self._words(value, "category", "name", at)
        description = self._words(value, "description", "description", at)
        ours = _ours(value)
        if not name and "extensions" not in value:
            name, code = (
                (description, "name_from_description") if description else ({self.language: key}, "name_supplied")
            )
            description = {}
            self.notes.append(Note(code, at))
        if item := self._item(value.get("CFItemURI")):
            self.items[key] = item
        must_pass = ours.get("mustPass", "")
        outcomes = ours.get("outcomes", [])
        return Criterion(
            key=key,
            levels=tuple(made),
            weight=Decimal(1) if weight is None else weight,
            must_pass=must_pass if must_pass in level_keys else "",
            name=name,
            description=description,
            outcomes=tuple(o for o in outcomes if isinstance(o, str) and _KEY.match(o))
            if isinstance(outcomes, list)
            else (),
        )

    def _level(self, value: dict[str, Any], key: str, points: Decimal, at: str) -> Level:
        if value.get("feedback"):
            self.notes.append(Note("feedback_left_out", at))
        name = self._words(value, "quality", "name", at)
        if not name and "extensions" not in value:
            name = {self.language: f"{points.normalize():f}"}
            self.notes.append(Note("name_supplied", at))
        return Level(key, points, name, self._words(value, "description", "description", at))

    def _sorted(self, value: Any, at: str, most: int) -> list[tuple[str, dict[str, Any]]]:
        """(path, object) of the parts, in the order of their positions where all have one."""
        if not isinstance(value, list):
            raise _refused("list", at, "A list of parts is expected.")
        if len(value) > most:
            raise TooLarge(
                f"At most {most} parts are read here.", code="assessment.case.too_large", facts={"place": at}
            )
        parts = [(f"{at}, part {place}", item) for place, item in enumerate(value, 1)]
        found = [(path, self._object(item, path)) for path, item in parts]
        positions = [item.get("position") for _, item in found]
        if all(isinstance(position, int) for position in positions):
            found.sort(key=lambda part: part[1]["position"])
        return found

    @staticmethod
    def _object(value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _refused("object", at, "An object is expected.")
        return value

    def _words(self, value: dict[str, Any], name: str, ours: str, at: str) -> dict[str, str]:
        kept = _ours(value).get(ours)
        if isinstance(kept, dict) and all(isinstance(text, str) and _TAG.match(tag) for tag, text in kept.items()):
            if sum(len(text) for text in kept.values()) > MAX_TEXT * 5:
                raise TooLarge("A text is too long.", code="assessment.case.too_large", facts={"place": at})
            return dict(kept)
        text = value.get(name)
        if text is None or text == "":
            return {}
        if not isinstance(text, str):
            raise _refused("text", at, f"“{name}” is no text.", name=name)
        if len(text) > MAX_TEXT:
            raise TooLarge(
                f"A text has at most {MAX_TEXT:,} characters.", code="assessment.case.too_large", facts={"place": at}
            )
        return {self.language: text}

    def _score(self, value: dict[str, Any], name: str, at: str) -> Decimal | None:
        number = value.get(name)
        if number is None:
            return None
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise _refused("number", at, f"“{name}” is no number.", name=name)
        exact = Decimal(str(number))
        if not 0 <= exact <= LARGEST_NUMBER:
            raise _refused("number", at, f"“{name}” is a number from 0 to {LARGEST_NUMBER:,f}.", name=name)
        rounded = exact.quantize(Decimal("0.000001"))
        if rounded != exact:
            self.notes.append(Note("rounded", at, {"name": name}))
        return rounded.normalize() + 0

    @staticmethod
    def _item(value: Any) -> Item | None:
        if not isinstance(value, dict):
            return None
        texts = [value.get(name) for name in ("title", "identifier", "uri")]
        if not all(isinstance(text, str) and len(text) <= 2_000 for text in texts):
            return None
        return Item(str(texts[0]), str(texts[1]), str(texts[2]))

    @staticmethod
    def _keys(extensions: Iterable[Mapping[str, Any]], letter: str) -> list[str]:
        """The keys that we wrote, where all are there and differ; else letter and number."""
        wanted = [extension.get("key") for extension in extensions]
        keys = [key for key in wanted if isinstance(key, str) and _KEY.match(key)]
        if len(keys) == len(wanted) == len(set(keys)):
            return keys
        return [f"{letter}{place}" for place in range(1, len(wanted) + 1)] if len(wanted) != 1 else [letter]


def _ours(value: dict[str, Any]) -> Mapping[str, Any]:
    extensions = value.get("extensions")
    for extension in extensions if isinstance(extensions, list) else [extensions]:
        if isinstance(extension, dict) and isinstance(extension.get(_OURS), dict):
            ours: Mapping[str, Any] = extension[_OURS]
            return ours
    return {}


def _refused(code: str, at: str, sentence: str, **facts: Any) -> Malformed:
    return Malformed(f"{sentence} ({at})", code=f"assessment.case.{code}", facts={"place": at, **facts})

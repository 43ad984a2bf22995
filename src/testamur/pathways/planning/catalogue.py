"""What could be earned: a catalogue of offerings, as a value and as a file.

An offering is what its credential would say (the words of a case's credential: `achievement`, `skill`, `credits`, `category` …) and what
it takes to earn it: `cost`, `hours`, `duration`, `starts`, `prerequisites`. What a requirement asks of a credential can so be asked of an
offering.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema_rs

from testamur import strict_json
from testamur.errors import InputError
from testamur.pathways import dates
from testamur.pathways.dates import Duration
from testamur.pathways.holdings import Holding
from testamur.pathways.programme import Text
from testamur.pathways.reading import SCHEMA, NotAProgramme, read_values, schema
from testamur.pathways.reading.cases import holding_from
from testamur.pathways.reading.source import Places

CATALOGUE = "testamur-catalogue/1"
MAX_CATALOGUE = 40_000_000  # bytes of JSON: some 50,000 offerings
MOST_OFFERINGS = 50_000
_NOT_YET_KNOWN = {
    "copies", "valid", "reason", "grade", "awarded", "started", "completed", "enrolled", "valid_until", "attendance",
    "attempt", "approver", "uses",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offering:
    """One way to earn a micro-credential.

    - `gives`: what the person holds afterwards. Its `id` is the offering's; grades and days are not known yet.
    - `cost` in hundredths of the catalogue's currency; `hours` of work in all.
    - `duration`: from the first day to the award; without one it is self-paced and takes as long as its hours need.
    - `starts`: the days on which it begins; empty where it may be begun in any week between `opens` and `closes`.
    - `prerequisites`: each a set of achievements, codes or skills of which one must be held before it begins.
    """

    gives: Holding
    cost: int = 0
    hours: Decimal = Decimal(0)
    duration: Duration | None = None
    starts: tuple[date, ...] = ()
    opens: date | None = None
    closes: date | None = None
    prerequisites: tuple[frozenset[str], ...] = ()
    title: Text = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.gives.id


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Offerings by their identifiers, with the currency of all costs and the names of skills where they are known."""

    offerings: tuple[Offering, ...]
    currency: str = ""
    skills: Mapping[str, Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.offerings) > MOST_OFFERINGS:
            raise InputError(
                f"The catalogue has more than {MOST_OFFERINGS:,} offerings; choose a part of it.",
                code="planning.catalogue_too_large",
            )
        ordered = tuple(sorted(self.offerings, key=lambda offering: offering.id))
        for one, other in itertools.pairwise(ordered):
            if one.id == other.id:
                raise InputError(f"The offering {one.id} stands in the catalogue twice.", code="planning.twice")
        object.__setattr__(self, "offerings", ordered)  # a plan must not depend on the order of the file


def _schema() -> dict[str, Any]:
    credential = SCHEMA["$defs"]["credential"]["properties"]
    known = {name: value for name, value in credential.items() if name not in _NOT_YET_KNOWN}
    token = {"type": "string", "minLength": 1, "maxLength": 500}
    offering = {
        "type": "object",
        "properties": {
            **known,
            "name": {"$ref": "#/$defs/text"},
            "cost": {"type": "number", "minimum": 0, "maximum": 10_000_000},
            "hours": {"type": "number", "minimum": 0, "maximum": 100_000},
            "duration": {"$ref": "#/$defs/duration"},
            "starts": {"type": "array", "items": {"type": "string"}, "maxItems": 200},
            "opens": {"type": "string"},
            "closes": {"type": "string"},
            "prerequisites": {
                "type": "array",
                "maxItems": 50,
                "items": {
                    "if": {"type": "array"},
                    "then": {"items": token, "minItems": 1, "maxItems": 200},
                    "else": token,
                },
            },
        },
        "additionalProperties": False,
        "required": ["id"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": SCHEMA["$defs"],
        "type": "object",
        "properties": {
            "catalogue": {"const": CATALOGUE},
            "currency": {"type": "string", "maxLength": 10},
            "skills": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}},
            "offerings": {"type": "array", "items": offering, "maxItems": MOST_OFFERINGS},
        },
        "additionalProperties": False,
        "required": ["catalogue", "offerings"],
    }


CATALOGUE_SCHEMA: Mapping[str, Any] = _schema()
_VALIDATOR = jsonschema_rs.Draft202012Validator(dict(CATALOGUE_SCHEMA))


def read_catalogue(text: bytes | str) -> Catalogue:
    """The catalogue that `text` writes: YAML of up to 1 MB, with mistakes told by line, or JSON of up to 40 MB.

    Raises NotAProgramme with every mistake, InputError (JSON that is none, an offering twice) and ExtraMissing.
    """
    values, places = _values(text)
    if found := schema.found_by(_VALIDATOR, CATALOGUE_SCHEMA, values, places):
        raise NotAProgramme(found)
    offerings = []
    for index, entry in enumerate(values["offerings"]):
        try:
            offerings.append(offering_from(entry))
        except (InputError, ValueError) as error:
            raise NotAProgramme((places.mistake(("offerings", index), "other", said=error),)) from None
    skills = {name: texts(value) for name, value in values.get("skills", {}).items()}
    return Catalogue(tuple(offerings), values.get("currency", ""), skills)


def offering_from(entry: Mapping[str, Any]) -> Offering:
    """The offering in plain values that fit the schema. Raises InputError or ValueError with a sentence."""
    name = texts(entry.get("name", {}))
    given = {key: value for key, value in entry.items() if key in SCHEMA["$defs"]["credential"]["properties"]}
    given["name"] = name.get("en") or next(iter(name.values()), "")
    given.setdefault("achievement", entry["id"])
    return Offering(
        gives=holding_from({key: value for key, value in given.items() if value != ""}, ""),
        cost=int((Decimal(str(entry.get("cost", 0))) * 100).to_integral_value()),
        hours=Decimal(str(entry.get("hours", 0))),
        duration=dates.duration(entry["duration"]) if "duration" in entry else None,
        starts=tuple(sorted({dates.day(day) for day in entry.get("starts", ())})),
        opens=dates.day(entry["opens"]) if "opens" in entry else None,
        closes=dates.day(entry["closes"]) if "closes" in entry else None,
        prerequisites=tuple(
            frozenset(each) if isinstance(each, list) else frozenset({each}) for each in entry.get("prerequisites", ())
        ),
        title=name,
    )


def texts(value: Any) -> Text:
    return value if isinstance(value, dict) else {"en": value} if value else {}


def _values(text: bytes | str) -> tuple[Any, Places]:
    content = text.encode() if isinstance(text, str) else bytes(text)
    if content.lstrip()[:1] == b"{":
        return strict_json.loads(content, max_bytes=MAX_CATALOGUE), Places()
    return read_values(content)

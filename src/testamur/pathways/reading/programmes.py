"""A whole programme, from text to the model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from testamur.pathways.conditions import Combined
from testamur.pathways.dates import Duration
from testamur.pathways.programme import (
    HUNDREDTHS,
    Alternative,
    Appeal,
    Award,
    Clause,
    Conversion,
    Label,
    Overlap,
    Pool,
    Programme,
    Reclassify,
    Reevaluation,
    Rules,
    Stage,
    Statement,
    Substitution,
    Validity,
)
from testamur.pathways.reading import schema
from testamur.pathways.reading.conditions import Reading
from testamur.pathways.reading.mistakes import NotAProgramme
from testamur.pathways.reading.requirements import Requirements, clause_condition
from testamur.pathways.reading.source import Path, Places, read_values

_NOTES = ("description",)


def read_programme(text: bytes | str) -> Programme:
    """The programme that `text` (YAML or JSON) writes. Raises NotAProgramme with every mistake and its line.

    1. Read plain values with their places; hold them against the schema.
    2. Put the first entry of every table of `values` in and build the rules; then each other entry, so that none hides a mistake.
    """
    document, places = read_values(text)
    _refuse(schema.mistakes(document, places))
    content = text.encode() if isinstance(text, str) else bytes(text)
    lists = {name: frozenset(entries) for name, entries in document.get("lists", {}).items()}
    lists["awarding_body"] = frozenset(_many(document.get("awarding_body", [])))
    unit, as_named = document.get("unit", "credits"), document.get("versions") == "as_named"
    reading = Reading(places, lists, dict(_scales(document)), unit, as_named=as_named)
    values = {
        name: tuple(
            Alternative(
                entry["is"],
                reading.of_facts(entry["when"], ("values", name, index, "when")) if "when" in entry else None,
            )
            for index, entry in enumerate(entries)
        )
        for name, entries in document.get("values", {}).items()
    }
    for name, alternatives in values.items():
        if any(alternative.when is None for alternative in alternatives[:-1]):
            reading.wrong(("values", name), "last_without_when", name=name)
    default = _rules(document, reading, {name: entries[0].value for name, entries in values.items()})
    for name, alternatives in values.items():
        for alternative in alternatives[1:]:
            _rules(document, reading, {**{n: e[0].value for n, e in values.items()}, name: alternative.value})
    _refuse(tuple(sorted(set(reading.mistakes))))
    return Programme(
        id=document["id"],
        version=document["version"],
        title=_text(document["title"]),
        unit=reading.unit,
        digest=hashlib.sha256(content).hexdigest(),
        sources=tuple(document.get("sources", ())),
        awarding_body=tuple(_many(document.get("awarding_body", []))),
        recorded_on=tuple(document.get("recorded_on", ())),
        scales=reading.scales,
        points={
            name: {grade: int(Decimal(points) * HUNDREDTHS) for grade, points in grades.items()}
            for name, grades in document.get("scales", {}).items()
            if isinstance(grades, dict)
        },
        lists=lists,
        unstated_unit=document.get("unstated_unit", ""),
        conversions=tuple(
            Conversion(entry["from"], entry["to"], Fraction(str(entry["factor"])))
            for entry in document.get("conversions", ())
        ),
        values=values,
        document=document,
        default=default,
        tests=tuple(document.get("tests", ())),
        notes={name: document[name] for name in _NOTES if name in document},
    )


def rules_of(programme: Programme, choice: Mapping[str, Any]) -> Rules:
    """The rules with these `choice` of values put in (each was built once when the programme was read)."""
    key = tuple(sorted(choice.items()))
    if key not in programme.built:
        as_named = programme.default.as_named
        reading = Reading(Places(), programme.lists, programme.scales, programme.unit, as_named=as_named)
        programme.built[key] = _rules(programme.document, reading, choice)
    return programme.built[key]


def _refuse(found: tuple[Any, ...]) -> None:
    if found:
        raise NotAProgramme(found)


def _scales(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """An order of words, least first: as listed, or by the points that each has."""
    for name, entries in document.get("scales", {}).items():
        if isinstance(entries, dict):
            entries = sorted(entries, key=lambda grade: entries[grade])
        yield name, tuple(str(entry) for entry in entries)


def _rules(document: Mapping[str, Any], reading: Reading, choice: Mapping[str, Any]) -> Rules:
    body = {
        key: _bound(value, choice, reading, (key,)) for key, value in document.items() if key not in ("tests", "values")
    }
    requirements = Requirements(reading, frozenset(body.get("sharing", {})))
    amount = requirements.amount
    if ("requires" in body) == ("awards" in body):
        reading.wrong((), "requires_or_awards")
    rules = Rules(
        awards=tuple(_awards(body, requirements)),
        clauses=tuple(_clauses(body, reading)),
        conditions=tuple(
            requirements.read(entry, ("conditions", index)) for index, entry in enumerate(body.get("conditions", ()))
        ),
        equivalent=tuple((entry["name"], frozenset(entry["achievements"])) for entry in body.get("equivalent", ())),
        repeats=body.get("repeats") == "allowed",
        as_named=body.get("versions") == "as_named",
        substitutions=tuple(
            Substitution(
                entry["name"],
                entry["for"],
                reading.condition(entry["accept"], ("substitutions", index, "accept")),
                entry.get("approval", ""),
            )
            for index, entry in enumerate(body.get("substitutions", ()))
        ),
        pools=tuple(
            Pool(
                name,
                entry["uses"],
                amount(entry["credits"], HUNDREDTHS, ("sharing", name)) if "credits" in entry else None,
            )
            for name, entry in body.get("sharing", {}).items()
        ),
        overlaps=tuple(_overlaps(body, reading, requirements)),
        consume_on_use=body.get("consume_on_use", False),
        override_roles=tuple(body.get("overrides", {}).get("by", ())),
        override_kinds=tuple(body.get("overrides", {}).get("may", ())),
        claim=_statements(body, "claim", reading),
        cancelled_unless=_statements(body, "cancelled_unless", reading),
        consequences=_statements(body, "consequences", reading),
        audit=_statements(body, "audit", reading),
        stages=tuple(
            Stage(
                entry["name"],
                entry["by"],
                reading.duration(entry["review_every"], ("stages", index)) if "review_every" in entry else None,
            )
            for index, entry in enumerate(body.get("stages", ()))
        ),
        validity=_validity(body, reading),
        reevaluation=_reevaluation(body, reading),
        withdrawal=tuple(
            Reclassify(reading.optional(entry, "where", ("withdrawal", index)), _text(entry["as"]))
            for index, entry in enumerate(body.get("withdrawal", ()))
        ),
        appeal=Appeal(reading.duration(body["appeal"]["within"], ("appeal",)), _text(body["appeal"]["to"]))
        if "appeal" in body
        else None,
    )
    requirements.finish()
    return rules


def _bound(value: Any, choice: Mapping[str, Any], reading: Reading, path: Path) -> Any:
    """`value` with every `{value: NAME}` replaced by what was chosen for it."""
    if isinstance(value, dict):
        if set(value) == {"value"}:
            if value["value"] not in choice:
                reading.wrong(path, "no_value", name=value["value"])
                return 0
            return choice[value["value"]]
        return {key: _bound(item, choice, reading, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_bound(item, choice, reading, (*path, index)) for index, item in enumerate(value)]
    return value


def _awards(body: Mapping[str, Any], requirements: Requirements) -> Iterator[Award]:
    if "requires" in body:
        title = _text(body["title"])
        yield Award(
            name=body["id"], title=title, requires=requirements.read(body["requires"], ("requires",), "everything")
        )
    for index, entry in enumerate(body.get("awards", ())):
        path = ("awards", index)
        yield Award(
            name=entry["name"],
            title=_text(entry.get("title")),
            requires=requirements.read(entry["requires"], (*path, "requires"), entry["name"]),
            labels=tuple(
                Label(
                    label["name"],
                    requirements.portion(label["including"], (*path, "labels", number, "including"), label["name"]),
                )
                for number, label in enumerate(entry.get("labels", ()))
            ),
        )


def _clauses(body: Mapping[str, Any], reading: Reading) -> Iterator[Clause]:
    for index, entry in enumerate(body.get("counts_if", ())):
        where, applies_to = clause_condition(reading, entry, ("counts_if", index))
        yield Clause(entry["name"], where, applies_to, entry.get("otherwise", "refuse"), _text(entry.get("title")))
    for index, entry in enumerate(body.get("exclusive_use", ())):
        among = reading.used_in(entry["among"], ("exclusive_use", index, "among"))
        yield Clause(entry["name"], Combined("not", (among,)))


def _overlaps(body: Mapping[str, Any], reading: Reading, requirements: Requirements) -> Iterator[Overlap]:
    for index, entry in enumerate(body.get("overlap", ())):
        path = ("overlap", index)
        yield Overlap(
            entry["name"],
            reading.used_in(entry["with"], (*path, "with")),
            requirements.amount(entry["credits"], HUNDREDTHS, path) if "credits" in entry else None,
            int(entry["count"]) if "count" in entry else None,
            int(entry["times"]) if "times" in entry else None,
        )


def _statements(body: Mapping[str, Any], key: str, reading: Reading) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            entry["name"],
            (reading.condition if key == "audit" else reading.of_facts)(entry["when"], (key, index, "when")),
            _text(entry.get("text")),
            entry.get("otherwise", "refuse"),
            entry.get("always", False),
        )
        for index, entry in enumerate(body.get(key, ()))
    )


def _validity(body: Mapping[str, Any], reading: Reading) -> Validity | None:
    given = body.get("validity")
    if given is None:
        return None
    path = ("validity",)
    return Validity(
        lasts=reading.duration(given["lasts"], (*path, "lasts")),
        starts=reading.moment(given.get("from", "decision"), (*path, "from")),
        grace=reading.duration(given["grace"], (*path, "grace")) if "grace" in given else Duration(),
        lapse=_text(given.get("lapse")),
    )


def _reevaluation(body: Mapping[str, Any], reading: Reading) -> Reevaluation | None:
    given = body.get("reevaluation")
    if given is None:
        return None
    return Reevaluation(reading.duration(given["grace"], ("reevaluation", "grace")), _text(given.get("text")))


def _many(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> Mapping[str, str]:
    return value if isinstance(value, dict) else {"en": value} if value else {}

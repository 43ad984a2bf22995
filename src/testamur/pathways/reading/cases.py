"""A case, from plain values: the credentials and facts of an embedded test, or of a file that a registrar keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from testamur.errors import InputError
from testamur.pathways import dates
from testamur.pathways.conditions import DATES
from testamur.pathways.holdings import Approval, Case, Holding, Override, Scalar, Use
from testamur.pathways.reading import schema
from testamur.pathways.reading.mistakes import NotAProgramme
from testamur.pathways.reading.sentences import Fault
from testamur.pathways.reading.source import Path, read_values

_TEXTS = (
    "name",
    "issuer",
    "type",
    "language",
    "mode",
    "term",
    "identity",
    "supervision",
    "reason",
    "approver",
    "version",
)


def read_case(text: bytes | str, *, unit: str, on: date) -> Case:
    """The case that `text` (YAML or JSON) writes. `unit` is meant where credits are one number, `on` where no day is given.
    Raises NotAProgramme."""
    values, places = read_values(text)
    if found := schema.mistakes(values, places, case=True):
        raise NotAProgramme(found)
    try:
        return case_from(values, unit=unit, on=on)
    except (InputError, ValueError) as error:
        raise NotAProgramme((places.faulty(_place(values, unit, error), fault_of(error)),)) from None


def fault_of(error: Exception) -> Fault:
    """What `case_from` found wrong, or what the engine finds in a case that was read, as a fault."""
    if isinstance(error, dates.NotATime):
        return Fault.of(error.code, text=error.text)
    match error:
        case InputError(code="pathways.no_identifier"):
            return Fault.of("no_identifier")
        case InputError(code="pathways.credits"):
            return Fault.of("credits")
        case InputError(code="pathways.twice"):
            return Fault.of("credential_twice", credential=error.facts["credential"])
        case InputError(code="pathways.no_amount"):
            return Fault.of("no_amount", text=error.facts["text"])
    return Fault.of("other", said=error)


def _place(values: Mapping[str, Any], unit: str, found: Exception) -> Path:
    """Where the first credential or approval stands of which the reader says what it said; the whole case, where it is none of them."""
    for key, read in (("credentials", lambda entry: list(_holdings(entry, unit))), ("approvals", _approval)):
        for index, entry in enumerate(values.get(key, ())):
            try:
                read(entry)
            except (InputError, ValueError) as error:
                if str(error) == str(found):
                    return (key, index)
    return ("on",) if "on" in values else ()


def case_from(values: Mapping[str, Any], *, unit: str, on: date) -> Case:
    """The case in plain values that fit the schema. Raises InputError or ValueError with a sentence."""
    return Case(
        on=dates.day(values["on"]) if "on" in values else on,
        holdings=tuple(holding for entry in values.get("credentials", ()) for holding in _holdings(entry, unit)),
        facts={name: _fact(value) for name, value in values.get("facts", {}).items()},
        approvals=tuple(_approval(entry) for entry in values.get("approvals", ())),
        overrides=tuple(Override(**entry) for entry in values.get("overrides", ())),
    )


def _approval(entry: Mapping[str, Any]) -> Approval:
    on = dates.day(entry["on"]) if "on" in entry else None
    return Approval(entry["of"], entry["by"], entry["reason"], on, entry.get("credential", ""))


def _holdings(entry: Mapping[str, Any], unit: str) -> Iterator[Holding]:
    """The credential, or as many of its kind as `copies` says, each with its own number."""
    copies = entry.get("copies")
    for number in range(1, (copies or 1) + 1):
        suffix = f"-{number}" if copies else ""
        yield _holding(entry, entry["id"] + suffix, entry.get("achievement", entry["id"]) + suffix, unit)


def holding_from(entry: Mapping[str, Any], unit: str) -> Holding:
    """The one credential in plain values that fit the schema. Raises InputError or ValueError with a sentence."""
    return _holding(entry, entry["id"], entry.get("achievement", entry["id"]), unit)


def _holding(entry: Mapping[str, Any], identifier: str, achievement: str, unit: str) -> Holding:
    size = entry.get("credits", {})
    attendance = entry.get("attendance")
    return Holding(
        id=identifier,
        achievement=achievement,
        codes=frozenset(_many(entry.get("code", []))),
        continues=frozenset(_many(entry.get("continues", []))),
        valid={True: True, False: False, "unknown": None}[entry.get("valid", True)],
        credits={
            name: Decimal(str(amount)) for name, amount in (size if isinstance(size, dict) else {unit: size}).items()
        },
        levels={name: _measure(value) for name, value in entry.get("level", {}).items()},
        grades={name: _measure(value) for name, value in entry.get("grade", {}).items()},
        dates={name: dates.day(entry[name]) for name in DATES if name in entry},
        categories=frozenset(_many(entry.get("category", []))),
        skills=frozenset(_many(entry.get("skill", []))),
        attendance=None if attendance is None else _share(attendance),
        attempt=entry.get("attempt"),
        source=entry.get("source", "earned"),
        uses=tuple(Use(**use) for use in entry.get("uses", ())),
        attributes=entry.get("attributes", {}),
        **{name: entry[name] for name in _TEXTS if name in entry},
    )


def _many(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _measure(value: Any) -> str | Decimal:
    return (
        value if isinstance(value, str) else Decimal(str(value))
    )  # JSON's numbers are floats where it is read as JSON


def _fact(value: Any) -> Scalar:
    return value if isinstance(value, (bool, int, Decimal)) else str(value)


def _share(value: Any) -> Decimal:
    if isinstance(value, str):
        try:
            return Decimal(value.rstrip("%")) / 100 if value.endswith("%") else Decimal(value)
        except InvalidOperation:
            raise InputError(
                f"“{value[:40]}” is no amount.", code="pathways.no_amount", facts={"text": value[:40]}
            ) from None
    return Decimal(value)

"""What a micro-credential can be filtered by, as short values that stand in addresses. Pure.

Each facet gives `{value: words}`; the words are a language map where only the description knows them (a skill, an institution's own
type of assessment), and empty where `words.py` makes them from the value. Amounts are kept in bands of their own unit: points of two
credit systems, or prices in two currencies, are never put into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ..description.duration import duration_in_hours
from ..description.elements import Description
from ..description.places_and_languages import language_tag
from ..description.vocabulary import Concept, Text

# In the order in which people narrow a search. `start` and `price` come from the offerings, `institution` from the row.
FACETS = (
    "skill", "subject", "level", "length", "credits", "mode", "start", "price", "language", "institution", "assessed", "stackable",
    "type",
)  # fmt: skip
Values = dict[str, dict[str, Text]]

HOURS = (10, 30, 75, 150)
POINTS = (2, 5, 10, 15)
PRICES = (100, 300, 1000)
# What a hundred euros are in the order of magnitude of another currency, so that the bands mean something there.
_MAGNITUDE = {"KRW": 1000, "JPY": 100, "VND": 10_000, "IDR": 10_000, "HUF": 100, "INR": 50, "PHP": 50, "THB": 30, "TWD": 30,
              "CZK": 20, "UAH": 20, "TRY": 20, "ZAR": 10, "SEK": 10, "NOK": 10, "DKK": 10, "CNY": 10, "HKD": 10}  # fmt: skip
ECTS = "ects"
STACKABLE = "Integrated, stackable towards another credential"
ALONE = "Stand-alone, independent micro-credential"
MOST_OF_A_FACET = 60


@dataclass(frozen=True)
class Run:
    """What of an open offering people filter by. Dates are the first and the last days, included."""

    starts_on: date
    self_paced: bool
    ends_on: date | None
    enrol_until: date | None
    price_kind: str
    price: Decimal | None
    currency: str
    mode: str
    languages: tuple[str, ...]


def of_description(description: Description) -> Values:
    """The values that stay as they are until the description changes."""
    d = description
    found: Values = {
        "skill": {concept_value(s.concept): dict(s.concept.label) for o in d.outcomes for s in o.skills},
        "subject": {broad: {} for broad in map(_broad_field, d.thematic_areas) if broad},
        "level": {level: {} for level in (_eqf_level(d.eqf_level),) if level},
        "length": {_length(d): {}},
        "credits": {f"{credit_system(c.system)}:{_band(c.points, POINTS)}": dict(c.system.label) for c in d.credits},
        "mode": {concept_value(mode): dict(mode.label) for mode in d.participation},
        "language": {tag: {} for tag in map(language_tag, d.languages) if tag},
        "assessed": {concept_value(a.type): dict(a.type.label) for a in d.assessments if a.type},
        "stackable": {value: {} for value in _stackable(d)},
        "type": {d.achievement_type: {}},
    }
    return {facet: dict(list(values.items())[:MOST_OF_A_FACET]) for facet, values in found.items()}


def of_runs(runs: Iterable[Run], today: date) -> dict[str, set[str]]:
    """The values that come from the offerings, on a day."""
    found: dict[str, set[str]] = {"start": set(), "price": set(), "mode": set(), "language": set()}
    for run in runs:
        if run.ends_on is not None and run.ends_on < today:
            continue
        found["price"] |= _prices(run)
        found["mode"] |= {run.mode} if run.mode else set()
        found["language"] |= set(run.languages)
        if run.enrol_until is None or run.enrol_until >= today:
            found["start"] |= _starts(run, today)
    if not found["start"]:
        found["start"].add("none")
    return found


def next_start(runs: Iterable[Run], today: date) -> date:
    """The first day on which one can begin; the end of time where none is known."""
    coming = [
        max(run.starts_on, today) if run.self_paced else run.starts_on
        for run in runs
        if (run.ends_on is None or run.ends_on >= today)
        and (run.enrol_until is None or run.enrol_until >= today)
        and (run.self_paced or run.starts_on >= today)
    ]
    return min(coming, default=date.max)


def concept_value(concept: Concept) -> str:
    """A concept in an address: its own, else its words after a tilde."""
    return concept.uri[:300] or f"~{next(iter(concept.label.values()), '')[:100]}"


def credit_system(system: Concept) -> str:
    """A short name of a credit system: `ects`, else its notation or its English name."""
    if system.uri.endswith("/education-credit/6fcec5c5af"):
        return ECTS
    name = system.notation or system.label.get("en") or next(iter(system.label.values()), "") or system.uri
    return "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())[:60]


def band_edges(band: str) -> tuple[str, str]:
    """`2-5` → ("2", "5"); an open end is ''."""
    low, _dash, high = band.partition("-")
    return low, high


def runs_to_json(runs: Iterable[Run]) -> list[dict[str, Any]]:
    return [
        {
            **{k: (v.isoformat() if isinstance(v, date) else v) for k, v in vars(run).items()},
            "price": str(run.price) if run.price is not None else None,
            "languages": list(run.languages),
        }
        for run in runs
    ]


def runs_from_json(values: Iterable[Mapping[str, Any]]) -> list[Run]:
    return [
        Run(
            **{
                **value,
                **{
                    k: date.fromisoformat(value[k]) if value[k] else None
                    for k in ("starts_on", "ends_on", "enrol_until")
                },
                "price": Decimal(value["price"]) if value["price"] is not None else None,
                "languages": tuple(value["languages"]),
            }
        )
        for value in values
    ]


def _broad_field(area: Concept) -> str:
    code = area.uri.rpartition("/isced-f/")[2]
    return code[:2] if code.isascii() and code.isdigit() and len(code) >= 2 else ""


def _eqf_level(level: Concept | None) -> str:
    number = level.uri.rpartition("/eqf/")[2] if level else ""
    return number if len(number) == 1 and number in "12345678" else ""


def _length(d: Description) -> str:
    hours = duration_in_hours(d.workload)
    return _band(str(hours), HOURS) if hours is not None else "unknown"


def _band(amount: str, edges: tuple[int, ...]) -> str:
    """The band an amount lies in: above its lower edge, up to its upper one."""
    number = Decimal(amount or 0)
    low = 0
    for edge in edges:
        if number <= edge:
            return f"{low}-{edge}"
        low = edge
    return f"{low}-"


def _stackable(d: Description) -> list[str]:
    words = d.integration.label.get("en", "") if d.integration else ""
    if words == STACKABLE or (d.partial_qualification and words != ALONE):
        return ["yes"]
    return ["no"] if words == ALONE else []


def _prices(run: Run) -> set[str]:
    if run.price_kind in {"free", "on_request"}:
        return {run.price_kind}
    found = {"sliding"} if run.price_kind == "sliding" else set()
    if run.price is not None and run.currency:
        edges = tuple(edge * _MAGNITUDE.get(run.currency, 1) for edge in PRICES)
        found.add(f"{run.currency}:{_band(str(run.price), edges)}")
    return found


def _starts(run: Run, today: date) -> set[str]:
    found = {"open"}
    if run.self_paced:
        found.add("any_time")
    first = max(run.starts_on, today) if run.self_paced else run.starts_on
    found |= {
        name
        for name, days in (("month", 31), ("quarter", 92), ("half_year", 183))
        if today <= first <= today + timedelta(days)
    }
    return found

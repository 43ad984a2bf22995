"""What a credit stands for, unit by unit, and what follows from it for other units.

A conversion is never made silently: the points that a programme gives stay in their own unit. Beside them it can be *said* what they
come to by workload, with the hours that were assumed. Units that count contact hours say nothing about the whole work, so nothing
follows from them; the hours they ask for are still said.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from ..duration import duration_in_hours
from ..elements import CreditPoints, Description
from ..vocabulary import Concept


@dataclass(frozen=True)
class CreditUnit:
    """One unit. `names` are English labels by which a concept is recognised (the first is what forms offer).

    `hours` are the hours of work that one point stands for, from–to; `contact` says that they are hours of teaching only.
    `source` names the rule, so that a reader can look it up.
    """

    key: str
    names: tuple[str, ...]
    korean: str
    short: str
    low: Decimal
    high: Decimal
    source: str
    contact: bool = False
    uri: str = ""


def _unit(
    key: str,
    names: tuple[str, ...],
    korean: str,
    short: str,
    hours: str,
    source: str,
    contact: bool = False,
    uri: str = "",
) -> CreditUnit:
    low, _to, high = hours.partition("-")
    return CreditUnit(key, names, korean, short, Decimal(low), Decimal(high or low), source, contact, uri)


UNITS: tuple[CreditUnit, ...] = (
    _unit(
        "ects",
        ("European Credit Transfer System", "ECTS"),
        "유럽 학점 교환 제도(ECTS)",
        "ECTS",
        "25-30",
        "ECTS Users' Guide 2015",
        uri="http://data.europa.eu/snb/education-credit/6fcec5c5af",
    ),
    _unit(
        "kr",
        ("Korean higher-education credit",),
        "대한민국 대학 학점",
        "KR credits",
        "15",
        "Enforcement Decree of the Higher Education Act (KR), Art. 14",
        contact=True,
    ),
    _unit(
        "kr_bank",
        ("Credit Bank System credit",),
        "학점은행제 학점",
        "KR Credit Bank credits",
        "15",
        "Act on Recognition of Credits (KR), Enforcement Decree",
        contact=True,
    ),
    _unit(
        "us",
        ("US semester credit hour",),
        "미국 학기 학점",
        "US semester credits",
        "45",
        "34 CFR 600.2: one hour in class and two outside a week, about fifteen weeks",
    ),
    _unit(
        "nz",
        ("New Zealand credit (NZQCF)",),
        "뉴질랜드 학점(NZQCF)",
        "NZ credits",
        "10",
        "NZQA: ten notional hours of learning a credit",
    ),
    _unit(
        "uk",
        ("UK credit (CATS)", "UK credit"),
        "영국 학점(CATS)",
        "UK credits",
        "10",
        "QAA, Higher education credit framework for England",
    ),
    _unit(
        "uwa",
        ("UWA microcredential point (PD point)", "UWA point"),
        "서호주대학교(UWA) 포인트",
        "UWA points",
        "25",
        "University of Western Australia: six points for 150 hours",
    ),
    _unit(
        "au",
        ("Academic Unit (AU, Singapore)", "Academic Unit"),
        "싱가포르 학점(Academic Unit)",
        "AU",
        "13",
        "Nanyang Technological University: one hour a week for thirteen weeks",
        contact=True,
    ),
    _unit(
        "ceu",
        ("Continuing Education Unit (CEU)", "CEU"),
        "평생교육 이수 단위(CEU)",
        "CEU",
        "10",
        "ANSI/IACET 1-2018: ten contact hours",
        contact=True,
    ),
    _unit(
        "pdu",
        ("Professional Development Unit (PDU)", "PDU"),
        "전문성 개발 단위(PDU)",
        "PDU",
        "1",
        "Project Management Institute: one hour of activity",
    ),
)
ECTS = UNITS[0]


def credit_unit(system: Concept) -> CreditUnit | None:
    """The unit of a credit system, by its address or its English name; None for one that we know nothing about."""
    for unit in UNITS:
        if (unit.uri and system.uri == unit.uri) or (
            not system.uri and ({system.label.get("en", ""), system.notation} & {*unit.names, unit.key})
        ):
            return unit
    return None


@dataclass(frozen=True)
class Statement:
    """What a number of points comes to. `hours` and `ects` are from–to; `ects` is None where nothing follows (contact hours)."""

    points: str
    unit: CreditUnit
    hours: tuple[Decimal, Decimal]
    ects: tuple[Decimal, Decimal] | None


def statement(credit: CreditPoints) -> Statement | None:
    """None for a unit that we know nothing about, or points that are no number."""
    unit = credit_unit(credit.system)
    try:
        points = Decimal(credit.points)
    except InvalidOperation:
        return None
    if unit is None or not points.is_finite():
        return None
    hours = (points * unit.low, points * unit.high)
    ects = None if unit.contact or unit is ECTS else in_unit(hours, ECTS)
    return Statement(credit.points, unit, hours, ects)


def in_unit(hours: tuple[Decimal, Decimal], unit: CreditUnit) -> tuple[Decimal, Decimal]:
    """How many points of a unit these hours come to, from–to, to two decimals. Raises ValueError for contact units."""
    if unit.contact:
        raise ValueError(unit.key)
    cent = Decimal("0.01")
    return (
        (hours[0] / unit.high).quantize(cent, ROUND_HALF_UP),
        (hours[1] / unit.low).quantize(cent, ROUND_HALF_UP),
    )


def statements(description: Description) -> list[Statement]:
    """One for each of the description's credits whose unit is known."""
    return [found for credit in description.credits if (found := statement(credit)) is not None]


def workload_in_ects(description: Description) -> tuple[Decimal, Decimal] | None:
    """What the hours of work come to in ECTS points; None where there are no hours."""
    hours = duration_in_hours(description.workload)
    return in_unit((hours, hours), ECTS) if hours else None

"""National qualifications frameworks to choose a level from: names, countries, levels, and the EQF level where it was referenced.

Source of the EQF levels: the referencing reports of the countries (Ireland 2009/2020, United Kingdom 2010/2019, Germany 2012,
Netherlands 2012/2019). A framework that was never referenced to the EQF has none here: nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..elements import NationalLevel
from ..vocabulary import Concept


@dataclass(frozen=True)
class FrameworkLevel:
    """`code` is the level's own notation; `eqf` the EQF level it was referenced to (None where it was not)."""

    code: str
    english: str
    korean: str
    eqf: int | None = None


@dataclass(frozen=True)
class Framework:
    """`key` is the short name that credentials carry; `country` an ISO 3166-1 alpha-2 code, with a part after a hyphen."""

    key: str
    english: str
    korean: str
    country: str
    levels: tuple[FrameworkLevel, ...]


def _levels(prefix: str, numbers: range, eqf: dict[int, int] | None = None) -> tuple[FrameworkLevel, ...]:
    return tuple(
        FrameworkLevel(str(n), f"{prefix} Level {n}", f"{prefix} {n}수준", (eqf or {}).get(n)) for n in numbers
    )


_SAME = {n: n for n in range(1, 9)}

FRAMEWORKS: tuple[Framework, ...] = (
    Framework(
        "KQF",
        "Korea: Korean Qualifications Framework",
        "대한민국: 한국형 국가역량체계(KQF)",
        "KR",
        _levels("KQF", range(1, 9)),
    ),
    Framework(
        "NZQCF",
        "New Zealand: Qualifications and Credentials Framework",
        "뉴질랜드: 자격·크리덴셜 체계(NZQCF)",
        "NZ",
        _levels("NZQCF", range(1, 11)),
    ),
    Framework(
        "AQF",
        "Australia: Australian Qualifications Framework",
        "호주: 호주 자격체계(AQF)",
        "AU",
        _levels("AQF", range(1, 11)),
    ),
    Framework(
        "NFQ",
        "Ireland: National Framework of Qualifications",
        "아일랜드: 국가자격체계(NFQ)",
        "IE",
        _levels("NFQ", range(1, 11), {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6, 8: 6, 9: 7, 10: 8}),
    ),
    Framework(
        "RQF",
        "England and Northern Ireland: Regulated Qualifications Framework",
        "잉글랜드·북아일랜드: 규제자격체계(RQF)",
        "GB-EAW",
        _levels("RQF", range(1, 9), {1: 2, 2: 3, 3: 4, 4: 5, 5: 5, 6: 6, 7: 7, 8: 8}),
    ),
    Framework(
        "SCQF",
        "Scotland: Credit and Qualifications Framework",
        "스코틀랜드: 학점·자격체계(SCQF)",
        "GB-SCT",
        _levels("SCQF", range(1, 13), {3: 1, 4: 2, 5: 3, 6: 4, 7: 5, 8: 5, 9: 6, 10: 6, 11: 7, 12: 8}),
    ),
    Framework(
        "DQR",
        "Germany: Deutscher Qualifikationsrahmen",
        "독일: 독일자격체계(DQR)",
        "DE",
        _levels("DQR", range(1, 9), _SAME),
    ),
    Framework(
        "NLQF",
        "Netherlands: Dutch Qualifications Framework",
        "네덜란드: 네덜란드 자격체계(NLQF)",
        "NL",
        _levels("NLQF", range(1, 9), _SAME),
    ),
    Framework(
        "HKQF", "Hong Kong: Qualifications Framework", "홍콩: 자격체계(HKQF)", "HK", _levels("HKQF", range(1, 8))
    ),
)


def framework(key: str) -> Framework | None:
    """The framework of that short name; None for one that is not listed."""
    return next((found for found in FRAMEWORKS if found.key == key), None)


def chosen(choice: str) -> NationalLevel | None:
    """The level of a choice like `NFQ:6`; None when it is not in the lists."""
    key, _colon, code = choice.partition(":")
    found = framework(key)
    level = next((level for level in found.levels if level.code == code), None) if found else None
    if level is None:
        return None
    return NationalLevel(Concept("", {"en": level.english, "ko": level.korean}, "", level.code), key)


def choice_of(national: NationalLevel) -> str:
    """The choice that a stored level came from, '' when it is none of the lists'."""
    choice = f"{national.framework}:{national.level.notation}"
    return choice if chosen(choice) == national else ""


def eqf_of(national: NationalLevel) -> int | None:
    """The EQF level to which this level was referenced; None where it was not, or is not listed."""
    found = framework(national.framework)
    code = national.level.notation
    return next((level.eqf for level in found.levels if level.code == code), None) if found else None

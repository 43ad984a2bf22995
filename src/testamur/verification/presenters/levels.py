"""How far a credential is publicly recorded, for programs and for a terminal: the ladder, and the two dates beside each other."""

from __future__ import annotations

from typing import Any, Final

from testamur.verification import sentences
from testamur.verification.report import Outcome, Report
from testamur.verification.sentences.dates import written
from testamur.verification.transparency.ladder import Rung, ladder_of

TITLES: Final = {"en": "Public record", "ko": "공개 기록"}
AWARDED: Final = {"en": "says awarded on", "ko": "적혀 있는 수여일"}
RECORDED: Final = {"en": "first publicly recorded, at the latest", "ko": "최초 공개 기록(늦어도)"}
NOT_ASKED: Final = {"en": "not asked", "ko": "확인하지 않음"}
_MARKS: Final = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.UNKNOWN: "?", None: "–"}


def to_json(report: Report, language: str = "en") -> dict[str, Any] | None:
    """`level` (the highest that is reached, or null), `levels` (each with `level`, `title`, `outcome`: passed, failed, unknown or
    not_asked), `saysAwarded` and `firstRecorded` (ISO 8601 or null); None where nothing was found about a record."""
    ladder = ladder_of(report)
    if ladder is None:
        return None
    return {
        "level": ladder.level.value if ladder.level is not None else None,
        "levels": [
            {"level": rung.level.value, "title": title(rung, language), "outcome": outcome(rung)}
            for rung in ladder.rungs
        ],
        "saysAwarded": ladder.awarded,
        "firstRecorded": ladder.recorded,
    }


def to_lines(report: Report, language: str = "en") -> list[str]:
    """The same for a terminal."""
    ladder = ladder_of(report)
    if ladder is None:
        return []
    tag = language if language in TITLES else "en"
    lines = [f"{TITLES[tag]}: " + " → ".join(f"{_MARKS[rung.outcome]} {title(rung, tag)}" for rung in ladder.rungs)]
    if ladder.awarded is not None:
        lines.append(f"    {AWARDED[tag]}: {written(ladder.awarded, tag)}")
    if ladder.recorded is not None:
        lines.append(f"    {RECORDED[tag]}: {written(ladder.recorded, tag)}")
    return lines


def title(rung: Rung, language: str = "en") -> str:
    """The name of a level as readers read it."""
    return sentences.word(rung.level.value, language)


def outcome(rung: Rung) -> str:
    return rung.outcome.value if rung.outcome is not None else "not_asked"

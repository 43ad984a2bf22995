"""What checking an anchor found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class AnchorOutcome(StrEnum):
    """The same three words as `verification.report.Outcome`, which stands above this layer."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AnchorResult:
    """`time`: not later than then did the checkpoint exist, as far as the anchor proves it (None unless passed).
    `code` is stable."""

    outcome: AnchorOutcome
    code: str
    time: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def passed(code: str, time: datetime, **facts: Any) -> AnchorResult:
    return AnchorResult(AnchorOutcome.PASSED, code, time, facts)


def failed(code: str, **facts: Any) -> AnchorResult:
    return AnchorResult(AnchorOutcome.FAILED, code, None, facts)


def unknown(code: str, **facts: Any) -> AnchorResult:
    return AnchorResult(AnchorOutcome.UNKNOWN, code, None, facts)

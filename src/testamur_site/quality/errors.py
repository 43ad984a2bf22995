"""What quality refuses: refusals with stable codes and facts; `sentences.py` says them in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .rules import Refusal


class QualityError(Exception):
    """A step that is not possible now. `refusals` are all reasons at once; none is without a next step in its sentence."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals: Sequence[Refusal] = refusals


def refuse(code: str, **facts: Any) -> QualityError:
    return QualityError(Refusal(code, facts))

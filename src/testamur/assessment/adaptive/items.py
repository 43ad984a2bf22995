"""Items of a bank: discrimination, difficulty, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite
from typing import NamedTuple

from testamur.errors import InputError

LEAST_A, GREATEST_A = 0.05, 5.0
GREATEST_B = 6.0


@dataclass(frozen=True, slots=True)
class Item:
    """A question: `a` its discrimination (0.05 to 5), `b` its difficulty (-6 to 6), `area` the content area that it belongs to."""

    key: str
    a: float
    b: float
    area: str = ""

    def __post_init__(self) -> None:
        if not (
            isfinite(self.a) and LEAST_A <= self.a <= GREATEST_A and isfinite(self.b) and abs(self.b) <= GREATEST_B
        ):
            raise InputError(
                f"A discrimination lies between {LEAST_A} and {GREATEST_A:g}, a difficulty between {-GREATEST_B:g} and {GREATEST_B:g}.",
                code="assessment.adaptive.parameters",
                facts={"item": self.key},
            )

    def probability(self, theta: float) -> float:
        """The probability of a correct answer at ability `theta`."""
        return logistic(self.a * (theta - self.b))

    def information(self, theta: float) -> float:
        """Fisher information at ability `theta`: a² P (1 - P)."""
        right = self.probability(theta)
        return self.a**2 * right * (1 - right)


class Answer(NamedTuple):
    """An item, and whether it was answered correctly."""

    item: Item
    correct: bool


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), for any value."""
    if value >= 0:
        return 1 / (1 + exp(-value))
    small = exp(value)
    return small / (1 + small)

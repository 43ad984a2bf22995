"""A line of the table: what a series has found. Without Django."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

HEAD = (
    f"{'series':<50} {'points':>7} {'different':>9} {'runs':>5} {'lost':>5} {'doubled':>7} {'2nd content':>11} "
    f"{'log = db':>8} {'other':>6} {'mail 2x':>7} {'seconds':>8}"
)
KINDS = ("lost", "doubled", "second content", "log", "other")


@dataclass
class Result:
    """`points` are the moments at which something happened, `different` those of them that no other was equal to, `runs` all platforms that
    were carried on and examined, `again` mails that went out twice, `faults` where and what. `not_run`: why it could not be."""

    scenario: str
    points: int = 0
    different: int = 0
    runs: int = 0
    again: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    not_run: str = ""

    def __post_init__(self) -> None:
        self._met: set[str] = set()

    def hit(self, point: str, really: bool = True) -> None:
        """Something has `really` happened at that point."""
        if really:
            self.points += 1
            self._met.add(point)
            self.different = len(self._met)

    def count(self, kind: str) -> int:
        return sum(1 for _, fault in self.faults if kind_of(fault) == kind)

    @property
    def good(self) -> bool:
        """Nothing was wrong, and something was done."""
        return bool(self.points and not self.faults and not self.not_run)

    def line(self) -> str:
        if self.not_run:
            return f"{self.scenario:<50} NOT RUN: {self.not_run}"
        equal = "NO" if self.count("log") else "yes"
        return (
            f"{self.scenario:<50} {self.points:>7} {self.different:>9} {self.runs:>5} {self.count('lost'):>5} {self.count('doubled'):>7} "
            f"{self.count('second content'):>11} {equal:>8} {self.count('other'):>6} {self.again:>7} {self.seconds:>8.0f}"
        )

    def add(self, other: Result) -> None:
        self.points += other.points
        self.different += other.different
        self.runs += other.runs
        self.again += other.again
        self.seconds += other.seconds
        self.faults += [(f"{other.scenario}, {where}", fault) for where, fault in other.faults]


_SECOND = re.compile(r"second content|second history|two roots|bytes of award \d+ changed|is another's")
_LOG = re.compile(r"(?<![.\w])(?:log|checkpoint)(?![.\w])|(?<!status )\b(?:entry|entries)\b")


def kind_of(fault: str) -> str:
    """One of KINDS. What is wrong between the log and the database is "log", also where something is missing or there twice."""
    if _SECOND.search(fault):
        return "second content"
    if _LOG.search(fault):
        return "log"
    if "lost" in fault or "missing" in fault or "jobs are left" in fault:
        return "lost"
    return "doubled" if "doubled" in fault or "changed" in fault or " times" in fault else "other"

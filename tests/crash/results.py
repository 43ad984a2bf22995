"""A line of the table: what a scenario has found. Without Django."""

from __future__ import annotations

from dataclasses import dataclass, field

HEAD = (
    f"{'scenario':<48} {'points':>7} {'runs':>6} {'lost':>8} {'doubled':>8} {'other':>8} {'mail 2x':>8} {'seconds':>8}"
)


@dataclass
class Result:
    """`points` are the moments at which something happened, `runs` all platforms that were carried on and examined, `again` mails that went
    out twice, `faults` where and what."""

    scenario: str
    points: int = 0
    runs: int = 0
    again: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, kind: str) -> int:
        return sum(1 for _, fault in self.faults if kind_of(fault) == kind)

    def line(self) -> str:
        kinds = " ".join(f"{self.count(kind):>8}" for kind in ("lost", "doubled", "other"))
        return f"{self.scenario:<48} {self.points:>7} {self.runs:>6} {kinds} {self.again:>8} {self.seconds:>8.0f}"

    def add(self, other: Result) -> None:
        self.points += other.points
        self.runs += other.runs
        self.again += other.again
        self.seconds += other.seconds
        self.faults += [(f"{other.scenario}, {where}", fault) for where, fault in other.faults]


def kind_of(fault: str) -> str:
    """lost, doubled or other."""
    if "lost" in fault or "missing" in fault or "jobs are left" in fault:
        return "lost"
    return "doubled" if "doubled" in fault or "changed" in fault or " times" in fault else "other"

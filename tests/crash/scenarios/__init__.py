"""What befalls the platform, one module for each kind of fault. `ALL`: by name, what `make crash` runs; each takes the bench and a number
of points, and gives lines of the table."""

from __future__ import annotations

from collections.abc import Callable

from . import clocks, connections, disks, kills, pauses, power_cuts
from .bench import Bench, Result, on_postgresql

ALL: dict[str, Callable[[Bench, int], list[Result]]] = {
    "kill-statements": lambda bench, points: [kills.at_statements(bench, points // 2)],
    "kill-calls": lambda bench, points: [kills.at_system_calls(bench, points - points // 2)],
    "kill-rare": lambda bench, _points: [kills.of_rare_calls(bench)],
    "kill-thousand": lambda bench, points: [kills.of_a_thousand(bench, points // 10)],
    "pause": lambda bench, points: [pauses.beyond_the_lease(bench, points // 5)],
    "two": lambda bench, points: [pauses.two_on_one_chunk(bench, points // 10)],
    "connection": lambda bench, points: (
        [connections.terminated(bench, points // 10), connections.cut(bench, points // 5)] if on_postgresql() else []
    ),
    "disk": lambda bench, points: [disks.by_errors(bench, points // 5)],
    "small-disk": lambda bench, points: [disks.by_a_small_disk(bench, points // 20)],
    "clock": lambda bench, points: [clocks.jumps(bench, points // 5)],
    "power": lambda bench, points: power_cuts.cuts(bench, points // 5, strict=points) if not on_postgresql() else [],
}

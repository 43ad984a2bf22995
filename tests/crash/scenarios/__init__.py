"""What befalls the platform, one module for each kind of fault. `ALL`: by name, what `make crash` runs; each takes the bench and a number
of points, and gives lines of the table."""

from __future__ import annotations

from collections.abc import Callable

from . import clocks, connections, disks, kills, pauses, power_cuts, servers, thousands
from .bench import Bench, Result

Scenario = Callable[[Bench, int], list[Result]]

EVERYWHERE: dict[str, Scenario] = {
    "thousand-statements": lambda bench, points: [thousands.at_statements(bench, points * 3 // 5)],
    "thousand-calls": lambda bench, points: [thousands.at_system_calls(bench, points * 2 // 5)],
    "thousand-real": lambda bench, points: [thousands.in_real_steps(bench, points // 5)],
    "kill-statements": lambda bench, points: [kills.at_statements(bench, points // 5)],
    "kill-calls": lambda bench, points: [kills.at_system_calls(bench, points // 5)],
    "kill-rare": lambda bench, points: [kills.of_rare_calls(bench, points // 5)],
    "kill-several": lambda bench, points: [kills.of_several(bench, points // 20)],
    "pause": lambda bench, points: [pauses.beyond_the_lease(bench, points // 10)],
    "two": lambda bench, points: [pauses.two_on_one_chunk(bench, points // 10)],
    "disk": lambda bench, points: [disks.by_errors(bench, points // 10)],
    "small-disk": lambda bench, points: [disks.by_a_small_disk(bench, points // 20)],
    "clock": lambda bench, points: [clocks.jumps(bench, points // 10)],
    "clock-faketime": lambda bench, points: [clocks.under_libfaketime(bench, points // 10)],
}

ON_SQLITE: dict[str, Scenario] = {
    "power": lambda bench, points: power_cuts.cuts(bench, points // 10, strict=points * 2 // 5),
}

ON_POSTGRESQL: dict[str, Scenario] = {
    "connection": lambda bench, points: [connections.terminated(bench, points // 10)],
    "reset": lambda bench, points: [connections.cut(bench, points // 10)],
    "backend": lambda bench, points: [servers.backend_killed(bench, points // 10)],
    "server": lambda bench, points: [servers.died(bench, points // 10)],
    "server-disk": lambda bench, points: [disks.of_the_server(bench, points // 20)],
}

ALL = {
    "sqlite": EVERYWHERE | ON_SQLITE,
    "postgresql": EVERYWHERE | ON_POSTGRESQL,
}

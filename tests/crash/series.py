"""What `make crash` runs: each series by its name, where it stands, and its share of the points. Without Django, so that what was not run
can be told where nothing could be started."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING

from .results import Result

if TYPE_CHECKING:
    from .scenarios.bench import Bench

EVERYWHERE = {
    "thousand-statements": ("thousands.at_statements", Fraction(3, 5)),
    "thousand-calls": ("thousands.at_system_calls", Fraction(2, 5)),
    "thousand-real": ("thousands.in_real_steps", Fraction(1, 5)),
    "thousand-signing": ("holders.a_thousand_by_process", Fraction(1, 8)),
    "thousand-device": ("holders.a_thousand_in_device", Fraction(1, 8)),
    "kill-statements": ("kills.at_statements", Fraction(1, 5)),
    "kill-calls": ("kills.at_system_calls", Fraction(1, 5)),
    "kill-rare": ("kills.of_rare_calls", Fraction(1, 5)),
    "kill-several": ("kills.of_several", Fraction(1, 20)),
    "signing": ("holders.by_process", Fraction(1, 10)),
    "signing-device": ("holders.by_process_in_device", Fraction(1, 20)),
    "signing-calls": ("holders.at_system_calls", Fraction(1, 40)),
    "device": ("holders.in_device", Fraction(1, 20)),
    "pause": ("pauses.beyond_the_lease", Fraction(1, 10)),
    "two": ("pauses.two_on_one_chunk", Fraction(1, 20)),
    "disk": ("disks.by_errors", Fraction(1, 10)),
    "small-disk": ("disks.by_a_small_disk", Fraction(1, 20)),
    "clock": ("clocks.jumps", Fraction(1, 10)),
    "clock-faketime": ("clocks.under_libfaketime", Fraction(1, 40)),
}
ON_SQLITE = {"power": ("power_cuts.all_of_them", Fraction(2, 5))}
ON_POSTGRESQL = {
    "connection": ("connections.terminated", Fraction(1, 10)),
    "reset": ("connections.cut", Fraction(1, 20)),
    "backend": ("servers.backend_killed", Fraction(1, 20)),
    "server": ("servers.died", Fraction(1, 10)),
    "server-disk": ("disks.of_the_server", Fraction(1, 20)),
}
ALL = {"sqlite": EVERYWHERE | ON_SQLITE, "postgresql": EVERYWHERE | ON_POSTGRESQL}
POINTS = 560
"""Kills of a batch of 1,000 on one database: 336 at statements, 224 at system calls. Other series have their share of it."""


def run(name: str, database: str, bench: Bench, points: int) -> list[Result]:
    """The series of that name, with its share of so many points: lines of the table. Raises what the series raises."""
    place, share = ALL[database][name]
    module, _, function = place.partition(".")
    series: Callable[[Bench, int], Result | list[Result]] = getattr(
        import_module(f"{__package__}.scenarios.{module}"), function
    )
    found = series(bench, max(1, int(points * share)))
    return found if isinstance(found, list) else [found]

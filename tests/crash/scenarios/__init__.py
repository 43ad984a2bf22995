"""What befalls the platform, one module for each kind of fault. `ALL`: by name, what `make crash` runs; each takes the bench and a number
of points, and gives lines of the table."""

from __future__ import annotations

from collections.abc import Callable

from . import kills
from .bench import Bench, Result

ALL: dict[str, Callable[[Bench, int], list[Result]]] = {
    "kill-statements": lambda bench, points: [kills.at_statements(bench, points // 2)],
    "kill-calls": lambda bench, points: [kills.at_system_calls(bench, points - points // 2)],
    "kill-rare": lambda bench, _points: [kills.of_rare_calls(bench)],
    "kill-thousand": lambda bench, points: [kills.of_a_thousand(bench, points // 10)],
}

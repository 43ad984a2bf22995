"""Which ids are published next: the same that workers would claim, one after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from testamur_site.foundation.jobs.relay.rules import LOST_AFTER, Due, Line, in_turn, lost
from testamur_site.foundation.jobs.rules import Standing

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)


def line(institution: int, count: int, *, priority: int = 0, running: int = 0, ahead: int = 0) -> Line:
    due = tuple(Due(f"{institution}-{n}", None, priority, NOW) for n in range(count))
    return Line(Standing(institution, running, NOW - timedelta(minutes=institution)), ahead, due)


def ids(lines: list[Line], room: int) -> list[str]:
    return [due.id for due, _ in in_turn(lines, room)]


def test_institutions_take_turns() -> None:
    assert ids([line(2, 9), line(1, 2)], 5) == ["2-0", "1-0", "2-1", "1-1", "2-2"]


def test_what_runs_and_what_is_published_counts_as_served() -> None:
    assert ids([line(2, 9, running=1, ahead=1), line(1, 9)], 4) == ["1-0", "1-1", "2-0", "1-2"]


def test_what_is_urgent_comes_first() -> None:
    assert ids([line(2, 9), line(1, 2, priority=5, running=9)], 3) == ["1-0", "1-1", "2-0"]


def test_no_more_than_there_is_room_for_and_no_more_than_there_is() -> None:
    assert ids([line(1, 3)], 2) == ["1-0", "1-1"]
    assert ids([line(1, 3), line(2, 0)], 9) == ["1-0", "1-1", "1-2"]
    assert ids([], 9) == []


def test_a_message_is_lost_when_no_message_waits_and_its_job_does() -> None:
    name = ("job", None)
    assert lost({name: 10.0}, 10.1 + LOST_AFTER, waiting=0) == {name}
    assert lost({name: 10.0}, 9.9 + LOST_AFTER, waiting=0) == set()
    assert lost({name: 10.0}, 99.0 + LOST_AFTER, waiting=1) == set()

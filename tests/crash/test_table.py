"""What `make crash` says at its end, and with which exit code."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from . import __main__ as crash
from . import series
from .results import Result, kind_of

WANTED = [("sqlite", "pause"), ("sqlite", "two")]


def noted(place: Path, **results: Result) -> Path:
    lines = [
        {"database": "sqlite", "series": name, "commit": "abc", "results": [asdict(result)]}
        for name, result in results.items()
    ]
    place.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return place


def good(title: str = "good") -> Result:
    result = Result(title)
    for point in ("a", "b", "b"):
        result.hit(point)
    result.hit("c", really=False)
    return result


def test_equal_points_are_counted_once_as_different_ones() -> None:
    assert (good().points, good().different) == (3, 2)


def test_all_is_well_only_when_everything_was_run_and_nothing_was_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "notes"
    assert crash.summary(noted(place, pause=good(), two=good()), WANTED) == 0
    assert "6 points, 4 of them different" in capsys.readouterr().out
    assert crash.summary(noted(place, pause=good()), WANTED) == 1
    assert "NOT RUN SQLite, two: it was not come to" in capsys.readouterr().out
    assert crash.summary(noted(place, pause=good(), two=Result("two")), WANTED) == 1
    assert crash.summary(noted(place, pause=good(), two=Result("two", not_run="no libfaketime")), WANTED) == 1
    wrong = good("wrong")
    wrong.faults.append(("here", "signed bytes of award 3 changed"))
    capsys.readouterr()
    assert crash.summary(noted(place, pause=wrong, two=good()), WANTED) == 1
    said = capsys.readouterr().out
    assert "FAULT wrong, here: signed bytes of award 3 changed" in said
    assert "1 second content" in said


def test_a_series_that_breaks_off_is_a_fault_and_the_next_one_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Recovering:
        recovered = 0

        def recover(self) -> None:
            self.recovered += 1

    def run(name: str, _database: str, _bench: Any, _points: int) -> list[Result]:
        if name == "pause":
            raise RuntimeError("strace does not take hold of the process")
        return [good(name)]

    monkeypatch.setattr(series, "run", run)
    bench: Any = Recovering()
    (broken,), (other,) = (crash.one(name, "sqlite", bench, 5) for name in ("pause", "two"))
    assert not broken.good
    assert "strace does not take hold" in broken.faults[0][1]
    assert other.good
    assert bench.recovered == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("award 3 is lost: queued", "lost"),
        ("a job is lost: testamur_site.log.jobs.sequence failed after 5 attempts, None", "lost"),
        ("line 3 of batch 1 is doubled", "doubled"),
        ("status entries: 3 counted, 4 given, 4 held: lost or doubled", "lost"),
        ("signed bytes of award 3 changed", "second content"),
        ("the log of 7 entries has two roots: a second history, doubled", "second content"),
        ("award:x:issued commits to other bytes than were signed: a second content, doubled", "second content"),
        ("the database numbers 1 entries, the log has 2: lost or doubled", "log"),
        ("entry 3 is another in the log than in the database", "log"),
        ("3 entries are lost to the log: they still wait", "log"),
        ("a published checkpoint of 3 entries is lost, with the log", "log"),
        ("batch 3 is issuing", "other"),
    ],
)
def test_every_fault_has_its_column(fault: str, kind: str) -> None:
    assert kind_of(fault) == kind

"""The power fails during a run on the embedded database: every state that the disk may be in is rebuilt, opened and carried on.

What had been committed when the power failed may have been shown: an award as issued, a mail as sent, a list, a checkpoint. None of it
may be missing afterwards. `Seen` is taken of the last commit that had returned, and of the files of the log as they could be read.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from django.db import connection, connections

from testamur.errors import TestamurError
from testamur_site.foundation.jobs import services

from .. import moments, power
from ..examination import Seen, examine
from ..stage import database_file
from .bench import Bench, Result, Timed

NAMES = ("first", "grown")


def all_of_them(bench: Bench, points: int) -> list[Result]:
    """So many states of what was synced, and an eighth as many of torn writes."""
    return cuts(bench, points // 8, strict=points)


def cuts(
    bench: Bench, torn: int, names: tuple[str, ...] = NAMES, *, strict: int, careless: bool = False
) -> list[Result]:
    """Before `strict` of the syncs what is surely on the disk, and at `torn` events some of the rest. `careless`: with the
    `synchronous=NORMAL` that is usual elsewhere, to see that it would be noticed."""
    surely, partly = Result("power cut: only what was synced"), Result("power cut: part of the rest, torn sectors")
    for name in names:
        recorded = _record(bench, name, careless)
        syncs = [number for number, event in enumerate(recorded.events) if event.kind == "sync"]
        syncs.append(len(recorded.events))
        with Timed(surely):
            for place in bench.chosen(len(syncs), strict // len(names)):
                number = syncs[place - 1]
                _cut(bench, surely, f"{name} before event {number}", recorded, number, None)
        with Timed(partly):
            for number in bench.chosen(len(recorded.events), torn // len(names)):
                _cut(bench, partly, f"{name} at event {number}", recorded, number, random.Random(number))
    return [surely, partly]


class Recorded:
    """A run that was recorded, and the states on its way."""

    def __init__(self, bench: Bench, name: str, folder: Path, events: list[power.Event]) -> None:
        self._bench, self._name, self._folder, self.events = bench, name, folder, events

    def at(self, number: int) -> tuple[power.State, power.Disk]:
        """What could be seen when the last commit before that event had returned (with the files of the log as of now), and the disk."""
        self._bench.begin(self._name)
        disk = power.Disk(self._folder, *_names(self._bench))
        last = max((one for one in range(number) if self.events[one].kind == "mark"), default=-1)
        committed = disk.seen()
        for each in range(number):
            disk.do(self.events[each])
            if each == last:
                committed = disk.seen()
        database = {path: content for path, content in committed.items() if _of_database(path)}
        log = {path: content for path, content in disk.seen().items() if not _of_database(path)}
        return log | database, disk


def _names(bench: Bench) -> tuple[str, str]:
    """What belongs to the platform of the folder's contents: the database with its write-ahead log, and the folder of the log."""
    return database_file().name, bench.log_folder.name


def _of_database(path: str) -> bool:
    return path.startswith(str(database_file()))


def _record(bench: Bench, name: str, careless: bool) -> Recorded:
    what = bench.begin(name)
    what = _carelessly(what) if careless else what
    folder = database_file().parent
    out = bench.stage.folder / "record.txt"
    child = bench.stage.child(_marking(what))
    tracer = moments.attach(
        child, out, "-y", "-xx", "-s", "16777216", "-e", f"trace={power.CALLS}", "-e", "signal=none"
    )
    child.wait()
    tracer.wait()
    if child.fault:
        raise RuntimeError(child.fault)
    return Recorded(bench, name, folder, power.read_record(out, folder))


def _carelessly(what: Callable[[], None]) -> Callable[[], None]:
    def careless() -> None:
        connection.settings_dict["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
        services.bookkeeping = nullcontext  # type: ignore[assignment]  # it would end with FULL
        what()

    return careless


def _marking(what: Callable[[], None]) -> Callable[[], None]:
    """`what`, with a mark in the record whenever a commit has returned: also those of single statements."""

    def marked() -> None:
        mark = os.open(power.MARK, os.O_WRONLY)
        with moments.after_each_commit(lambda: os.write(mark, b"!")):
            what()

    return marked


def _cut(
    bench: Bench, result: Result, where: str, recorded: Recorded, number: int, chance: random.Random | None
) -> None:
    seen_then, disk = recorded.at(number)
    folder = database_file().parent
    connections.close_all()
    power.lay_out(seen_then, folder, *_names(bench))
    seen = Seen.now(bench.stage)
    connections.close_all()
    power.lay_out(disk.strict() if chance is None else disk.torn(chance), folder, *_names(bench))
    faults = bench.stage.finish(rounds=3)
    try:
        faults += examine(bench.stage, seen)
    except (OSError, TestamurError) as error:
        faults.append(f"what is left cannot even be read, so it is lost: {error!r}")
    connections.close_all()
    result.hit(where)
    result.runs += 1
    result.faults += [(where, fault) for fault in faults]
    for fault in faults[:5]:
        bench.tell(f"FAULT {result.scenario}, {where}: {fault}")

"""What all scenarios have in common: one run, and the line of the table that many runs give."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from testamur_site.foundation.tenancy.api import Institution

from .. import cohort, moments, platforms
from ..examination import Seen, examine, sent_again
from ..post import MailServer
from ..results import HEAD, Result
from ..server import Server
from ..stage import Child, Stage, work

__all__ = ["HEAD", "Bench", "Result", "Timed"]

WORKS: dict[str, tuple[str, Callable[[], None]]] = {
    "first": ("first", work),
    "grown": ("grown", work),
    "by hand": ("issued", platforms.by_hand),
    "issued": ("issued", work),
    "thousand": ("cohort", platforms.a_thousand),
}
"""Name → the image it begins with, and what is done on it."""

SMALL = ("first", "grown", "by hand")


class Bench:
    """A prepared platform with its mail server. Close it: on a server images outlive us."""

    def __init__(
        self,
        folder: Path,
        tell: Callable[[str], None] = print,
        *,
        prepare: bool = True,
        server: Server | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.tell, self.server = tell, server
        self.until: float | None = None
        self.mail = MailServer(folder / "mails.txt")
        self.log_folder = Path(settings.TESTAMUR_LOG_FOLDER)
        self.stage = Stage(folder / "stage", self.log_folder, self.mail.settings)
        self._overrides = dict(self.stage.overrides)
        self.institution: Institution
        self._undo_steps = platforms.small_steps()
        self._sent: dict[str, Counter[str]] = {"first": Counter()}
        self._seen: dict[tuple[str, str], list[str] | int] = {}
        if prepare:
            self.institution = platforms.institution()
            platforms.prepare_first(self.stage, self.institution)
            platforms.prepare_grown(self.stage, self.institution)
            self._sent["issued"] = self._sent["grown"] = self.mail.taken()

    def chosen(self, total: int, wanted: int) -> Iterator[int]:
        """`wanted` numbers from 1 to `total`, evenly spread, in an order that is the same each time and leaves no part to the end; as many
        as there is time for."""
        numbers = moments.spread(total, wanted)
        random.Random(total).shuffle(numbers)
        for number in numbers:
            if self.over():
                self.tell("the time is over; the rest of the points is left out")
                return
            yield number

    def over(self) -> bool:
        return self.until is not None and time.monotonic() > self.until

    def recover(self) -> None:
        """After a series that broke off, as before any: nobody is left of its processes, the server runs, leases are a minute long."""
        self.stage.end_all()
        self.stage.overrides = dict(self._overrides)
        if self.server is not None:
            self.server.make_room()
            self.server.start()
        connections.close_all()

    def close(self) -> None:
        self.mail.stop()
        self.stage.forget("first", "issued", "grown", "cohort")
        self._undo_steps()
        shutil.rmtree(self.log_folder, ignore_errors=True)

    @contextmanager
    def of_a_thousand(self, steps: Sequence[tuple[str, str, int]]) -> Iterator[None]:
        """On the platform `issued` stands a further micro-credential, for a list of a thousand, of which these are the steps."""
        self._undo_steps()
        self._undo_steps = platforms.small_steps(steps)
        if "cohort" not in self._sent:
            self.put_back("issued")
            cohort.published(self.institution)
            self.stage.keep("cohort")
            self._sent["cohort"] = self._sent["issued"]
        try:
            yield
        finally:
            self._undo_steps()
            self._undo_steps = platforms.small_steps()

    # ---- one run

    def begin(self, name: str) -> Callable[[], None]:
        """Put the platform of that work back, and give the work."""
        image, what = WORKS[name]
        self.put_back(image)
        return what

    def remember_mails(self, image: str, of: str) -> None:
        """That image is like another one, as far as mails are concerned."""
        self._sent[image] = self._sent[of]

    def put_back(self, image: str) -> None:
        self.mail.remember(self._sent[image])
        self.stage.put_back(image)

    def judge(
        self,
        result: Result,
        where: str,
        child: Child | None = None,
        *,
        finish: Callable[[], list[str]] | None = None,
        what: Callable[[], None] | None = None,
        seen: Sequence[Seen] = (),
    ) -> list[str]:
        """Carry on what was interrupted and examine it, also against what was `seen` earlier; adds to `result` and gives the faults."""
        seen = [*seen, Seen.now(self.stage)]
        faults = [child.fault] if child is not None and child.fault else []
        faults += finish() if finish else self.stage.finish(what=what)
        sent = self.mail.taken()
        faults += examine(self.stage, *seen, sent=sent)
        result.runs += 1
        result.again += sent_again(sent)
        result.faults += [(where, fault) for fault in faults]
        for fault in faults[:5]:
            self.tell(f"FAULT {result.scenario}, {where}: {fault}")
        connections.close_all()
        return faults

    # ---- what there is to choose from

    def moments_of(self, name: str) -> int:
        if (name, "moments") not in self._seen:
            what = self.begin(name)
            self._seen[name, "moments"] = moments.count_moments(self.stage, what)
        found = self._seen[name, "moments"]
        assert isinstance(found, int)
        return found

    def calls_of(self, name: str, calls: str = moments.CALLS) -> list[str]:
        if (name, calls) not in self._seen:
            what = self.begin(name)
            self._seen[name, calls] = moments.system_calls(self.stage, what, calls)
        found = self._seen[name, calls]
        assert isinstance(found, list)
        return found


class Timed:
    """Adds the seconds of a block to a result."""

    def __init__(self, result: Result) -> None:
        self._result = result

    def __enter__(self) -> Result:
        self._begun = time.monotonic()
        return self._result

    def __exit__(self, *_: object) -> None:
        self._result.seconds += time.monotonic() - self._begun


def share(wanted: int, names: tuple[str, ...] = SMALL) -> dict[str, int]:
    """So many points for each work, together `wanted`."""
    return {name: wanted // len(names) + (number < wanted % len(names)) for number, name in enumerate(names)}


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"

"""Many documents: the first few one after the other, the rest on every core, in their order and in bounded memory (`pool`)."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from typing import Final, TypeAlias

from testamur import strict_json
from testamur.cli.verifying.pool import MOST_ATTEMPTS, in_processes
from testamur.fetch import BundleResolver
from testamur.formats.collection import Item
from testamur.verification import Report, SystemClock, Verdict
from testamur.verification.codes import found
from testamur.verification.presenters import members, to_json, to_text

FEW: Final = 24
"""Documents for which no further process is worth its beginning."""
_OFTEN: Final = 0.5  # seconds between two lines about how far it is

Given: TypeAlias = tuple[str, Item, BundleResolver | None]
"""A document: the name under which it is spoken of, its content or address, and the bundle in which it stands, where it does."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said about one document. `report` and `content` are there where something is to be made of them."""

    name: str
    verdict: Verdict
    text: str
    refused: frozenset[str] = frozenset()
    content: bytes = field(default=b"", repr=False)
    report: Report | None = field(default=None, repr=False)


def answers(
    arguments: argparse.Namespace,
    examine: Callable[[Given], Answer],
    make: Callable[[argparse.Namespace], Callable[[Given], Answer]],
    given: Iterator[Given],
) -> Iterator[Answer]:
    """The answers about `given`, in their order. `examine` gives one here, what `make` makes gives it in another process."""
    if arguments.jobs == 1 or arguments.receipt is not None or arguments.about is not None:
        yield from map(examine, given)
        return
    first = list(islice(given, FEW + 1))
    if len(first) <= FEW:
        yield from map(examine, first)
        return
    begin, lost = partial(_begun, make, arguments), partial(not_finished, arguments=arguments)
    results = in_processes(chain(first, given), begin, lost, processes=arguments.jobs, weigh=_weight)
    progress = _Progress()
    try:
        for number, answer in enumerate(results, 1):
            progress.at(number)
            yield answer
    finally:
        progress.end()


def written(name: str, report: Report, arguments: argparse.Namespace) -> str:
    """The report as it is printed."""
    if arguments.json:
        if (told := members(report, arguments.language)) is not None:
            return f'{{"document":{strict_json.dumps(name).decode()},{told.decode()}\n'
        return strict_json.dumps({"document": name, **to_json(report, arguments.language)}).decode() + "\n"
    return to_text(report, arguments.language)


def not_finished(given: Given, *, arguments: argparse.Namespace) -> Answer:
    """What is said about a document of which two processes died: nothing is known about it, and it is not left out."""
    report = Report((found("structure.not_finished", attempts=MOST_ATTEMPTS),), SystemClock().now())
    return Answer(given[0], report.verdict, written(given[0], report, arguments))


def _begun(
    make: Callable[[argparse.Namespace], Callable[[Given], Answer]], arguments: argparse.Namespace
) -> Callable[[Given], Answer]:
    """What examines in a process of its own. Its answers travel, so they leave behind what nobody asks for."""
    examine = make(arguments)
    return lambda given: replace(examine(given), content=b"")


def _weight(given: Given) -> int:
    return len(given[1].content)


class _Progress:
    """How many documents are examined, said to somebody who looks on while the reports go elsewhere."""

    def __init__(self) -> None:
        self._wanted = sys.stderr.isatty() and not sys.stdout.isatty()
        self._last = time.monotonic()
        self._said = False

    def at(self, number: int) -> None:
        if self._wanted and time.monotonic() - self._last >= _OFTEN:
            print(f"\r{number:,} examined", end="", file=sys.stderr, flush=True)
            self._last, self._said = time.monotonic(), True

    def end(self) -> None:
        if self._said:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

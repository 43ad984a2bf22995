"""Many changed documents of one family, through a target, with what was found and what it cost.

A document is drawn from its number alone, so a failure comes again from `family` and `number`; it is also kept as a file, because the keys
of some simulators are new in every process.
"""

from __future__ import annotations

import gc
import random
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tests.fuzz.limits import MEBIBYTES, SECONDS, Cost, Hangs, measured
from tests.fuzz.mutators import mutate
from tests.fuzz.seeds import Seed

Target = Callable[[Seed, bytes], Any]


@dataclass(slots=True)
class Result:
    """What came of one family. `failures` are one line each: number, seed, what broke; `outcomes` counts what the target answered."""

    family: str
    documents: int = 0
    failures: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    worst_seconds: float = 0.0
    worst_mebibytes: float = 0.0
    slow: list[str] = field(default_factory=list)

    def add(self, other: Result) -> None:
        self.documents += other.documents
        self.failures += other.failures
        self.outcomes += other.outcomes
        self.seconds += other.seconds
        self.worst_seconds = max(self.worst_seconds, other.worst_seconds)
        self.worst_mebibytes = max(self.worst_mebibytes, other.worst_mebibytes)
        self.slow += other.slow

    def to_json(self) -> dict[str, Any]:
        return {**{each.name: getattr(self, each.name) for each in fields(self)}, "outcomes": dict(self.outcomes)}


def document(seeds: Sequence[Seed], family: str, number: int) -> tuple[Seed, bytes]:
    """The changed document with this number. Parts are taken mostly from its own family."""
    draw = random.Random(f"{family}/{number}")
    own = [seed for seed in seeds if seed.family == family]
    seed = draw.choice(own)
    others = [each.data for each in (own if draw.random() < 0.7 else seeds) if each is not seed]
    return seed, mutate(seed.data, others, draw)


def run(
    seeds: Sequence[Seed],
    family: str,
    numbers: range,
    target: Target,
    *,
    keep: Path | None = None,
    measure: bool = True,
) -> Result:
    """Draw every document of `numbers` and hand it to `target`. What it raises is a failure; so is, if it is measured, what costs more than
    one second of the processor or 256 MiB. Failing documents are written into `keep`."""
    result = Result(family)
    for number in numbers:
        seed, data = document(seeds, family, number)
        result.documents += 1
        try:
            if measure:
                cost = _cost(lambda seed=seed, data=data: target(seed, data))  # type: ignore[misc]
                answer = cost.result
                result.seconds += cost.seconds
                result.worst_seconds = max(result.worst_seconds, cost.seconds)
                result.worst_mebibytes = max(result.worst_mebibytes, cost.mebibytes)
                if cost.seconds > SECONDS or cost.mebibytes > MEBIBYTES:
                    result.slow.append(f"{number} {seed.name}: {cost.seconds:.2f} s, {cost.mebibytes:.0f} MiB")
                    _keep(keep, family, number, data)
            else:
                answer = target(seed, data)
            result.outcomes[str(answer)] += 1
        except (Exception, Hangs) as error:  # noqa: BLE001 - whatever comes out is what is looked for
            place = traceback.extract_tb(error.__traceback__)[-1]
            result.failures.append(
                f"{number} {seed.name}: {type(error).__name__}: {error} ({place.filename}:{place.lineno})"
            )
            _keep(keep, family, number, data)
    return result


def _cost(call: Callable[[], Any]) -> Cost:
    """What `call` costs. A dear one is measured again: this process lives for hours, and a collection of all its garbage that happens to
    fall into a call is no cost of the document."""
    cost = measured(call)
    if cost.seconds <= SECONDS and cost.mebibytes <= MEBIBYTES:
        return cost
    gc.collect()
    again = measured(call)
    return min(cost, again, key=lambda each: each.seconds)


def _keep(folder: Path | None, family: str, number: int, data: bytes) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{family}-{number}").write_bytes(data)

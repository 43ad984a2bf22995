"""Where the signing process holds the key, a worker does not wait for its signatures: while they are made for one step of a list, it stores
those of the step before and prepares the next one.

What each step leaves, and in which order, is as without it: prepared bytes are committed before anybody is asked to sign them, and what is
signed is stored in one transaction. Other threads than the worker's own do nothing but wait for signatures (`pipeline.Waiting.sign`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Self

from testamur.errors import SignerError
from testamur_site.foundation.signing.api import socket_path
from testamur_site.foundation.tenancy.api import Institution

from ...models import Award
from .. import common, pipeline
from .composing import Made

STEPS = 2
"""So many steps wait for signatures at a time. The signing process is asked for both: it examines the second while it signs the first."""


def is_elsewhere() -> bool:
    """Whether somebody else signs while we work. Not so with a device that this process opens: its signatures are looked at here, which
    two workers with two steps each do more slowly than with one (docs/decisions/0078)."""
    return socket_path() is not None


class Ahead:
    """Steps whose signatures are being made, oldest first. When it is left by an error, or by whoever needs no more of them, what is not
    stored is forgotten: it is prepared, and is signed by whoever comes next."""

    def __init__(self, institution: Institution, writing: common.Writing) -> None:
        self._institution, self._writing = institution, writing
        self._threads: ThreadPoolExecutor | None = None
        self._steps: deque[tuple[int, pipeline.Waiting, Future[None]]] = deque()

    def begin(self, line: int, awards: Sequence[int], fresh: Sequence[Award], made: Sequence[Made]) -> None:
        """Prepare the awards up to this line of a list, and let them be signed. `fresh` and `made` as in `pipeline.issue`."""
        known = {award.pk: award for award in fresh}
        waiting = pipeline.begin(self._institution, awards, writing=self._writing, known=known, made=made)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(STEPS, "testamur-issuing")
        self._steps.append((line, waiting, self._threads.submit(waiting.sign)))

    def stored(self, *, all_of_them: bool) -> Iterator[int]:
        """Store what is signed, and give the last line of each step: until another step may be begun, or of all of them. Raises
        SignerError, after everything that is signed was stored."""
        while self._steps and (all_of_them or len(self._steps) >= STEPS or self._steps[0][2].done()):
            line, waiting, signing = self._steps.popleft()
            try:
                signing.result()
            except SignerError:
                pipeline.finish(waiting, self._writing)
                for _, other, its in self._steps:
                    with suppress(SignerError):
                        its.result()
                    pipeline.finish(other, self._writing)
                self._steps.clear()
                raise
            pipeline.finish(waiting, self._writing)
            yield line

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)

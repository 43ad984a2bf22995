"""The outside of a run: every address is asked once for many documents, and no document may wait for the outside for long.

A folder of a thousand badges of one university names one DID document and two status lists. And a document of a hostile hand names sixteen
hosts that answer slowly: it may take ten seconds of a run, not more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from testamur.errors import ResolutionError, Unreachable
from testamur.ports import Resolver, Resource

SECONDS_PER_DOCUMENT = 10.0
_REMEMBERED_BYTES = 64 * 1024 * 1024
_REMEMBERED = 2_000


class Remembering:
    """A resolver (`ports.Resolver`) that keeps what it was answered, refusals too, within bounds."""

    def __init__(self, resolver: Resolver, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._resolver = resolver
        self._monotonic = monotonic
        self._answers: dict[str, Resource | ResolutionError] = {}
        self._bytes = 0
        self._left = SECONDS_PER_DOCUMENT

    def next_document(self) -> None:
        """A new document begins, with its full time."""
        self._left = SECONDS_PER_DOCUMENT

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        answer = self._answers.get(url)
        if answer is None:
            if self._left <= 0:
                raise Unreachable("This document has used up its time for asking.", code="resolution.timeout")
            begun = self._monotonic()
            try:
                answer = self._resolver.fetch(url, accept=accept)
            except ResolutionError as error:
                answer = error
            self._left -= self._monotonic() - begun
            self._remember(url, answer)
        if isinstance(answer, ResolutionError):
            raise answer
        return answer

    def _remember(self, url: str, answer: Resource | ResolutionError) -> None:
        size = len(answer.content) if isinstance(answer, Resource) else 0
        if len(self._answers) < _REMEMBERED and self._bytes + size <= _REMEMBERED_BYTES:
            self._answers[url] = answer
            self._bytes += size

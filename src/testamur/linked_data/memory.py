"""What was worked out about a document, for as long as one question about it lasts.

A verification reads the statements of a document and then hashes them, once for each of its proofs. Within `remembering`, what the complete
path made of a large document is kept and found again, by the very same values in it, in the same order, and not by their likeness;
afterwards it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from operator import is_
from typing import Any, Final, TypeVar

from testamur.errors import LinkedDataError

_MOST: Final = 8  # results at a time: the oldest makes room
_T = TypeVar("_T")


class _Result:
    __slots__ = ("document", "error", "kind", "value")

    def __init__(self, kind: str, document: Mapping[str, Any], value: Any, error: LinkedDataError | None) -> None:
        self.kind, self.document, self.value, self.error = kind, dict(document), value, error

    def is_of(self, kind: str, document: Mapping[str, Any]) -> bool:
        mine = self.document
        return kind == self.kind and list(mine) == list(document) and all(map(is_, mine.values(), document.values()))


_RESULTS: ContextVar[list[_Result] | None] = ContextVar("results", default=None)


class remembering:  # noqa: N801 - it is used like a function
    """Within, nothing large is worked out twice. The documents must not be changed meanwhile. Inside another one, that one goes on."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _RESULTS.set([]) if _RESULTS.get() is None else None

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _RESULTS.reset(self._token)


def recalled(kind: str, document: Mapping[str, Any], work: Callable[[], _T]) -> _T:
    """What `work` makes of `document`, or made of it before. Raises what it raises, or raised (`LinkedDataError`)."""
    results = _RESULTS.get()
    if results is None:
        return work()
    for result in results:
        if result.is_of(kind, document):
            if result.error is not None:
                raise result.error.with_traceback(None)
            found: _T = result.value
            return found
    try:
        value = work()
    except LinkedDataError as error:
        _keep(results, _Result(kind, document, None, error))
        raise
    _keep(results, _Result(kind, document, value, None))
    return value


def keep(kind: str, document: Mapping[str, Any], value: Any) -> None:
    """Remember that `value` is what `recalled` would work out."""
    results = _RESULTS.get()
    if results is not None:
        _keep(results, _Result(kind, document, value, None))


def _keep(results: list[_Result], result: _Result) -> None:
    if len(results) >= _MOST:
        del results[0]
    results.append(result)

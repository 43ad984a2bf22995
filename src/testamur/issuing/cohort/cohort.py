"""What every cohort does, whatever secures its credentials: it knows awards by their patterns, which are compiled when they are met.

A pattern that is met for the first time is compiled from a probe, which is composed and passes the lints as any credential does
(`compiled`, `tokens`); the awards that follow are looked at value by value (`pattern.take` and `fit`, or the form of the one before).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from testamur.errors import TestamurError
from testamur.issuing.cohort.fit import require_fit
from testamur.issuing.cohort.pattern import Key, Taken, take
from testamur.issuing.cohort.signed_text import json_text
from testamur.issuing.compose import AwardDetails, Recipient
from testamur.linked_data.shapes import Unshaped
from testamur.model import Achievement, Profile
from testamur.ports import Signer

if TYPE_CHECKING:
    from testamur.issuing.cohort.kernel import Form

MAX_PATTERNS: Final = 64
CHUNK: Final = 48
"""Awards that go through one step together: more of them would not fit into the processor's caches."""
FEW: Final = 16
"""The same where the signatures are made elsewhere meanwhile."""
_MAX_RECENT: Final = 4

T = TypeVar("T")
B = TypeVar("B")
Award: TypeAlias = tuple[Recipient, AwardDetails]


class CohortCounts(NamedTuple):
    """How many awards went which way. `patterns`: how often something was compiled."""

    compiled: int
    complete: int
    patterns: int


class Pattern(Protocol):
    """A compiled pattern, as far as its awards are recognised by it."""

    @property
    def form(self) -> Form: ...


P = TypeVar("P", bound=Pattern)


class Cohort(Generic[P]):
    """Credentials of one achievement by one issuer with one key. Shared by threads only if the signer may be.

    `verification_method` is the key's identifier, below the issuer's id.
    """

    def __init__(self, issuer: Profile, achievement: Achievement, signer: Signer, *, verification_method: str) -> None:
        self.issuer = issuer
        self.achievement = achievement
        self.signer = signer
        self.verification_method = verification_method
        self._results_vary = not any(described.allowed_value for described in achievement.result_description)
        self._patterns: dict[Key, P | None] = {}
        self._recent: list[P] = []
        self._compiled = self._complete = self._compilations = 0

    def _compile(self, key: Key, award: Award) -> P:
        """The pattern of this award. Raises `Unshaped` or `TestamurError` for one that is not covered."""
        raise NotImplementedError

    @property
    def counts(self) -> CohortCounts:
        return CohortCounts(self._compiled, self._complete, self._compilations)

    @property
    def latest(self) -> P | None:
        """The pattern that was met last."""
        return self._recent[0] if self._recent else None

    def patterns(self) -> Iterator[P]:
        """What was compiled so far, and was met last first."""
        recent = self._recent
        yield from recent
        for each in self._patterns.values():
            if each is not None and not any(each is other for other in recent):
                yield each

    def taken(self, recipient: Recipient, award: AwardDetails) -> tuple[P, list[bytes], list[str] | None]:
        """The pattern of an award, its values as they are written in JSON, and the values themselves where N-Quads writes them otherwise.

        Raises `Unshaped` for an award that is not covered.
        """
        for compiled in self._recent:
            written: list[bytes] | None = compiled.form.read(recipient, award)
            if written is not None:
                if compiled is not self._recent[0]:
                    self._met(compiled)
                return compiled, written, None
        taken = take(recipient, award, results_vary=self._results_vary)
        written = require_fit(taken)
        compiled = self._pattern(taken, recipient, award)
        self._met(compiled)
        if written is None:
            return compiled, [json_text(value) for value in taken.values], taken.values
        return compiled, written, None

    def _outcome(self, issue: Callable[[], bytes]) -> bytes | TestamurError:
        """What is issued, or the refusal in its place."""
        try:
            return issue()
        except TestamurError as refused:
            return refused

    def _met(self, compiled: P) -> None:
        self._recent = [compiled, *(other for other in self._recent if other is not compiled)][:_MAX_RECENT]

    def _pattern(self, taken: Taken, recipient: Recipient, award: AwardDetails) -> P:
        """The pattern of this award, compiled when it is first met. Raises `Unshaped` for one that is not covered."""
        if taken.key in self._patterns:
            found = self._patterns[taken.key]
        else:
            if len(self._patterns) >= MAX_PATTERNS:
                self._patterns.clear()
            self._compilations += 1
            try:
                found = self._compile(taken.key, (recipient, award))
            except (Unshaped, TestamurError):  # the long way says what is wrong
                found = None
            self._patterns[taken.key] = found
        if found is None:
            raise Unshaped
        return found

    def _signatures(self, texts: Sequence[bytes]) -> list[bytes]:
        sign_many = getattr(self.signer, "sign_many", None)
        return list(map(self.signer.sign, texts)) if sign_many is None else list(sign_many(texts))

    @property
    def _at_once(self) -> int:
        """How many awards go through one step together. Fewer where the signer is elsewhere: it should not wait for us."""
        return CHUNK if getattr(self.signer, "sign_batches", None) is None else FEW

    def _signed_in_turn(self, begun: Iterable[tuple[B, Sequence[bytes]]]) -> Iterator[tuple[B, list[bytes]]]:
        """For each that was begun the signatures over its texts. A signer that takes batches (`sign_batches`, as keys in a hardware module
        do) signs while the next are begun and those before are finished: then some are begun before the first is given."""
        sign_batches = getattr(self.signer, "sign_batches", None)
        if sign_batches is None:
            for one, texts in begun:
                yield one, self._signatures(texts)
            return
        waiting: deque[B] = deque()

        def batches() -> Iterator[Sequence[bytes]]:
            for one, texts in begun:
                waiting.append(one)
                yield texts

        with closing(sign_batches(batches())) as signed:
            for signatures in signed:
                yield waiting.popleft(), signatures


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of `size`."""
    remaining = iter(items)
    while some := list(islice(remaining, size)):
        yield some


def quickly_read(latest: Pattern | None, some: list[Award]) -> list[Any]:
    """What the form of the pattern that was met last gives for each award (`Form.hashed`); None for each where there is none."""
    return [None] * len(some) if latest is None else latest.form.hashed(some)

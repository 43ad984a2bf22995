"""The limits of one verification: a clock, a resolver that asks each address once and only so many of them, and a budget of work.

A document decides which addresses are asked. Without a limit, a document with a thousand endorsements would make us ask a thousand
hosts; without memory, an issuer's key would be fetched for the credential, for its status list and for every endorsement.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from testamur.errors import NotAllowed, ResolutionError
from testamur.log.proofs import Proving, UnwrittenProof
from testamur.ports import Holding, Resolver, Resource

MAX_FETCHES = 16
MAX_WORK = 1_500_000  # bytes: how much a report may canonicalise, each proof counting the whole document that it covers
MAX_WHOLE_WORK = 2_000_000  # bytes: a record of whole credentials, which may be larger than any other document, once
MAX_PARTS_WORK = 4_000_000  # bytes: the same, for the credentials inside a document whose own signature was confirmed
MAX_SCHEMA_WORK = 500_000  # applications of a part of a schema to a part of a document (`schemas.work`)


class SystemClock:
    """The computer's clock (implements `ports.Clock`)."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Budget:
    """How much work one report may still cause. A document of a megabyte with eight proofs would be canonicalised eight times, and
    an endorsement inside it may have eight of its own: each is allowed, all together are not."""

    def __init__(self, remaining: int = MAX_WORK) -> None:
        self.remaining = remaining
        self._whole_allowed = self._parts_allowed = False
        self._schema_work = MAX_SCHEMA_WORK

    def spend(self, amount: int) -> bool:
        """Whether `amount` (bytes) is still there; if it is, it is taken."""
        if amount > self.remaining:
            return False
        self.remaining -= amount
        return True

    def allow_whole(self, size: int) -> None:
        """Let a record of that size (bytes), whose reading was allowed, be canonicalised once: the first of a verification."""
        if not self._whole_allowed:
            self._whole_allowed = True
            self.remaining += min(size, MAX_WHOLE_WORK)

    def allow_parts(self, size: int) -> None:
        """Let the parts of a document of that size (bytes) be canonicalised too, each once beside its reading: once for a document, which
        its parts cannot outgrow."""
        if not self._parts_allowed:
            self._parts_allowed = True
            self.remaining += min(2 * size, MAX_PARTS_WORK)

    def spend_on_schemas(self, amount: int) -> bool:
        """The same for applying schemas: a measure of its own, so that a schema never keeps a signature from being checked."""
        if amount > self._schema_work:
            return False
        self._schema_work -= amount
        return True


@lru_cache(maxsize=64)  # a protocol is asked member by member, each time
def _is_holding(kind: type[Any]) -> bool:
    return issubclass(kind, Holding)


@lru_cache(maxsize=64)
def _is_proving(kind: type[Any]) -> bool:
    return issubclass(kind, Proving)


class OneVerification:
    """A resolver for the length of one report (implements `ports.Resolver`): it remembers answers and refusals, and counts.

    `now` is when the report is made, the same moment for all of it. `records` is a second one beside it, for what shows a public record:
    proofs, which are asked for one by one, must not use up what keys and status lists need. `worked_out` is what was made of its answers,
    which stay the same as long as it lasts.
    """

    def __init__(
        self, resolver: Resolver, now: datetime, *, limit: int = MAX_FETCHES, records: OneVerification | None = None
    ) -> None:
        self.now = now
        self.records = records
        self._resolver = resolver
        self._holding = _is_holding(type(resolver))
        self._proving = _is_proving(type(resolver))
        self._limit = limit
        self._allowed = False
        self._answers: dict[str, Resource | ResolutionError | UnwrittenProof] = {}
        self.worked_out: dict[Hashable, Any] = {}

    @property
    def asked(self) -> tuple[str, ...]:
        """The addresses that were asked so far, in the order in which they were asked; those of records last."""
        return (*self._answers, *(self.records.asked if self.records is not None else ()))

    def holds(self, url: str) -> bool:
        """Whether the answer is at hand, so that nobody is asked for it (implements `ports.Holding`)."""
        return self._holding and cast(Holding, self._resolver).holds(url)

    def allow(self, more: int) -> None:
        """Let `more` addresses be asked beside the first ones: what a confirmed document gathers has keys and lists of its own. Once."""
        if not self._allowed:
            self._allowed = True
            self._limit += more

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        answer = self._answers.get(url)
        if answer is None:
            answer = self._asked(url, self._resolver.fetch, accept)
        if isinstance(answer, Resource):
            return answer
        if isinstance(answer, UnwrittenProof):
            answer = self._answers[url] = _written(answer)
        if isinstance(answer, ResolutionError):
            raise answer
        return answer

    def proof_at(self, url: str, *, accept: Sequence[str]) -> Resource | UnwrittenProof:
        """The same, of which a proof may come before it is written (implements `log.proofs.Proving`)."""
        answer = self._answers.get(url)
        if answer is None:
            ask = cast(Proving, self._resolver).proof_at if self._proving else self._resolver.fetch
            answer = self._asked(url, ask, accept)
        if isinstance(answer, ResolutionError):
            raise answer
        return answer

    def _asked(
        self, url: str, ask: Callable[..., Resource | UnwrittenProof], accept: Sequence[str]
    ) -> Resource | ResolutionError | UnwrittenProof:
        if len(self._answers) >= self._limit:
            raise NotAllowed(
                f"One document may ask at most {self._limit} addresses.",
                code="resolution.too_many",
                facts={"limit": self._limit},
            )
        answer: Resource | ResolutionError | UnwrittenProof
        try:
            answer = ask(url, accept=accept)
        except ResolutionError as error:
            answer = error
        self._answers[url] = answer
        return answer


def _written(proof: UnwrittenProof) -> Resource | ResolutionError:
    try:
        return proof.written()
    except ResolutionError as error:
        return error

"""Resolvers that reach nowhere themselves: fixed answers, a row of resolvers, and one that remembers what it was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from testamur.errors import ResolutionError, Unreachable
from testamur.ports import Resolver, Resource

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class FixedResolver:
    """Answers what it was given (implements `ports.Resolver`): bytes, a `Resource`, or a `ResolutionError` to be raised.

    Bytes are served as `media_type`, obtained at `fetched_at`. Any other address is `Unreachable` (`resolution.offline`).
    """

    def __init__(
        self,
        answers: Mapping[str, bytes | Resource | ResolutionError],
        *,
        media_type: str = "application/json",
        fetched_at: datetime = _LONG_AGO,
    ) -> None:
        self._answers = dict(answers)
        self._media_type = media_type
        self._fetched_at = fetched_at

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        del accept  # one form of each resource
        answer = self._answers.get(url)
        if answer is None:
            raise Unreachable("Nothing is known of this address", code="resolution.offline", facts={"url": url})
        if isinstance(answer, ResolutionError):
            raise answer
        if isinstance(answer, Resource):
            return answer
        return Resource(url, answer, self._media_type, self._fetched_at)


class ChainResolver:
    """Asks one resolver after the other (implements `ports.Resolver`): a bundle first, then the network.

    The next one is asked only when the one before could not reach the address; "there is no such thing" and "not allowed" are answers.
    """

    def __init__(self, *resolvers: Resolver) -> None:
        self._resolvers = resolvers

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        last = Unreachable("Nobody was there to ask", code="resolution.offline", facts={"url": url})
        for resolver in self._resolvers:
            try:
                return resolver.fetch(url, accept=accept)
            except Unreachable as error:
                last = error
        raise last


class RecordingResolver:
    """Passes on to another resolver and remembers what it answered (implements `ports.Resolver`): what `write_bundle` needs."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._recorded: dict[str, Resource] = {}

    @property
    def recorded(self) -> tuple[Resource, ...]:
        return tuple(self._recorded.values())

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        resource = self._resolver.fetch(url, accept=accept)
        self._recorded[url] = resource
        return resource

"""Several institutions as one resolver: each address is answered by whoever it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from testamur.errors import NotFound
from testamur.ports import Resource
from tests.simulator.institution import Institution


class World:
    def __init__(self, *institutions: Institution) -> None:
        self.institutions = institutions

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        for institution in self.institutions:
            if url in institution.published() or url in institution.unreachable:
                return institution.fetch(url, accept=accept)
        raise NotFound(f"nobody has published {url}", facts={"url": url})

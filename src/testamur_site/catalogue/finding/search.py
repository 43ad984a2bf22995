"""What a visitor asked for: read from an address, bounded, and written into one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urlencode

from .facets import FACETS

SORTS = ("best", "newest", "start", "shortest", "title")
MOST_VALUES = 20
MOST_COMPARED = 4
LONGEST = 300


class Query(Protocol):
    """The parameters of an address, as Django's QueryDict gives them."""

    def get(self, key: str, default: str = ..., /) -> str | None: ...
    def getlist(self, key: str, /) -> list[str]: ...


@dataclass(frozen=True)
class Search:
    """`chosen` is facet → values, any of which will do; all facets must fit. `compare` are public identifiers taken along."""

    query: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    compare: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: Query) -> Search:
        """What cannot be meant (a level that is no number, an order that there is none of) is left out; nothing is refused."""
        chosen = {}
        for facet in FACETS:
            values = dict.fromkeys(value.strip()[:LONGEST] for value in query.getlist(facet)[:MOST_VALUES])
            meant = tuple(value for value in values if value and _can_be(facet, value))
            if meant:
                chosen[facet] = meant
        sort = query.get("sort", "") or ""
        compared = dict.fromkeys(value[:40] for value in query.getlist("compare")[:MOST_VALUES] if value.isascii())
        return cls(
            query=" ".join((query.get("q", "") or "").split())[:200],
            chosen=chosen,
            sort=sort if sort in SORTS else "",
            compare=tuple(value for value in compared if value.isprintable())[:MOST_COMPARED],
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query or self.chosen)

    @property
    def order(self) -> str:
        """The best first where there are words to be good for; else the newest."""
        return self.sort or ("best" if self.query else "newest")

    def without(self, facet: str, value: str = "") -> Search:
        """The same without one value, or without all of a facet; facet `q` takes the words away."""
        if facet == "q":
            return replace(self, query="")
        left = tuple(one for one in self.chosen.get(facet, ()) if value and one != value)
        chosen = {name: values for name, values in self.chosen.items() if name != facet}
        return replace(self, chosen={**chosen, facet: left} if left else chosen)

    def pairs(self, **further: str) -> list[tuple[str, str]]:
        """Name and value of each parameter; equal searches give equal lists."""
        found = [("q", self.query)] if self.query else []
        found += [(facet, value) for facet in FACETS for value in self.chosen.get(facet, ())]
        found += [("sort", self.sort)] if self.sort else []
        found += [("compare", one) for one in self.compare]
        return found + [(name, value) for name, value in further.items() if value]

    def address(self, path: str, **further: str) -> str:
        """The address of the search: it can be kept, sent and opened by anybody."""
        pairs: Sequence[tuple[str, str]] = self.pairs(**further)
        return f"{path}?{urlencode(pairs)}" if pairs else path


def _can_be(facet: str, value: str) -> bool:
    return value.isprintable() and (facet != "level" or (value.isascii() and value.isdigit() and len(value) == 1))

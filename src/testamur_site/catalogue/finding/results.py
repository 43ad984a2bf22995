"""The answer to a search: a page of versions, how many there are for each further filter, and what to loosen when nothing fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.translation import get_language

from testamur_site.foundation.tenancy.api import unscoped

from ..models import AchievementVersion
from . import full_text, tokens, words
from .facets import FACETS
from .index import Index, current
from .search import Search

PAGE_SIZE = 20
# Of a facet: in sight, in sight where the values have an order of their own, and at all.
SHOWN_VALUES, MOST_ORDERED, MOST_VALUES = 6, 12, 20


@dataclass(frozen=True)
class Option:
    """A value one may choose; `count` is how many there would be (with what is chosen elsewhere)."""

    value: str
    words: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """`rest` are the values that are not shown at first."""

    key: str
    name: str
    options: tuple[Option, ...]
    rest: tuple[Option, ...]

    @property
    def chosen(self) -> int:
        return sum(option.chosen for option in (*self.options, *self.rest))


@dataclass(frozen=True)
class Narrowing:
    """One thing that narrows the search: its words, the search without it and with it alone, and how many there would be then."""

    facet: str
    words: str
    without: Search
    count: int
    alone: Search
    count_alone: int


@dataclass(frozen=True)
class Results:
    search: Search
    page: Page[AchievementVersion]
    facets: tuple[Facet, ...]
    narrowed_by: tuple[Narrowing, ...]
    total: int  # of the whole catalogue

    @property
    def to_loosen(self) -> list[Narrowing]:
        """Where nothing fits: what to leave out, the most helpful first."""
        return sorted((n for n in self.narrowed_by if n.count), key=lambda n: -n.count)

    @property
    def to_keep(self) -> list[Narrowing]:
        """Where leaving one out is not enough: what fits each by itself."""
        return sorted((n for n in self.narrowed_by if n.count_alone), key=lambda n: -n.count_alone)


def find(search: Search, page: str | int = 1, *, today: date | None = None, language: str | None = None) -> Results:
    """Published micro-credentials of all institutions that fit. Needs no active tenant."""
    index = current(today or timezone.localdate())
    language = (language or get_language() or "en").split("-")[0]
    matching = _matching(index, search.query)
    sets = {facet: index.chosen(facet, values) for facet, values in search.chosen.items()}
    found = _all_of(matching, sets)
    order = (
        _best(index, found, search, language)
        if search.order == "best"
        else index.members(found, search.order, language)
    )
    shown = Paginator(order, PAGE_SIZE).get_page(page)
    shown.object_list = _versions([index.entries[n].version for n in shown.object_list])
    return Results(
        search=search,
        page=shown,
        facets=tuple(_facet(index, facet, search, matching, sets, language) for facet in FACETS),
        narrowed_by=tuple(_narrowings(index, search, matching, sets, language)),
        total=len(index.entries),
    )


def _matching(index: Index, query: str) -> int:
    if not query:
        return index.everything
    wanted = tokens.wanted(query)
    return index.of_rows(full_text.matching(wanted)) if wanted else 0


def _all_of(matching: int, sets: Mapping[str, int], but: str = "") -> int:
    for facet, members in sets.items():
        if facet != but:
            matching &= members
    return matching


def _best(index: Index, found: int, search: Search, language: str) -> list[int]:
    """Those whose title holds the words first, then those whose title holds one of them; the newest first among equals."""
    asked = tokens.folded(search.query).split()
    numbers = index.members(found, "newest", language)
    if not asked:
        return numbers

    def rank(n: int) -> int:
        titles = index.entries[n].folded
        return -sum(word in titles for word in asked)

    return sorted(numbers, key=rank)


def _facet(index: Index, facet: str, search: Search, matching: int, sets: Mapping[str, int], language: str) -> Facet:
    chosen = search.chosen.get(facet, ())
    others = _all_of(matching, sets, but=facet)
    counts = {value: (members & others).bit_count() for value, members in index.values.get(facet, {}).items()}
    counts = {value: count for value, count in counts.items() if count or value in chosen}
    counts |= {value: 0 for value in chosen if value not in counts}
    ranked = sorted(counts, key=lambda value: words.sort_key(facet, value, counts[value]))
    most = MOST_ORDERED if facet in words.ORDERED else SHOWN_VALUES
    # What is chosen is always in sight; the rest is folded away, and bounded: a skill that is not here can be searched for.
    in_sight = set([*chosen, *(value for value in ranked if value not in chosen)][:most])
    bounded = [value for n, value in enumerate(ranked) if n < MOST_VALUES or value in chosen]
    options = [
        Option(value, words.value_words(index, facet, value, language), counts[value], value in chosen)
        for value in bounded
    ]
    return Facet(
        key=facet,
        name=words.facet_names()[facet],
        options=tuple(option for option in options if option.value in in_sight),
        rest=tuple(option for option in options if option.value not in in_sight),
    )


def _narrowings(
    index: Index, search: Search, matching: int, sets: Mapping[str, int], language: str
) -> Iterator[Narrowing]:
    bare = replace(search, query="", chosen={})
    if search.query:
        without, alone = search.without("q"), replace(bare, query=search.query)
        count = _all_of(index.everything, sets).bit_count()
        yield Narrowing("q", f"“{search.query}”", without, count, alone, matching.bit_count())
    for facet, values in search.chosen.items():
        others = _all_of(matching, sets, but=facet)
        for value in values:
            left = tuple(one for one in values if one != value)
            count = (others & index.chosen(facet, left)).bit_count() if left else others.bit_count()
            said = words.alone(index, facet, value, language)
            alone = replace(bare, chosen={facet: (value,)})
            count_alone = index.chosen(facet, (value,)).bit_count()
            yield Narrowing(facet, said, search.without(facet, value), count, alone, count_alone)


def _versions(keys: list[int]) -> list[AchievementVersion]:
    """In the order of the keys."""
    with unscoped("the catalogue shows what all institutions have published"):
        rows = AchievementVersion.objects.select_related("micro_credential", "institution").in_bulk(keys)
    return [rows[key] for key in keys if key in rows]

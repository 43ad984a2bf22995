"""All rows' values in memory, one integer of bits for each value: a count is an AND and a population count.

Ten thousand micro-credentials are ten thousand bits a value, so every count of a page takes a few milliseconds and no query. The copy
is as old as its stamp: each request compares the stamps of all institutions (one small query) and the day, for "starts within a month"
moves with it, and reads the rows of those institutions again whose stamp differs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from testamur_site.foundation.tenancy.api import Institution, unscoped

from ..description.vocabulary import Text, in_language
from ..models import CatalogueEntry, CatalogueStamp
from . import facets, stacking, tokens

Stamp = tuple[tuple[int, str], ...]
_FIELDS = ("pk", "micro_credential__public_id", "version_id", "published_at", "titles", "values", "runs", "hours")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it is kept: what it is sorted by, and its (facet, value) pairs, those of one facet together."""

    pk: int
    public_id: str
    version: int
    published_at: datetime
    titles: Text
    folded: str  # the titles as `tokens.folded` gives them, to be compared with a query
    hours: Decimal | None
    starts: date
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one institution as they were under a token, on a day."""

    token: str
    day: date
    entries: list[Entry]
    words: dict[str, dict[str, Text]]  # facet → value → language map, where the row knew it


@dataclass
class Index:
    """Entries are newest first; bit n of every set stands for the n-th."""

    stamp: Stamp
    day: date
    entries: list[Entry] = field(default_factory=list)
    positions: dict[int, int] = field(default_factory=dict)  # primary key of the row → n
    values: dict[str, dict[str, int]] = field(default_factory=dict)  # facet → value → set
    words: dict[str, dict[str, Text]] = field(default_factory=dict)  # facet → value → language map
    parts: dict[int, Part] = field(default_factory=dict)  # by institution
    larger: stacking.Larger = field(default_factory=dict)
    _orders: dict[str, list[int]] = field(default_factory=dict)

    @property
    def everything(self) -> int:
        return (1 << len(self.entries)) - 1

    def of_rows(self, keys: Iterable[int]) -> int:
        """The set of these rows; rows that are newer than the copy are not in it."""
        return _set(self.positions[key] for key in keys if key in self.positions)

    def chosen(self, facet: str, wanted: Iterable[str]) -> int:
        """Those that have one of the values."""
        known = self.values.get(facet, {})
        found = 0
        for value in wanted:
            found |= known.get(value, 0)
        return found

    def members(self, found: int, order: str, language: str) -> list[int]:
        """The positions in a set, in an order: `newest`, `title`, `shortest` or `start`."""
        bits = found.to_bytes((len(self.entries) + 7) // 8 + 1, "little")
        return [n for n in self._order(order, language) if bits[n >> 3] >> (n & 7) & 1]

    def _order(self, order: str, language: str) -> Iterable[int]:
        if order == "newest":
            return range(len(self.entries))
        key = f"{order}-{language}" if order == "title" else order
        if key not in self._orders:
            self._orders[key] = self._sorted(order, language)
        return self._orders[key]

    def _sorted(self, order: str, language: str) -> list[int]:
        numbers, entries = range(len(self.entries)), self.entries
        if order == "title":
            return sorted(numbers, key=lambda n: in_language(entries[n].titles, language).casefold())
        if order == "shortest":
            return sorted(numbers, key=lambda n: (entries[n].hours is None, entries[n].hours or 0))
        return sorted(numbers, key=lambda n: entries[n].starts)


_lock = threading.Lock()
_kept: Index | None = None


def current(today: date) -> Index:
    """The index as it is now. Threads that come while it is made anew wait for it."""
    global _kept
    stamp = current_stamp()
    kept = _kept
    if kept is not None and kept.stamp == stamp and kept.day == today:
        return kept
    with _lock:
        if _kept is None or _kept.stamp != stamp or _kept.day != today:
            _kept = _made(stamp, today, _kept.parts if _kept else {})
        return _kept


def current_stamp() -> Stamp:
    """When each institution's part changed last, and what the institution is called; equal stamps, equal catalogues."""
    with unscoped("the catalogue shows what all institutions have published"):
        rows = CatalogueStamp.objects.order_by("institution").values_list(
            "institution_id", "token", "institution__slug", "institution__name", "institution__translations"
        )
        return tuple((pk, f"{token} {slug} {name} {translations}") for pk, token, slug, name, translations in rows)


def _made(stamp: Stamp, today: date, kept: Mapping[int, Part]) -> Index:
    """Only the rows of those institutions are read again whose token, or the day, is another than in `kept`."""
    index = Index(stamp, today)
    for institution, token in stamp:
        part = kept.get(institution)
        if part is None or part.token != token or part.day != today:
            part = _part(institution, token, today)
        index.parts[institution] = part
        for facet, words in part.words.items():
            index.words.setdefault(facet, {}).update(words)
    entries = (entry for part in index.parts.values() for entry in part.entries)
    index.entries = sorted(entries, key=lambda entry: (entry.published_at, entry.pk), reverse=True)
    index.positions = {entry.pk: n for n, entry in enumerate(index.entries)}
    index.larger = stacking.larger()
    for wholes in index.larger.values():
        named = {f"{stacking.INTO}{whole}": title for whole, title in wholes.items()}
        index.words.setdefault("stackable", {}).update(named)
    members: dict[str, dict[str, list[int]]] = {facet: {} for facet in facets.FACETS}
    for n, entry in enumerate(index.entries):
        for facet, value in (*entry.pairs, *stacking.pairs(index.larger.get(entry.public_id, ()))):
            members[facet].setdefault(value, []).append(n)
    index.values = {facet: {value: _set(ns) for value, ns in values.items()} for facet, values in members.items()}
    return index


def _part(institution_id: int, token: str, today: date) -> Part:
    institution = Institution.objects.get(pk=institution_id)
    part = Part(token, today, [], {"institution": {institution.slug: _names(institution)}})
    # The same few pairs come again and again; kept once, they neither fill the memory nor slow its cleaning down.
    shared: dict[tuple[str, str], tuple[str, str]] = {}
    with unscoped("the catalogue shows what all institutions have published"):
        rows = list(CatalogueEntry.objects.filter(institution=institution).values_list(*_FIELDS))
    for pk, public_id, version, published_at, titles, values, runs, hours in rows:
        read = facets.runs_from_json(runs)
        for facet, known in values.items():
            for value, words in known.items():
                if words:
                    part.words.setdefault(facet, {}).setdefault(value, words)
        found = {facet: set(known) for facet, known in values.items()}
        for facet, more in facets.of_runs(read, today).items():
            found[facet] = found.get(facet, set()) | more
        found["institution"] = {institution.slug}
        all_pairs = ((facet, value) for facet in facets.FACETS for value in found.get(facet, ()))
        pairs = tuple(shared.setdefault(pair, pair) for pair in all_pairs)
        folded = tokens.folded("\n".join(titles.values()))
        starts = facets.next_start(read, today)
        part.entries.append(Entry(pk, public_id, version, published_at, titles, folded, hours, starts, pairs))
    return part


def _names(institution: Institution) -> dict[str, str]:
    translated = {tag: words["name"] for tag, words in (institution.translations or {}).items() if words.get("name")}
    return {"en": institution.name, **translated}


def _set(numbers: Iterable[int]) -> int:
    """The numbers as bits."""
    numbers = list(numbers)
    if not numbers:
        return 0
    bits = bytearray((max(numbers) >> 3) + 1)
    for n in numbers:
        bits[n >> 3] |= 1 << (n & 7)
    return int.from_bytes(bits, "little")

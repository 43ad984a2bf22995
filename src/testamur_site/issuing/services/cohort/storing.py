"""Steps 3 and 5 of the pipeline: the bytes, written in pieces. Whoever reads them has them whole (`pieces.fields`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from testamur.issuing import Signed
from testamur_site.foundation.tenancy.api import insert_rows, new_keys, update_rows, values_of

from ...models import PreparedCredential, SharedText
from ...pieces.rules import LEAST, PEOPLE, Cutter, Shared, following, framed
from .composing import Made

_COLUMNS, _values = values_of(PreparedCredential)
_PLACES = tuple(map(_COLUMNS.index, ("content", "shared_id", "shared_at")))


def store(made: Sequence[Made]) -> None:
    """Step 3, in the caller's transaction and inside a tenant: write the prepared bytes, and give their rows their keys."""
    cut = _cut(made)
    shared = _shared({(one.row.institution_id, found.shared) for one, found in cut if found is not None})
    for (one, _), pk in zip(cut, new_keys(PreparedCredential, len(made)), strict=True):
        one.row.id = pk
    insert_rows(PreparedCredential, _COLUMNS, _pieces(cut, shared))


class _Cut(NamedTuple):
    """What the content of a row shares with others, and where the text of that begins in it."""

    shared: Shared
    at: int


def _cut(made: Sequence[Made]) -> list[tuple[Made, _Cut | None]]:
    """Each with what it shares: those of one achievement with the others of these, where that is worth it; otherwise the achievement's
    text; None where it does not stand in the content."""
    found: list[tuple[Made, _Cut | None]] = []
    by_text: dict[bytes, list[tuple[Made, int]]] = {}
    cutters: dict[bytes, Cutter] = {}
    for one in made:
        cutter = cutters.get(one.text) or cutters.setdefault(one.text, Cutter(one.text))
        at = cutter.place_in(one.row.content) if len(one.text) >= LEAST else None
        if at is None:
            found.append((one, None))
        else:
            by_text.setdefault(one.text, []).append((one, at))
    for text, some in by_text.items():
        shared = Shared(b"", text, b"")
        if len({one.row.award.recipient_email for one, _ in some}) >= PEOPLE:
            more = framed([one.row.content for one, _ in some], text, [at for _, at in some])
            if (len(more) - len(text)) * len(some) > 2 * len(more):
                shared = more
        before = len(shared.text) - len(text)
        found += [(one, _Cut(shared, at - before)) for one, at in some]
    return found


def _pieces(cut: Iterable[tuple[Made, _Cut | None]], keys: Mapping[Shared, int]) -> Iterator[Sequence[Any]]:
    content, key, place = _PLACES
    for one, found in cut:
        values = _values(one.row)
        if found is not None:
            changed = list(values)
            changed[content], changed[place] = found.shared.without(one.row.content, found.at)
            changed[key] = keys[found.shared]
            values = tuple(changed)
        yield values


def _shared(texts: Iterable[tuple[int, Shared]]) -> dict[Shared, int]:
    """The primary keys of the rows with these texts (each with the active institution's key), which are there after the transaction."""
    digests = {shared.digest: (institution, shared) for institution, shared in texts}
    if not digests:
        return {}
    rows = SharedText.objects.filter(digest__in=digests).values_list("digest", "pk")
    found = dict(rows)
    if len(found) < len(digests):
        new = [
            SharedText(institution_id=institution, digest=digest, head=one.head, text=one.text, tail=one.tail)
            for digest, (institution, one) in digests.items()
            if digest not in found
        ]
        SharedText.objects.bulk_create(new, ignore_conflicts=True)
        found = dict(rows.all())
    return {shared: found[digest] for digest, (_, shared) in digests.items()}


def store_signed(rows: Sequence[PreparedCredential], signed: Mapping[int, Signed], now: datetime) -> list[int]:
    """Step 5, in the caller's transaction: write the signed bytes of rows that have none; the keys of those that were written."""
    pieces = ((one.id, *following(one.content, signed[one.id].credential)) for one in rows)
    names = ("signed", "signed_after")
    return update_rows(PreparedCredential, names, pieces, values={"signed_at": now}, signed=None)

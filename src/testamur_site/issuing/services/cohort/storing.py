"""Steps 3 and 5 of the pipeline: the bytes, written in pieces. Whoever reads them has them whole (`pieces.fields`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from testamur.issuing import Signed
from testamur_site.foundation.tenancy.api import insert_rows, new_keys, update_rows, values_of

from ...models import PreparedCredential, SharedText
from ...pieces.rules import LEAST, Cutter, following
from .composing import Made

_COLUMNS, _values = values_of(PreparedCredential)
_PLACES = tuple(map(_COLUMNS.index, ("content", "shared_id", "shared_at")))


def store(made: Sequence[Made]) -> None:
    """Step 3, in the caller's transaction and inside a tenant: write the prepared bytes, and give their rows their keys."""
    shared = _shared({(one.row.institution_id, one.text) for one in made if len(one.text) >= LEAST})
    for one, pk in zip(made, new_keys(PreparedCredential, len(made)), strict=True):
        one.row.id = pk
    insert_rows(PreparedCredential, _COLUMNS, _cut(made, shared))


def _cut(made: Sequence[Made], shared: Mapping[bytes, int]) -> Iterator[Sequence[Any]]:
    content, key, place = _PLACES
    cutters = {text: Cutter(text) for text in shared}
    for one in made:
        cutter = cutters.get(one.text)
        at = cutter.place_in(one.row.content) if cutter is not None else None
        if cutter is None or at is None:
            yield _values(one.row)
        else:
            values = list(_values(one.row))
            values[content], values[key], values[place] = cutter.without(one.row.content, at), shared[one.text], at
            yield values


def _shared(texts: Iterable[tuple[int, bytes]]) -> dict[bytes, int]:
    """The primary keys of the rows with these texts (each with the active institution's key), which are there after the transaction."""
    digests = {hashlib.sha256(text).hexdigest(): (institution, text) for institution, text in texts}
    if not digests:
        return {}
    rows = SharedText.objects.filter(digest__in=digests).values_list("digest", "pk")
    found = dict(rows)
    if len(found) < len(digests):
        new = [
            SharedText(institution_id=institution, digest=digest, text=text)
            for digest, (institution, text) in digests.items()
            if digest not in found
        ]
        SharedText.objects.bulk_create(new, ignore_conflicts=True)
        found = dict(rows.all())
    return {text: found[digest] for digest, (_, text) in digests.items()}


def store_signed(rows: Sequence[PreparedCredential], signed: Mapping[int, Signed], now: datetime) -> list[int]:
    """Step 5, in the caller's transaction: write the signed bytes of rows that have none; the keys of those that were written."""
    pieces = ((one.pk, *following(one.content, signed[one.pk].credential)) for one in rows)
    names = ("signed", "signed_after")
    return update_rows(PreparedCredential, names, pieces, values={"signed_at": now}, signed=None)

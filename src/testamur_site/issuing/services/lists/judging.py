"""What the rows of a list are worth: their verdicts, kept with their cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from django.db.models import Case, F, Min, Value, When, Window
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language

from testamur_site.catalogue.api import expires_on
from testamur_site.foundation.tables.api import CellRefused, Problem, clean_email, same_person_key, unprotect
from testamur_site.foundation.tenancy.api import existing, insert_rows, update_rows

from ...documents import scales_of
from ...models import Award, Batch, BatchRow
from ...rules import EarlierAward, Row, Terms, Verdict, evaluate, latest_today, refuse_past

_JUDGED = ("name", "email", "language", "awarded_date", "valid_until", "results", "evidence")
_judged_values = attrgetter(*_JUDGED)


def judged(batch: Batch, rows: Sequence[tuple[int, Sequence[str]]]) -> list[Row]:
    """The verdict on each of some rows, by what was awarded until now."""
    terms = Terms(
        today=latest_today(timezone.now().date()),
        default_date=batch.default_date,
        default_language=batch.reading.get("language", "en"),
        scales=scales_of(batch.version, get_language()),
        earlier=_earlier(batch, rows),
        award_again=batch.award_again,
    )
    found = evaluate(rows, batch.columns, terms)
    validity = batch.version.description.validity
    for row in found:
        if (
            row.awarded_date is not None
            and row.valid_until is None
            and "valid_until" not in {p.field for p in row.problems}
        ):
            row.valid_until = expires_on(row.awarded_date, validity)
            _refuse_expired(row, terms)
    return found


def _refuse_expired(row: Row, terms: Terms) -> None:
    """By the validity of the micro-credential it would be over already: no lint lets that be signed, so the dry run says it."""
    if row.valid_until is None or row.verdict is Verdict.ALREADY:
        return
    try:
        refuse_past(row.valid_until, terms.today)
    except CellRefused as refusal:
        row.problems.append(Problem(refusal.code, refusal.facts, "valid_until"))
        row.verdict = Verdict.REFUSED


def _earlier(batch: Batch, rows: Iterable[tuple[int, Sequence[str]]]) -> dict[str, EarlierAward]:
    """What the people of this list hold already, asked for in portions: a micro-credential may have a hundred thousand awards."""
    if "email" not in batch.columns:
        return {}
    position = batch.columns.index("email")
    keys = set()
    for _, cells in rows:
        try:
            keys.add(same_person_key(clean_email(unprotect(cells[position].strip()))))
        except CellRefused:
            continue
    return earlier_awards(batch.micro_credential_id, keys)


def earlier_awards(micro_credential: int, keys: Iterable[str]) -> dict[str, EarlierAward]:
    """For those of `keys` (folded addresses) that hold the micro-credential: what they hold."""
    wanted, found = sorted(keys), {}
    # The index is asked first: most of a new list holds nothing, and then nothing need be read.
    held = sorted(existing(Award, "award_key", wanted, micro_credential_id=micro_credential))
    for start in range(0, len(held), 500):
        rows = Award.objects.filter(micro_credential=micro_credential, award_key__in=held[start : start + 500])
        for key, state, awarded in rows.values_list("award_key", "state", "awarded_date"):
            found[key] = EarlierAward(state, awarded)
    return found


def write_rows(batch: Batch, cells: Iterable[tuple[int, Sequence[str]]], rows: Iterable[Row]) -> None:
    """Keep rows that were judged, in the caller's transaction. Raises IntegrityError for one that is kept already."""
    texts = dict(cells)
    insert_rows(
        BatchRow,
        ("line", "cells", *_JUDGED, "verdict", "problems"),
        (
            (
                row.line,
                list(texts[row.line]),
                *_judged_values(row),
                Verdict(row.verdict).value,
                [problem.to_json() for problem in row.problems],
            )
            for row in rows
        ),
        institution_id=batch.institution_id,
        batch_id=batch.pk,
    )


def repeated(batch: Batch, after: int, at_most: int) -> list[tuple[int, int, int, list[dict[str, object]]]]:
    """Rows below line `after` with an address that stands further above: line, key, line of the first, problems.

    Within what was judged together the rules have seen it; across the portions of a long list the database does.
    """
    everywhere = batch.rows.exclude(email="").annotate(first=Window(Min("line"), partition_by=[Lower("email")]))
    # Not `line__gt` beside it, which would take the rows above away before the first is looked for.
    below = Case(When(line__gt=after, then=F("line")), default=Value(0))
    found = everywhere.filter(first__lt=below).order_by("line")
    return list(found.values_list("line", "pk", "first", "problems")[:at_most])


def refuse_repeated(rows: Iterable[tuple[int, int, int, list[dict[str, object]]]]) -> None:
    """Refuse rows that `repeated` gave, in the caller's transaction. The first row counts, whatever was said about it."""
    changed = []
    for _, pk, first, problems in rows:
        kept = [one for one in problems if one["code"] != "email.twice" and not str(one["code"]).startswith("already.")]
        changed.append((pk, [*kept, Problem("email.twice", {"row": first}, "email").to_json()]))
    update_rows(BatchRow, ("problems",), changed, values={"verdict": Verdict.REFUSED.value})

"""The certificates of a batch for printing: many pages in one file (how: `stack.py`).

1. A batch is parted by the rows of its list, so that a part holds the same people whatever happens to other awards meanwhile. 2. Of each
row the award that counts now is taken: a corrected one in the place of what it replaced. Whoever is revoked, suspended or expired is left
out. 3. Each page is in the language of its award, as the mail to the learner was. 4. Nothing is attached and nothing is kept: what counts
is the credential at the address of the page, and a file with the names of hundreds is made only for who asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from testamur_site.issuing.api import Award, AwardState, Batch

from .. import images
from .pdf import own_words, shared_words, shown_name
from .stack import Own, stacked

PART = 500
"""Rows of a part: a stack of paper that somebody can carry, and a quarter of a second of work."""
PAPERS = ("a4", "us-letter")
_CORRECTIONS = 20
_READ = ("public_id", "state", "line", "version", "language", "recipient_name", "awarded_date", "valid_until")
"""What is read of an award: a third of its columns."""


@dataclass(frozen=True, slots=True)
class Part:
    """`number` from 1 on; the `first` and the `last` row of the list in it; how many `awards` of them may be printed."""

    number: int
    first: int
    last: int
    awards: int


def parts(batch: Batch) -> list[Part]:
    """The parts of a batch that hold somebody, in the order of the list."""
    buckets = (
        _awards(batch)
        .annotate(bucket=F("line") / PART)
        .values("bucket")
        .annotate(first=Min("line"), last=Max("line"), awards=Count("pk"))
        .order_by("bucket")
    )
    return [Part(one["bucket"] + 1, one["first"], one["last"], one["awards"]) for one in buckets]


def left_out(batch: Batch) -> int:
    """How many awards of the batch are in no part: revoked, suspended, expired, not issued."""
    return Award.objects.filter(batch=batch).count() - _awards(batch).count()


def printed(batch: Batch, number: int, paper: str = "a4") -> tuple[bytes, int] | None:
    """The certificates of part `number` as one PDF on `paper` (one of `PAPERS`), and how many they are; None where nobody is left in it."""
    awards = list(_counting(batch, number))
    if not awards:
        return None
    version, institution = batch.version, batch.institution
    spoken: dict[str, dict[str, Any]] = {}
    forms: dict[tuple[Any, ...], tuple[int, dict[str, Any]]] = {}
    pages = []
    for award in awards:
        award.version, award.institution = version, institution
        # What stands beside the name, the code and the address: the same for all who share a language and two dates.
        kind = (award.language, award.awarded_date, award.valid_until)
        if kind not in forms:
            with translation.override(award.language):
                if award.language not in spoken:
                    spoken[award.language] = shared_words(version, institution) | {"attached": _what_counts()}
                forms[kind] = len(forms), own_words(award, spoken[award.language])
        pages.append(Own(forms[kind][0], shown_name(award), award.url))
    first = spoken[awards[0].language]
    title = f"{first['title']} ({awards[0].line}–{awards[-1].line})".replace("\u200b", "")
    shared = first | {"document_title": title, "paper": paper}
    said = [spoken[language] | words for (language, *_dates), (_number, words) in forms.items()]
    raster = images.picture_png(version) if version.image is not None else None
    picture = "" if raster else images.picture_svg(version).decode()
    return stacked(shared | {"picture": picture}, said, pages, timezone.now(), raster), len(awards)


def _awards(batch: Batch) -> Any:
    """What was issued and counts, or was replaced by what may count."""
    ended = Q(valid_until__lte=timezone.now())
    return Award.objects.filter(batch=batch, state__in=[AwardState.ISSUED, AwardState.SUPERSEDED]).exclude(
        ended & Q(state=AwardState.ISSUED)
    )


def _counting(batch: Batch, number: int) -> Iterator[Award]:
    rows = range((number - 1) * PART, number * PART)
    found = list(_awards(batch).only(*_READ).filter(line__gte=rows.start, line__lt=rows.stop).order_by("line", "pk"))
    now = _newest([award.pk for award in found if award.state == AwardState.SUPERSEDED])
    for award in found:
        newest = now.get(award.pk) if award.state == AwardState.SUPERSEDED else award
        if newest is not None and newest.version_id == batch.version_id:
            newest.line = award.line
            yield newest


def _newest(replaced: Sequence[int]) -> dict[int, Award]:
    """Of each replaced award, what stands in its place now, if that counts."""
    first_of = {pk: pk for pk in replaced}
    found: dict[int, Award] = {}
    for _round in range(_CORRECTIONS):
        if not first_of:
            break
        successors = Award.objects.filter(supersedes__in=list(first_of)).only("supersedes", *_READ)
        going_on = {}
        for one in successors:
            origin = first_of[one.supersedes_id]
            if one.state == AwardState.SUPERSEDED:
                going_on[one.pk] = origin
            elif one.state == AwardState.ISSUED and (one.valid_until is None or one.valid_until > timezone.now()):
                found[origin] = one
        first_of = going_on
    return found


def _what_counts() -> str:
    return _("What counts is the signed credential at this address, not the print.")

"""Starting a run, working on it, deleting it. The procedure stands in README.md."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from testamur.ports import Resolver
from testamur.verification import Outcome, Question, Report, presenters
from testamur.verification.codes import found
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.verification import services as verification
from testamur_site.verification.rules import Input, read_file, read_text

from .models import KEPT, BulkEntry, BulkRun
from .rules import Item

VERIFY = "testamur_site.verification.bulk.jobs.verify_some"
FORGET = "testamur_site.verification.bulk.jobs.forget"
REFUSED, _NOT_ALLOWED = "refused", "address_not_allowed"
# At once; beyond that the visitor is asked to come back later. The database must not be filled by strangers.
MAX_RUNS = 200
MAX_BYTES = 1024 * 1024 * 1024
MAX_REPORT = 400_000  # bytes of JSON; a larger report keeps everything but its canonical forms
_BATCH = 200
MAX_LANES = 4  # workers that go on with one run at once: the rest are there for others
ENTRIES_OF_A_LANE = 50  # for fewer, a second worker is not worth its beginning


class TooManyRuns(RuntimeError):
    """Every place is taken for now."""


@transaction.atomic
def start(items: Iterable[Item], language: str) -> BulkRun:
    """A run over `items`, its first job and its deletion queued with it. Raises TooManyRuns."""
    items = list(items)
    size = sum(len(item.content) for item in items)
    kept = BulkRun.objects.filter(created_at__gt=timezone.now() - KEPT).aggregate(runs=Count("pk"), bytes=Sum("size"))
    if kept["runs"] >= MAX_RUNS or (kept["bytes"] or 0) + size > MAX_BYTES:
        raise TooManyRuns
    run = BulkRun.objects.create(language=language, size=size)
    rows = (
        BulkEntry(
            run=run,
            position=position,
            name=_storable(item.name, 200),
            content=item.content,
            address=item.address,
            source_host=_host(item.address) if item.refusal == _NOT_ALLOWED else "",
            result=REFUSED if item.refusal else "",
            refusal=item.refusal,
        )
        for position, item in enumerate(map(_without_nul, items), 1)
    )
    BulkEntry.objects.bulk_create(rows, batch_size=_BATCH)
    # Low priority: a cohort that is being awarded does not wait for a visitor's archive.
    lanes = max(1, min(MAX_LANES, len(items) // ENTRIES_OF_A_LANE))
    for lane in range(lanes):
        queue_part(run.public_id, 1, lane, lanes)
    enqueue(FORGET, {"run": run.public_id}, key=f"bulk:{run.public_id}:forget", run_after=run.created_at + KEPT)
    return run


def _without_nul(item: Item) -> Item:
    """An address with a NUL character is nobody's, and cannot be kept until its turn comes."""
    if "\x00" not in item.address:
        return item
    return replace(item, address=_storable(item.address), refusal=_NOT_ALLOWED)


def _storable(text: str, most: int | None = None) -> str:
    """As every database can keep it: PostgreSQL refuses NUL in a text."""
    return text.replace("\x00", "\ufffd")[:most]


def queue_part(public_id: str, part: int, lane: int, lanes: int) -> None:
    """Queue one part of the work on a lane of a run, once."""
    args = {"run": public_id, "part": part, "lane": lane, "lanes": lanes}
    enqueue(VERIFY, args, key=f"bulk:{public_id}:{lane}:{part}", priority=-5)


def forget(public_id: str) -> int:
    """Delete a run with everything in it; how many runs there were (0 or 1)."""
    with transaction.atomic():
        BulkEntry.objects.filter(run_id=public_id).delete()
        return BulkRun.objects.filter(pk=public_id).delete()[0]


def forget_overdue(grace: timedelta = timedelta()) -> int:
    """Delete what should be gone already, should the job of a run have been lost."""
    overdue = BulkRun.objects.filter(created_at__lt=timezone.now() - KEPT - grace).values_list("pk", flat=True)
    return sum(forget(public_id) for public_id in list(overdue))


def give_up(entry: BulkEntry, language: str) -> BulkEntry:
    """`entry` as undetermined, not saved: whoever worked on it died of it twice, and the others must go on."""
    _note(entry, Report((found("structure.not_finished", attempts=2),), timezone.now()), language)
    entry.content, entry.address = b"", ""
    return entry


def result_of(entry: BulkEntry, resolver: Resolver, language: str) -> BulkEntry:
    """`entry` with its result, not saved. Never raises because of what the document holds."""
    given = read_text(entry.address) if entry.address else read_file(bytes(entry.content))
    if entry.address:
        entry.source_host = _host(entry.address)
    answer = verification.verify_input(given, resolver=resolver, one_of_many=True)
    if answer.report is None:
        entry.result, entry.refusal = REFUSED, answer.refusal
        if isinstance(given, Input) and given.address:
            entry.source_host = _host(given.address)
    else:
        _note(entry, answer.report, language)
    entry.content, entry.address = b"", ""
    return entry


def _note(entry: BulkEntry, report: Report, language: str) -> None:
    said = presenters.to_json(report, language)
    subject = report.subject
    issuer = subject.get("issuer", {})
    entry.result = report.verdict.value
    entry.title = _storable(str(subject.get("achievement", {}).get("name") or subject.get("name") or ""), 300)
    entry.holder = _storable(str(subject.get("holder", {}).get("name") or ""), 300)
    entry.issuer = _storable(str(issuer.get("id") or ""), 300)
    entry.issuer_name = _storable(str(issuer.get("name") or ""), 300)
    entry.codes = f" {' '.join(dict.fromkeys(check.code for check in report.checks))} "
    entry.code = _decisive(report)
    entry.report = zlib.compress(_bounded(said))


def _decisive(report: Report) -> str:
    """The code that a reader in a hurry must know: the first failure, else the first required doubt, else the doubt about the issuer's
    entitlement, else that it is signed."""
    failed = [check for check in report.checks if check.outcome is Outcome.FAILED]
    unknown = [check for check in report.checks if check.outcome is Outcome.UNKNOWN]
    required = [check for check in unknown if check.required]
    vouched = report.outcome(Question.ENTITLED) is Outcome.PASSED
    entitled = [check for check in unknown if check.question is Question.ENTITLED and not vouched]
    signed = [check for check in report.checks if check.code == "proof.signature_true"]
    return next((check.code for check in failed + required + entitled + signed), "")


def _bounded(said: Mapping[str, Any]) -> bytes:
    """The report as JSON; without the canonical forms, which repeat the whole document, where it would be large."""
    encoded = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
    if len(encoded) <= MAX_REPORT:
        return encoded
    slim = {name: value for name, value in said.items() if name not in ("technical", "unconfirmed", "endorsements")}
    encoded = json.dumps(slim, ensure_ascii=False).encode("utf-8", "replace")
    if len(encoded) <= MAX_REPORT:
        return encoded
    return json.dumps({**slim, "subject": {}}, ensure_ascii=False).encode("utf-8", "replace")


def _host(address: str) -> str:
    try:
        return _storable(urlsplit(address).hostname or "", 255)
    except ValueError:
        return ""

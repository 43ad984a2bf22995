"""What the pages of a run read."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from testamur.verification import CODES, Verdict, sentences
from testamur.verification.codes import found as _found
from testamur_site.foundation.audit.api import formula_safe
from testamur_site.verification import presentation

from .messages import refusal_sentence
from .models import KEPT, BulkEntry, BulkRun
from .services import REFUSED

RESULTS = (*(verdict.value for verdict in (Verdict.VALID, Verdict.INVALID, Verdict.UNDETERMINED)), REFUSED)
_COLUMNS = ("name", "result", "title", "holder", "issuer", "issuer_name", "code", "finding", "codes")


@dataclass(frozen=True, slots=True)
class Overview:
    """How far a run is: counts by result, and how many entries wait."""

    total: int
    waiting: int
    counts: dict[str, int]
    expires_at: datetime

    @property
    def done(self) -> int:
        return self.total - self.waiting


def run_by_id(public_id: str) -> BulkRun | None:
    """The run, as long as it is kept."""
    return BulkRun.objects.filter(pk=public_id, created_at__gt=timezone.now() - KEPT).first()


def overview(run: BulkRun) -> Overview:
    counts = Counter(run.entries.values_list("result", flat=True))
    waiting = counts.pop("", 0)
    return Overview(sum(counts.values()) + waiting, waiting, dict(counts), run.created_at + KEPT)


def entries(run: BulkRun, *, result: str = "", issuer: str = "", code: str = "") -> QuerySet[BulkEntry]:
    """The entries of `run` that have a result, filtered; without their reports."""
    rows = run.entries.exclude(result="").defer("report", "content")
    if result in RESULTS:
        rows = rows.filter(result=result)
    if issuer:
        rows = rows.filter(issuer=issuer)
    if code in CODES:
        rows = rows.filter(codes__contains=f" {code} ")
    return rows


def choices(run: BulkRun, language: str) -> dict[str, list[tuple[str, str]]]:
    """What can be filtered by: the issuers that were confirmed, by name, and the decisive codes that occur."""
    issuers = (
        run.entries.exclude(issuer="").values_list("issuer", "issuer_name").distinct().order_by("issuer_name")[:200]
    )
    codes = run.entries.exclude(code="").values_list("code", flat=True).distinct().order_by("code")
    return {
        "issuers": [(issuer, name or issuer) for issuer, name in issuers],
        "codes": [(code, f"{sentences.name(CODES[code].name, language)} · {code}") for code in codes if code in CODES],
    }


def finding(entry: BulkEntry, language: str) -> str:
    """The decisive finding of `entry` in words: the sentence of its report, or why there is none."""
    if entry.result == REFUSED:
        return refusal_sentence(entry.refusal, entry.source_host)
    report = report_of(entry)
    check = next((check for check in report.get("checks", ()) if check["code"] == entry.code), None)
    if check is None:
        return str(report.get("verdictSentence", ""))
    try:  # in the reader's language, which may be another than that of the run
        return sentences.sentence(_found(entry.code, **check["facts"]), language)
    except (LookupError, TypeError):
        return str(check["sentence"])


def with_reports(rows: QuerySet[BulkEntry]) -> QuerySet[BulkEntry]:
    """The same entries, their reports fetched at once."""
    return rows.defer(None).defer("content")


def report_page(entry: BulkEntry, language: str) -> dict[str, Any] | None:
    """The report as its page shows it, or None where there is none."""
    said = report_of(entry)
    return presentation.arranged(said, language) if said else None


def report_of(entry: BulkEntry) -> dict[str, Any]:
    """The report as JSON values; empty where there is none."""
    return json.loads(zlib.decompress(bytes(entry.report))) if entry.report else {}


def as_csv(rows: QuerySet[BulkEntry], language: str) -> Iterator[str]:
    """The table as CSV for spreadsheets (RFC 4180, with a byte order mark), no cell of which is taken for a formula."""
    yield "\ufeff" + _line(_COLUMNS)
    for entry in with_reports(rows).iterator(chunk_size=200):
        values = [*(getattr(entry, column) for column in _COLUMNS[:7]), finding(entry, language), entry.codes.strip()]
        yield _line(formula_safe(str(value)) for value in values)


def as_json(run: BulkRun, rows: QuerySet[BulkEntry], language: str) -> Iterator[str]:
    """`{"expiresAt", "results": [{"name", "result", "report" or "refusal"}]}`, written as it is read."""
    yield f'{{"expiresAt": "{(run.created_at + KEPT).isoformat()}", "results": ['
    before = ""
    for entry in with_reports(rows).iterator(chunk_size=200):
        yield before + json.dumps(as_value(entry, language), ensure_ascii=False)
        before = ",\n"
    yield "]}"


def as_value(entry: BulkEntry, language: str) -> dict[str, Any]:
    """One entry for programs."""
    value: dict[str, Any] = {"position": entry.position, "name": entry.name, "result": entry.result}
    if entry.result == REFUSED:
        value["refusal"] = {"code": entry.refusal, "detail": finding(entry, language)}
    else:
        value["report"] = report_of(entry)
    return value


def _line(values: Any) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerow(values)
    return stream.getvalue()

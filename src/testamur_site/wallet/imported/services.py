"""Adding, looking again, deleting. What a holder keeps is theirs: nothing of it is audited to any institution."""

from __future__ import annotations

import hashlib

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from testamur.verification import Outcome, Question, Report
from testamur_site.verification.api import Input, verify_document, verify_input

from ..models import Holder
from ..services import tell_of_change
from . import rules
from .errors import ImportRefused
from .models import ImportedDocument


def add(holder: Holder, given: Input) -> ImportedDocument:
    """Verify what a holder gives and keep it.

    1. Read and verify it like a visitor's; this may fetch, and writes nothing.
    2. Refuse what is not genuine, and what is about somebody else.
    3. Keep it, unless there is no more room. The holder's row is the lock.

    Raises ImportRefused. A revoked or expired credential is kept: it is what the holder has, and says so.
    """
    addresses = _addresses(holder)
    answer = verify_input(given, recipient=addresses[0] if addresses else None)
    if answer.report is None:
        raise ImportRefused(answer.refusal, source=answer.source)
    if len(answer.content) > rules.MAXIMUM_BYTES:
        raise ImportRefused("too_large", megabytes=rules.MAXIMUM_BYTES // 1024 // 1024)
    report = answer.report
    if report.outcome(Question.GENUINE) is Outcome.FAILED:
        raise ImportRefused("not_genuine", finding=rules.finding(report))
    shown = rules.summary(report)
    if not shown:
        raise ImportRefused("not_readable", finding=rules.finding(report))
    identity = _identity(answer.content, report, addresses)
    if identity is rules.Identity.DIFFERENT:
        raise ImportRefused("about_another", title=shown["title"])
    with transaction.atomic():
        Holder.objects.select_for_update().get(pk=holder.pk)
        kept = ImportedDocument.objects.filter(holder=holder)
        digest = hashlib.sha256(answer.content).hexdigest()
        if kept.filter(digest=digest).exists():
            raise ImportRefused("already", title=shown["title"])
        if kept.count() >= rules.MAXIMUM_DOCUMENTS:
            raise ImportRefused("too_many", limit=rules.MAXIMUM_DOCUMENTS)
        if (kept.aggregate(all=Sum("size"))["all"] or 0) + len(answer.content) > rules.MAXIMUM_TOGETHER:
            raise ImportRefused("too_much", megabytes=rules.MAXIMUM_TOGETHER // 1024 // 1024)
        try:
            with transaction.atomic():
                made = ImportedDocument.objects.create(
                    holder=holder,
                    content=answer.content,
                    size=len(answer.content),
                    digest=digest,
                    media_type=_media_type(answer.content),
                    source=answer.source[:2048],
                    identity=identity,
                    verdict=rules.verdict(report).value,
                    finding=rules.finding(report),
                    shown=shown,
                )
        except IntegrityError:
            raise ImportRefused("already", title=shown["title"]) from None
        tell_of_change(holder)
    return made


def look_again(document: ImportedDocument) -> ImportedDocument:
    """Verify a kept document as of now. Whoever counts on it is told when the verdict is another one than before."""
    addresses = _addresses(document.holder)
    content = bytes(document.content)
    report = verify_document(content, recipient=addresses[0] if addresses else None)
    verdict, identity = rules.verdict(report).value, _identity(content, report, addresses)
    if identity is rules.Identity.DIFFERENT:
        identity = (
            rules.Identity.NOT_SHOWN
        )  # an address that once was theirs: it stays theirs to keep, and counts for nothing
    values = {"verdict": verdict, "finding": rules.finding(report), "verified_at": timezone.now()}
    shown = rules.summary(report)
    if shown:
        values |= {"shown": shown, "identity": identity.value}
    with transaction.atomic():
        known = ImportedDocument.objects.select_for_update(of=("self",)).filter(pk=document.pk).first()
        if known is None:
            return document  # deleted meanwhile
        ImportedDocument.objects.filter(pk=known.pk).update(**values)
        if known.verdict != verdict or known.identity != values.get("identity", known.identity):
            tell_of_change(document.holder)
    document.refresh_from_db()
    return document


@transaction.atomic
def delete(document: ImportedDocument) -> None:
    """Delete for good. Deleting twice changes nothing."""
    deleted, _ = ImportedDocument.objects.filter(pk=document.pk).delete()
    if deleted:
        tell_of_change(document.holder)


def _addresses(holder: Holder) -> list[str]:
    return list(holder.addresses.order_by("pk").values_list("email", flat=True)[: rules.MAXIMUM_ADDRESSES])


def _identity(content: bytes, report: Report, addresses: list[str]) -> rules.Identity:
    """Whose it is. Usually the first address answers; each further one takes a verification of its own."""
    reports = [report]
    for address in addresses[1:]:
        if rules.identity(reports) is rules.Identity.SHOWN:
            break
        reports.append(verify_document(content, recipient=address, one_of_many=True))
    return rules.identity(reports)


def _media_type(content: bytes) -> str:
    start = content[:512].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"\x89PNG"):
        return "image/png"
    if start.startswith(b"%PDF"):
        return "application/pdf"
    if start.startswith(b"PK"):
        return "application/zip"
    if start.startswith(b"{"):
        return "application/json"
    if start.startswith(b"<"):
        return "image/svg+xml"
    return "text/plain"

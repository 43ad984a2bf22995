"""Pieces of evidence in a learner's portfolio: added, deleted before use, opened, checked.

A file is stored before its row is written, so a row always has its bytes. A file without a row is swept away a day later.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from typing import BinaryIO
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import ProtectedError, Sum

from ..errors import EvidenceGone, EvidenceInUse, EvidenceRefused
from ..evidence import store
from ..evidence.store import Incoming
from ..models import EvidenceItem, Learner
from ..rules import (
    ADDRESSES,
    MAXIMUM_PORTFOLIO,
    MAXIMUM_TEXT,
    MAXIMUM_TITLE,
    MAXIMUM_URL,
    EvidenceKind,
    SubmissionState,
)

_ADDRESS = URLValidator(schemes=["https"])


def add_address(learner: Learner, kind: str, url: str, title: str = "", *, public: bool = False) -> EvidenceItem:
    """A link, a video or a repository by its address: kept, shown, never fetched. `public`: credentials may name it.

    Raises EvidenceRefused (not_https, bad_address, too_long, too_many).
    """
    url = url.strip()
    if EvidenceKind(kind) not in ADDRESSES:
        raise ValueError(f"{kind} is not an address.")
    _refuse_address(url)
    return _add(learner, kind=kind, title=title or _host(url), url=url, public=public)


def add_text(learner: Learner, text: str, title: str = "") -> EvidenceItem:
    """A text as it was written. Raises EvidenceRefused (empty, too_long)."""
    text = text.replace("\r\n", "\n")
    if not text.strip():
        raise EvidenceRefused(code="empty")
    if len(text) > MAXIMUM_TEXT:
        raise EvidenceRefused(code="too_long", most=MAXIMUM_TEXT)
    content = text.encode("utf-8", "surrogatepass")
    return _add(
        learner,
        kind=EvidenceKind.TEXT,
        title=title or _beginning(text),
        text=text,
        size=len(content),
        sha256=_sha256(content),
        media_type="text/plain",
    )


def add_file(learner: Learner, incoming: Incoming, title: str = "") -> EvidenceItem:
    """A file that has come in whole. Raises EvidenceRefused: too_large, no_space, empty, dangerous_type, too_many."""
    try:
        if not incoming.refusal and incoming.size == 0:
            raise EvidenceRefused(code="empty")
        _refuse(incoming)
        found = incoming.kind()
        if found.verdict == "dangerous":
            raise EvidenceRefused(code="dangerous_type", kind=found.code)
        _refuse_full(learner, incoming.size)
        sha256 = incoming.sha256
        stored_as = incoming.keep()
        _refuse(incoming)
    finally:
        incoming.drop()
    name = _file_name(incoming.file_name)
    try:
        return _add(
            learner,
            kind=EvidenceKind.FILE,
            title=title or name,
            stored_as=stored_as,
            file_name=name,
            media_type=found.media_type,
            verdict=found.verdict,
            size=incoming.size,
            sha256=sha256,
        )
    except BaseException:
        store.delete(stored_as)
        raise


def set_public(item: EvidenceItem, public: bool) -> None:
    """Let credentials name the address of a piece, or not. Credentials that were issued before stay as they are."""
    EvidenceItem.objects.filter(pk=item.pk, kind__in=sorted(ADDRESSES)).update(public=public)


@transaction.atomic
def delete_item(item: EvidenceItem) -> None:
    """Delete a piece that nothing handed in holds; drafts lose it. Raises EvidenceInUse."""
    fresh = EvidenceItem.objects.select_for_update(of=("self",)).filter(pk=item.pk).first()
    if fresh is None:
        return
    if fresh.uses.exclude(submission__state=SubmissionState.DRAFT).exists():
        raise EvidenceInUse()
    stored_as = fresh.stored_as
    try:
        fresh.delete()
    except ProtectedError as error:  # an appeal or a claim above holds it
        raise EvidenceInUse() from error
    transaction.on_commit(lambda: store.delete(stored_as))


def open_evidence(item: EvidenceItem) -> BinaryIO:
    """The bytes of a piece, to be read in pieces and closed by the caller. Raises EvidenceGone (erased, or missing)."""
    if item.erased_at is not None:
        raise EvidenceGone(code="erased")
    if item.kind != EvidenceKind.FILE:
        return io.BytesIO((item.text or item.url).encode("utf-8", "surrogatepass"))
    try:
        return store.open_stored(item.stored_as)
    except FileNotFoundError as error:
        raise EvidenceGone(code="missing") from error


def evidence_is_intact(item: EvidenceItem) -> bool:
    """Whether the bytes are still those that were handed in; an address has none and is. Raises EvidenceGone."""
    if not item.sha256:
        return True
    digest = hashlib.sha256()
    with open_evidence(item) as file:
        while piece := file.read(256 * 1024):
            digest.update(piece)
    return digest.hexdigest() == item.sha256


def sweep(now: datetime | None = None) -> int:
    """Delete stored files that no row names. See `evidence/store.py`. Outside any tenant: names belong to the whole store."""

    def known(names: list[str]) -> set[str]:
        return set(EvidenceItem.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))

    return store.sweep(known, now=now)


@transaction.atomic
def _add(learner: Learner, *, title: str, **values: object) -> EvidenceItem:
    _refuse_full(learner)
    return EvidenceItem.objects.create(
        institution=learner.institution, learner=learner, title=" ".join(title.split())[:MAXIMUM_TITLE], **values
    )


def _refuse_full(learner: Learner, size: int = 0) -> None:
    kept = EvidenceItem.objects.filter(learner=learner, erased_at=None)
    if kept.count() >= MAXIMUM_PORTFOLIO:
        raise EvidenceRefused(code="too_many", most=MAXIMUM_PORTFOLIO)
    if size and (kept.aggregate(sum=Sum("size"))["sum"] or 0) + size > store.portfolio_limit():
        raise EvidenceRefused(code="portfolio_full", most=store.portfolio_limit() // store.MEBIBYTE)


def _refuse(incoming: Incoming) -> None:
    if incoming.refusal:
        raise EvidenceRefused(code=incoming.refusal, most=store.limit() // store.MEBIBYTE)


def _refuse_address(url: str) -> None:
    if len(url) > MAXIMUM_URL:
        raise EvidenceRefused(code="too_long", most=MAXIMUM_URL)
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() != "https":
            raise EvidenceRefused(code="not_https")
        _ADDRESS(url)
        if parts.username or parts.password:  # a secret, or a host that is made to look like another
            raise EvidenceRefused(code="bad_address")
    except (ValidationError, ValueError) as error:
        raise EvidenceRefused(code="bad_address") from error


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _beginning(text: str) -> str:
    return next((line.strip("# ").strip() for line in text.splitlines() if line.strip("# ").strip()), "")[:80]


def _file_name(name: str) -> str:
    """What the learner called it, without path and control characters; its end is kept where it is long."""
    last = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip(". ")
    return (last or "file") if len(last) <= 120 else f"{last[:80]}…{last[-30:]}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

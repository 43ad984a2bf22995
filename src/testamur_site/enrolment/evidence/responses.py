"""Giving out what learners handed in: as a download, under a type that was found from the bytes, in a sandbox, and never kept by a cache.

Whoever calls has found out that the visitor may see it. A picture can also be shown inside a page (`<img>` ignores the disposition).
"""

from __future__ import annotations

import base64

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from .. import sentences
from ..errors import EvidenceGone
from ..models import EvidenceItem
from ..rules import EvidenceKind
from ..services.portfolio import open_evidence
from .kinds import BYTES

_SHOWN_AS_PICTURE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def is_picture(item: EvidenceItem) -> bool:
    """Whether a page may show it with <img>: by its bytes, a format that every browser draws."""
    return item.media_type in _SHOWN_AS_PICTURE and item.erased_at is None


def evidence_response(request: HttpRequest, item: EvidenceItem) -> FileResponse | HttpResponse:
    """The bytes of a file or a text as an attachment; a page in words (410) where they are gone."""
    try:
        file = open_evidence(item)
    except EvidenceGone as gone:
        return render(request, "enrolment/work/gone.html", {"item": item, "why": sentences.of_error(gone)}, status=410)
    media_type = item.media_type if item.verdict == "accepted" and item.media_type else BYTES
    response = _Download(file, as_attachment=True, filename=_name(item), content_type=_with_charset(media_type))
    response["Content-Length"] = str(item.size)
    response["X-Content-Type-Options"] = "nosniff"
    # csp.middleware leaves a policy alone that is there already.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    if item.sha256:  # RFC 9530: so that a program can check what it got
        digest = base64.b64encode(bytes.fromhex(item.sha256)).decode()
        response["Repr-Digest"] = f"sha-256=:{digest}:"
    return response


class _Download(FileResponse):
    """Reads the file in larger pieces than Django does, and closes it also where nobody reads it."""

    block_size = 256 * 1024


def _with_charset(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _name(item: EvidenceItem) -> str:
    if item.kind == EvidenceKind.FILE:
        return item.file_name or "file"
    return f"{item.title or 'text'}.txt"

"""Evidence, given out so that it cannot do anything: sandboxed, without sniffing, under a plain name where nobody may know whose it is."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseRedirectBase

from testamur_site.enrolment.api import EvidenceGone, Submission, evidence_of, open_evidence

from ..reading.showing import PICTURES, file_name, hidden
from ..unnaming import can_be_unnamed, unnamed

SANDBOX = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
_SHOWN = PICTURES | {"text/plain"}
MOST_READ = 1024 * 1024
"""A text file of more bytes is given out as it is, with whatever it says about its author."""


class Away(HttpResponseRedirectBase):
    """To an address that a learner gave, without saying where from."""

    status_code = 302
    allowed_schemes = ["https"]


def serve(submission: Submission, number: int, *, anonymous: bool) -> HttpResponseBase:
    """The piece of that number: a file, or the way to its address. Raises Http404."""
    pieces = evidence_of(submission)
    if not 1 <= number <= len(pieces):
        raise Http404
    item = pieces[number - 1]
    if item.erased_at is not None:
        raise Http404
    if item.kind in ("link", "video", "repository"):
        response: HttpResponseBase = Away(item.url)
        response["Referrer-Policy"] = "same-origin"
        return response
    if item.kind == "text":
        text = hidden(submission, item.text) if anonymous else item.text
        response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    else:
        try:
            content = open_evidence(item)
        except EvidenceGone as error:
            raise Http404 from error
        accepted = item.verdict == "accepted"
        plain = accepted and item.media_type == "text/plain"
        kind = "text/plain; charset=utf-8" if plain else item.media_type if accepted else "application/octet-stream"
        name = file_name(item, number, anonymous=anonymous)
        if plain and anonymous and item.size <= MOST_READ:
            with content:
                text = hidden(submission, content.read().decode("utf-8", "replace"))
            response = HttpResponse(
                text, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'}
            )
        else:
            shown = accepted and item.media_type in _SHOWN
            if accepted and anonymous and can_be_unnamed(item.media_type, item.size):
                with content:
                    changed = unnamed(content.read(), item.media_type, lambda text: hidden(submission, text))
                content = BytesIO(changed)
            response = FileResponse(content, as_attachment=not shown, filename=name, content_type=kind)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response

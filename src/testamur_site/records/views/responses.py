"""What all pages of transcripts answer with."""

from __future__ import annotations

from django.http import HttpResponse


def as_file(content: bytes, name: str = "transcript.json") -> HttpResponse:
    """A signed transcript as a file."""
    response = HttpResponse(content, content_type="application/vc")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def quiet(response: HttpResponse) -> HttpResponse:
    """Not stored, not indexed, and its address not told to other sites: for pages that a secret opens."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response

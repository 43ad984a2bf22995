"""How a submission looks to whoever marks it: a code in the place of a name, evidence that can be opened safely.

Where marking is anonymous (always for peers) three things are done: files are called by their number, texts are shown without the author's
name and address, and the address of a link is reached through us, so that it stands on no page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from testamur_site.enrolment.api import EvidenceItem, Submission, evidence_of

from ..rules import code_name, without_names

_EXTENSIONS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "text/plain": "txt",
    "text/csv": "csv",
    "application/zip": "zip",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "audio/mpeg": "mp3",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/epub+zip": "epub",
}
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show in its place. Everything else is opened by itself or downloaded."""

MOST_TEXT = 60_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence, by its number in the submission. `address` opens it; `picture` where it can be shown in the page."""

    number: int
    kind: str
    title: str
    address: str
    host: str = ""
    text: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""
    picture: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A submission on a page. `name` is '' where it must not be known."""

    code: str
    name: str
    pieces: tuple[Piece, ...]
    note: str
    help_used: str
    submitted_at: datetime | None
    due_at: datetime | None
    late: bool
    attempt: int


def shown(submission: Submission, address: Callable[[int], str], *, anonymous: bool) -> Shown:
    """What a page shows of a submission. `address(number)` is where a piece of evidence is opened."""
    learner = submission.enrolment.learner

    def hide(text: str) -> str:
        return hidden(submission, text) if anonymous else text

    pieces = tuple(
        _piece(number, item, address(number), hide, anonymous=anonymous)
        for number, item in enumerate(evidence_of(submission), 1)
    )
    return Shown(
        code=code_name(submission.public_id),
        name="" if anonymous else learner.name or _("Forgotten person"),
        pieces=pieces,
        note=hide(submission.note),
        help_used=hide(submission.help_used),
        submitted_at=submission.submitted_at,
        due_at=submission.due_at,
        late=submission.late,
        attempt=submission.attempt,
    )


def hidden(submission: Submission, text: str) -> str:
    """`text` without the name and address of the submission's author."""
    learner = submission.enrolment.learner
    return without_names(text, (learner.name, learner.email))


def _piece(number: int, item: EvidenceItem, address: str, hide: Callable[[str], str], *, anonymous: bool) -> Piece:
    title = item.title
    host = ""
    if item.kind == "text" and item.text.lstrip().startswith(title.rstrip(".… ")):
        title = _("Text")  # nobody gave it a title: its first words stand there
    if item.kind in ("link", "video", "repository"):
        host = hide(urlsplit(item.url).hostname or "")
        if anonymous:
            title = hide(title) if title and title not in item.url else host
    elif item.kind == "file" and anonymous:
        title = _("File %(number)s") % {"number": number}
    return Piece(
        number=number,
        kind=item.kind,
        title=hide(title) or _("Evidence %(number)s") % {"number": number},
        address=address,
        host=host,
        text=hide(item.text[:MOST_TEXT]) if item.kind == "text" else "",
        media_type=item.media_type,
        size=item.size,
        sha256=item.sha256,
        picture=item.kind == "file" and item.media_type in PICTURES and item.verdict == "accepted",
        gone=item.erased_at is not None,
    )


def file_name(item: EvidenceItem, number: int, *, anonymous: bool) -> str:
    """How a file is called when it is downloaded; plain where its own name could tell whose it is."""
    if item.file_name and not anonymous:
        return item.file_name
    return f"evidence-{number}.{_EXTENSIONS.get(item.media_type, 'bin')}"

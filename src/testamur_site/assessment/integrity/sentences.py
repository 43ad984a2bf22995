"""What the pages of copies say."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .models import CopyFinding
from .rules import FindingState, ReadState

STATES = {
    FindingState.OPEN: _("To be looked at"),
    FindingState.DISMISSED: _("Dismissed"),
    FindingState.REPORTED: _("Reported"),
}

UNREAD = {
    ReadState.NO_TEXT: _("hold no text (a picture of a page, for example)"),
    ReadState.OTHER_KIND: _("are of a kind that is not read (links, films, pictures, other files)"),
    ReadState.DAMAGED: _("are damaged or protected"),
    ReadState.TOO_LARGE: _("are too large to be read"),
    ReadState.GONE: _("are no longer there"),
}


def how_much(finding: CopyFinding) -> str:
    """How much two submissions have in common, in one line."""
    parts = []
    if finding.same_files:
        parts.append(
            ngettext("%(n)s piece is the very same", "%(n)s pieces are the very same", finding.same_files)
            % {"n": finding.same_files}
        )
    if finding.letters:
        share = round(finding.share * 100)
        parts.append(gettext("%(share)s %% of the shorter text is in both") % {"share": share})
    return " · ".join(parts)


def suspicion(finding: CopyFinding) -> str:
    """What a case could begin with; it holds for either of the two, and a person edits it."""
    lines = []
    if finding.letters:
        share = round(finding.share * 100)
        lines.append(
            gettext(
                "Long passages stand word for word in another submission too (%(share)s %% of the shorter of the two texts)."
            )
            % {"share": share}
        )
    if finding.same_files:
        lines.append(gettext("A piece of evidence is the very same as in another submission."))
    return " ".join(lines)

"""What a state looks like: an icon, a tone and a word, always the three together."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class State:
    """`tone` is a class of components.css: passed, failed, unknown, info or quiet."""

    tone: str
    icon: str
    word: str | Promise


STATES: dict[str, State] = {
    # outcomes of a check
    "passed": State("passed", "circle-check", pgettext_lazy("outcome of a check", "Passed")),
    "failed": State("failed", "circle-x", pgettext_lazy("outcome of a check", "Failed")),
    "unknown": State("unknown", "circle-question-mark", pgettext_lazy("outcome of a check", "Could not be decided")),
    # verdicts
    "valid": State("passed", "badge-check", _("Valid")),
    "invalid": State("failed", "circle-x", _("Not valid")),
    "undetermined": State("unknown", "circle-question-mark", _("Undetermined")),
    # what is published
    "draft": State("quiet", "pencil", _("Draft")),
    "published": State("passed", "circle-check", _("Published")),
    "retired": State("quiet", "history", _("Retired")),
    "public": State("info", "eye", pgettext_lazy("who can see it", "Public")),
    "private": State("quiet", "lock", pgettext_lazy("who can see it", "Private")),
    # what became of it
    "pending": State("info", "clock", _("Pending")),
    "issued": State("passed", "award", _("Issued")),
    "claimed": State("passed", "badge-check", _("Claimed")),
    "suspended": State("unknown", "circle-pause", _("Suspended")),
    "revoked": State("failed", "ban", _("Revoked")),
    "superseded": State("info", "replace", _("Superseded")),
    "expired": State("unknown", "calendar", _("Expired")),
    "cancelled": State("quiet", "circle-x", _("Cancelled")),
    "refused": State("failed", "circle-x", _("Refused")),
    # work in progress
    "queued": State("quiet", "circle-dashed", _("Waiting")),
    "running": State("info", "circle-dashed", _("In progress")),
    "done": State("passed", "circle-check", _("Done")),
    "undone": State("quiet", "undo-2", _("Undone")),
    "sent": State("passed", "mail", pgettext_lazy("of a message", "Sent")),
    # of a person or a key
    "active": State("passed", "circle-check", _("Active")),
    "inactive": State("quiet", "circle-pause", _("Inactive")),
    "required": State("unknown", "triangle-alert", _("Missing")),
    "complete": State("passed", "circle-check", _("Complete")),
}

NEUTRAL = State("quiet", "circle-dashed", "")


def state_of(name: str) -> State:
    """The state of that name; an unknown name is shown plainly, with itself as its word."""
    found = STATES.get(name)
    return found or State(NEUTRAL.tone, NEUTRAL.icon, name)

"""What is refused, and what things are called, in the reader's language. Made late, never stored.

Each sentence says what was found and what to do next. A registrar should be able to read it aloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .outcome import Waits, Why
from .rules import MarkState, PeerPhase, ResultState, Role

ROLES = {
    Role.STAFF: pgettext_lazy("who marked", "Assessor"),
    Role.PEER: pgettext_lazy("who marked", "Peer"),
    Role.SELF: pgettext_lazy("who marked", "Self-assessment"),
    Role.INDUSTRY: pgettext_lazy("who marked", "Industry validator"),
    Role.MODERATOR: pgettext_lazy("who marked", "Moderator"),
    Role.CALIBRATION: pgettext_lazy("who marked", "Trial"),
}

MARK_STATES = {
    MarkState.OPEN: pgettext_lazy("state of a mark", "To be taken"),
    MarkState.ALLOCATED: pgettext_lazy("state of a mark", "To be marked"),
    MarkState.DRAFT: pgettext_lazy("state of a mark", "Begun"),
    MarkState.DONE: pgettext_lazy("state of a mark", "Marked"),
    MarkState.DECLINED: pgettext_lazy("state of a mark", "Declined: conflict of interest"),
    MarkState.EXPIRED: pgettext_lazy("state of a mark", "Ran out"),
    MarkState.RETURNED: pgettext_lazy("state of a mark", "Given back"),
    MarkState.SUPERSEDED: pgettext_lazy("state of a mark", "Taken back"),
}

RESULT_STATES = {
    ResultState.PROVISIONAL: pgettext_lazy("state of a result", "Being marked"),
    ResultState.MODERATION: pgettext_lazy("state of a result", "For a moderator"),
    ResultState.AGREED: pgettext_lazy("state of a result", "Agreed"),
}

PEER_PHASES = {
    PeerPhase.COLLECTING: _("Not begun"),
    PeerPhase.REVIEWING: _("Learners are reviewing"),
    PeerPhase.CLOSED: pgettext_lazy("peer review", "Closed"),
}

WAITS = {
    Waits.STAFF: _("a mark of the staff"),
    Waits.INDUSTRY: _("an industry validator"),
    Waits.PEERS: _("the end of the peer review"),
}

REASONS = {
    Why.DIFFERENCE: _("The marks are further apart than the scheme allows."),
    Why.MUST_PASS: _("The marks disagree whether a criterion that must be passed is passed."),
    Why.BORDERLINE: _("The pass mark lies within the uncertainty of the peers' part."),
    Why.FEW_PEERS: _("Too few peers have reviewed, and there is no other mark."),
    Why.SAMPLE: _("Drawn for the sample."),
    Why.REQUESTED: _("Somebody asked for a moderator."),
}

_ERRORS = {
    "mark.not_yours": _("This submission is no longer in your hand. Your queue shows what is."),
    "mark.taken": _("Somebody else has just taken this submission. Take the next one."),
    "mark.nothing": _("There is nothing left for you to take."),
    "mark.incomplete": _("Choose a level for every criterion, then save again. What you have chosen so far is kept."),
    "mark.unknown_level": _("The rubric has no such level. Load the page again and choose once more."),
    "mark.state": _("This cannot be done any more: something has changed since you opened the page. Load it again."),
    "mark.excluded": _(
        "This person may not mark this submission: it is their own, they have marked it, or an appeal excludes them."
    ),
    "mark.draft_changed": _(
        "You have saved this mark elsewhere since you opened this page. Load it again to see what was saved."
    ),
    "result.agreed": _("The result is agreed. Only an appeal opens it again."),
    "result.moderator": _(
        "A moderator is somebody who has not marked this submission. Please leave it to a colleague."
    ),
    "result.reason": _("Please give the reason in a sentence or two."),
    "peers.not_ready": _("Peer review needs at least two submissions. Begin it when more learners have handed in."),
    "peers.phase": _("The peer review of this task is not open."),
    "peers.not_handed_in": _("You can review others when you have handed in your own work."),
    "peers.calibrate_first": _("Try your judgement on the samples first. Then the reviews open."),
    "validator.closed": _("This link is not valid (any more). Please ask the person who sent it for a new one."),
    "validator.too_many": _("So many people were invited today that no more can be invited before tomorrow."),
    "task.unknown": _("This programme has no such task, or the task has no rubric."),
}


def of_error(code: str, facts: Mapping[str, Any] | None = None) -> str:
    """A refusal in words; a code that is not known here says that it did not work."""
    if code == "mark.state" and (facts or {}).get("state") == ResultState.MODERATION:
        return str(_("A moderator compares the marks now; they cannot be changed any more."))
    return str(_ERRORS.get(code, _("That did not work. Load the page again.")))

"""Renewals as the pages show them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .errors import CycleFixed, NeverEnds, NotDone, RenewalError, TooMany
from .models import Activity, Renewal
from .rules import ASKABLE, Phase, RenewalState, Terms, last_day, phase_of
from .services import progress_of

STATES = {
    RenewalState.OPEN: ("running", gettext_lazy("In progress")),
    RenewalState.AUDIT: ("pending", gettext_lazy("Staff are looking at it")),
    RenewalState.ASKED: ("running", gettext_lazy("Being renewed")),
    RenewalState.RENEWED: ("passed", gettext_lazy("Renewed")),
    RenewalState.LAPSED: ("failed", gettext_lazy("Lapsed")),
    RenewalState.CLOSED: ("inactive", gettext_lazy("Closed")),
}
PHASES = {
    Phase.GRACE: ("expired", gettext_lazy("In its days of grace")),
    Phase.REINSTATEMENT: ("expired", gettext_lazy("Can be reinstated")),
    Phase.OVER: ("failed", gettext_lazy("Lapsed")),
}


def row(renewal: Renewal, today: date | None = None) -> dict[str, Any]:
    """One renewal with its state in words, its phase and what is done."""
    today = today or timezone.localdate()
    terms = renewal.cycle.terms
    phase = phase_of(terms, renewal.ends, today)
    state, word = STATES[RenewalState(renewal.state)]
    if renewal.state == RenewalState.OPEN:
        state, word = PHASES.get(phase, (state, word))
    progress = progress_of(renewal, today)
    total = progress.lines[0]
    return {
        "renewal": renewal,
        "state": state,
        "word": word,
        "phase": phase.value,
        "progress": progress,
        "terms": terms,
        "done": int(min(total.done, total.required)),
        "required": int(total.required),
        "opens": renewal.ends - timedelta(days=terms.window_days),
        "last_day": last_day(terms, renewal.ends),
        "days_left": (renewal.ends - today).days,
        "can_ask": renewal.state == RenewalState.OPEN and phase in ASKABLE and progress.holds,
        "editable": renewal.state == RenewalState.OPEN and phase is not Phase.OVER,
    }


def activity_rows(renewal: Renewal, terms: Terms) -> list[dict[str, Any]]:
    names = {one.key: one.name for one in terms.categories}
    found: list[Activity] = list(renewal.activities.select_related("award"))
    return [
        {"activity": one, "category": names.get(one.category, _("Something else")), "counts": one.done().valid}
        for one in found
    ]


def refusal(error: RenewalError) -> str:
    """Why something was not done, and what to do, in words."""
    if isinstance(error, NotDone):
        return _("Something that the cycle asks for is still open. The table says what.")
    if isinstance(error, TooMany):
        return _("One renewal holds up to %(limit)d activities. Put small ones together.") % error.facts
    if isinstance(error, NeverEnds):
        return _("This version has no validity. Give it one first: what never ends is not renewed.")
    if isinstance(error, CycleFixed):
        return _("Something was already awarded by this version, so its cycle stays. Make a new version to change it.")
    return _("This cannot be done now. Open the page again: something has changed meanwhile.")

"""A plan as its page shows it: cards of steps, what an alternative or another question changes, and the question in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from testamur_site.catalogue.api import OfferingShown, offering_shown
from testamur_site.foundation.design_system.api import day

from ..presentation import reader_language
from . import queries
from .models import AskedPlan
from .rules import Asked, PlanState

STATES = {
    PlanState.OPEN: ("running", gettext_lazy("Being worked out")),
    PlanState.READY: ("passed", gettext_lazy("Ready")),
    PlanState.REFUSED: ("unknown", gettext_lazy("Cannot be planned")),
    PlanState.CANCELLED: ("inactive", gettext_lazy("Given up")),
    PlanState.FAILED: ("failed", gettext_lazy("Not finished")),
}
STAGES = {
    "reading": gettext_lazy("Reading what you hold and what is offered"),
    "searching": gettext_lazy("Looking for the best way"),
    "alternatives": gettext_lazy("Looking for other ways"),
    "loosening": gettext_lazy("Looking for what stands in the way"),
}
_OBJECTIVES = {
    "cheapest": gettext_lazy("as cheap as possible"),
    "fastest": gettext_lazy("as fast as possible"),
    "lightest": gettext_lazy("as little work as possible"),
}
_MODES = {
    "online": gettext_lazy("online"),
    "onsite": gettext_lazy("on site"),
    "hybrid": gettext_lazy("partly online"),
}
_LANGUAGES = {"en": gettext_lazy("English"), "ko": gettext_lazy("Korean")}


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `shown` is the offering as it is now, None where it is gone."""

    name: str
    first: date
    last: date
    hours: float
    why: str
    offering: str
    shown: OfferingShown | None


@dataclass(frozen=True, slots=True)
class Way:
    """One plan: its steps, how good it is, and what it changes against the first (`differs`)."""

    steps: tuple[Step, ...]
    headline: str
    quality: str
    proven: bool
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that came out, in the reader's language. `reasons` say why there is no way; `nothing` that nothing is to be done;
    `besides` what stands beside the plan."""

    ways: tuple[Way, ...] = ()
    reasons: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    refused: bool = False
    offered: Mapping[str, Any] | None = None


def values_of(plan: AskedPlan) -> Mapping[str, Any]:
    """The answer's values in the reader's language; empty where there are none."""
    found: Mapping[str, Any] = plan.answer.get(reader_language(), {})
    return found


def answer_of(plan: AskedPlan, today: date) -> Answer:
    """The answer of a plan that is ready or was refused."""
    if "refused" in plan.answer:
        return Answer(refused=True)
    values = values_of(plan)
    offered = plan.answer.get("offered")
    sentences: Sequence[Sequence[str]] = values.get("sentences", ())
    if values.get("plan") is None:
        return Answer(reasons=tuple(sentences[0]) if sentences else (), offered=offered)
    written = [values["plan"], *values["alternatives"]]
    if not values["plan"]["steps"]:
        return Answer(nothing=tuple(sentences[0]) if sentences else (), offered=offered)
    runs = queries.offerings_by_id(step["offering"] for one in written for step in one["steps"])
    shown = {public_id: offering_shown(run, today) for public_id, run in runs.items()}
    ways = tuple(
        Way(
            steps=tuple(_step(step, shown) for step in one["steps"]),
            headline=one.get("headline", ""),
            quality=one.get("quality", ""),
            proven=one["proven"],
            differs=tuple(difference(values["plan"], one)) if number else (),
        )
        for number, one in enumerate(written)
    )
    return Answer(ways, besides=tuple(sentences[0][2 + len(ways[0].steps) :]) if sentences else (), offered=offered)


def _step(step: Mapping[str, Any], shown: Mapping[str, OfferingShown]) -> Step:
    return Step(
        name=step["name"],
        first=date.fromisoformat(step["begins"]),
        last=date.fromisoformat(step["ends"]),
        hours=step["hours"],
        why=", ".join(step.get("why", ())),
        offering=step["offering"],
        shown=shown.get(step["offering"]),
    )


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What changes from one plan to another, as short phrases: money, days, hours, steps."""
    said = []
    if before["currency"] == after["currency"] and (cost := _amount(after["cost"], before["cost"])):
        amount = f"{abs(cost):,.2f}".removesuffix(".00") + f" {after['currency']}"
        words = _("%(amount)s more expensive") if cost > 0 else _("%(amount)s cheaper")
        said.append(words % {"amount": amount.strip()})
    if before["ends"] and after["ends"]:
        days = (date.fromisoformat(after["ends"]) - date.fromisoformat(before["ends"])).days
        if days > 0:
            said.append(ngettext("%(days)d day later", "%(days)d days later", days) % {"days": days})
        elif days < 0:
            said.append(ngettext("%(days)d day earlier", "%(days)d days earlier", -days) % {"days": -days})
    if hours := _amount(after["hours"], before["hours"]):
        words = _("%(hours)s hours more") if hours > 0 else _("%(hours)s hours less")
        said.append(words % {"hours": f"{abs(hours).normalize():f}"})
    was = {step["offering"]: step["name"] for step in before["steps"]}
    is_ = {step["offering"]: step["name"] for step in after["steps"]}
    if new := [name for offering, name in is_.items() if offering not in was]:
        said.append(_("new: %(names)s") % {"names": ", ".join(new)})
    if gone := [name for offering, name in was.items() if offering not in is_]:
        said.append(_("not any more: %(names)s") % {"names": ", ".join(gone)})
    return said


def _amount(one: float, other: float) -> Decimal:
    return Decimal(str(one)) - Decimal(str(other))


def changed_since(before: AskedPlan, plan: AskedPlan) -> list[str]:
    """What another question changes: phrases, or the sentence that there is a way only to one of them. Empty where neither has one."""
    was, is_ = values_of(before).get("plan"), values_of(plan).get("plan")
    if was and is_:
        return difference(was, is_) or [_("The same plan.")]
    if is_:
        return [_("Before there was no such way; now there is.")]
    return [_("Before there was a way; under these wishes there is none.")] if was else []


def question_words(asked: Asked, currency: str = "") -> str:
    """The question in a few words: `as cheap as possible · at most 200 EUR · Korean`."""
    said = [str(_OBJECTIVES[asked.objective.value])]
    if asked.budget is not None:
        amount = f"{Decimal(asked.budget) / 100:,.2f}".removesuffix(".00")
        said.append(_("at most %(amount)s") % {"amount": f"{amount} {currency}".strip()})
    if asked.hours is not None:
        said.append(_("at most %(hours)s hours a week") % {"hours": f"{asked.hours.normalize():f}"})
    if asked.by is not None:
        said.append(_("done by %(day)s") % {"day": day(asked.by)})
    said += [str(_LANGUAGES[language]) for language in sorted(asked.languages) if language in _LANGUAGES]
    if asked.mode:
        said.append(str(_MODES[asked.mode]))
    if asked.without:
        count = len(asked.without)
        said.append(ngettext("without %(count)d offering", "without %(count)d offerings", count) % {"count": count})
    return " · ".join(said)

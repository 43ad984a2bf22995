"""How an offering stands for those who lead it, gathered from the capabilities that know it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from testamur_site.assessment import api as assessment
from testamur_site.catalogue.api import Offering
from testamur_site.decisions import api as decisions
from testamur_site.enrolment import api as enrolment
from testamur_site.foundation.tenancy.api import Institution

TAKES_PART = ("enrolled", "completed")
MOST = 40
"""So many offerings the list shows: those of the last years."""


@dataclass(frozen=True, slots=True)
class Led:
    """An offering in the list: how many take part, and how many results are still to come."""

    offering: Offering
    title: str
    learners: int
    handed_in: int
    agreed: int
    to_decide: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A task of a learner: `state` is none, draft, submitted, moderation, reached or not_reached; `percent` '' before it is agreed."""

    state: str
    percent: str = ""
    late: bool = False
    result: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A learner in an offering, with one cell for each task. `decision` is an outcome, '' before."""

    enrolment: enrolment.Enrolment
    cells: tuple[Cell, ...]
    decision: str


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """So many wait for the same thing; `since` when the oldest began to wait, `url` where something can be done about it."""

    sentence: str
    count: int
    since: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class TaskOverview:
    """A task of an offering with the figures of its marks."""

    key: str
    title: str
    url: str
    handed_in: int
    agreed: int
    spreads: Sequence[assessment.Spread]
    helpful: dict[str, Any]
    links: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Programme:
    offering: Offering
    title: str
    tasks: tuple[TaskOverview, ...]
    rows: tuple[Row, ...]
    bottlenecks: tuple[Bottleneck, ...]
    learners: int
    handed_in: int
    agreed: int
    to_decide: int


def led(_institution: Institution) -> list[Led]:
    """The offerings of the active institution that are not cancelled, those that began last first."""
    rows = (
        Offering.objects.exclude(state=Offering.State.CANCELLED)
        .select_related("version__micro_credential", "institution")
        .order_by("-starts_on", "-pk")
    )
    return [_led(offering) for offering in rows[:MOST]]


def _led(offering: Offering) -> Led:
    taking = enrolment.enrolments(offering).filter(state__in=TAKES_PART)
    handed = [
        submission
        for design in assessment.task_designs(offering.version)
        for submission in enrolment.submissions(offering, design.task.key)
        if submission.state == "submitted"
    ]
    results = assessment.results_of(handed)
    return Led(
        offering=offering,
        title=offering.version.title,
        learners=taking.count(),
        handed_in=len(handed),
        agreed=sum(result.agreed for result in results.values()),
        to_decide=len(decisions.board(offering)),
    )


def programme(institution: Institution, offering: Offering) -> Programme:
    """Everything on the page of one offering."""
    language = get_language() or "en"
    designs = assessment.task_designs(offering.version)
    standings = {design.task.key: assessment.standings(offering, design) for design in designs}
    latest = {(one.submission.enrolment_id, key): one for key, found in standings.items() for one in found}
    taking = list(enrolment.enrolments(offering).filter(state__in=TAKES_PART))
    drafts = _drafts(taking)
    decided = _decided(offering)
    rows = tuple(
        Row(
            enrolment=one,
            cells=tuple(
                replace(
                    _cell(latest.get((one.pk, design.task.key)), (one.pk, design.task.key) in drafts, design),
                    task=design.title(language),
                )
                for design in designs
            ),
            decision=decided.get(one.pk, ""),
        )
        for one in taking
    )
    tasks = tuple(
        TaskOverview(
            key=design.task.key,
            title=design.title(language),
            url=_links(institution, offering, design)[0][1],
            handed_in=len(standings[design.task.key]),
            agreed=sum(one.result is not None and one.result.agreed for one in standings[design.task.key]),
            spreads=assessment.spreads(offering, design),
            helpful=assessment.helpfulness(offering, design.task.key),
            links=_links(institution, offering, design),
        )
        for design in designs
    )
    to_decide = len(decisions.board(offering))
    return Programme(
        offering=offering,
        title=offering.version.title,
        tasks=tasks,
        rows=rows,
        bottlenecks=tuple(_bottlenecks(institution, offering, tasks, standings, to_decide)),
        learners=len(taking),
        handed_in=sum(task.handed_in for task in tasks),
        agreed=sum(task.agreed for task in tasks),
        to_decide=to_decide,
    )


def _drafts(taking: list[enrolment.Enrolment]) -> set[tuple[int, str]]:
    """Where somebody has begun and not handed in: (enrolment, task key)."""
    found = enrolment.standings(taking)
    return {
        (pk, one.task.key) for pk, tasks in found.items() for one in tasks if one.state == enrolment.TaskState.DRAFT
    }


def _decided(offering: Offering) -> dict[int, str]:
    """The outcome in force for each enrolment of an offering that is decided."""
    rows = decisions.Decision.objects.filter(enrolment__offering=offering, superseded_by=None)
    return {pk: str(outcome) for pk, outcome in rows.values_list("enrolment_id", "outcome")}


def _cell(standing: assessment.Standing | None, draft: bool, design: assessment.Design) -> Cell:
    if standing is None:
        return Cell("draft" if draft else "none")
    result, submission = standing.result, standing.submission
    # Beside a name there is no way to the anonymous pages of the same work before its result is agreed.
    open_now = result is not None and not design.is_test and (result.agreed or not design.scheme.anonymous)
    shown = result.public_id if result is not None and open_now else ""
    if submission.state == "returned":
        return Cell("draft" if draft else "returned", late=submission.late, result=shown)
    if result is not None and result.agreed:
        return Cell("reached" if result.passed else "not_reached", f"{result.percent:.0f}", submission.late, shown)
    state = "moderation" if result is not None and result.state == assessment.ResultState.MODERATION else "submitted"
    return Cell(state, late=submission.late, result=shown)


WAITS = {
    "staff": _("for a mark of the staff"),
    "industry": _("for an industry validator"),
    "peers": _("for reviews of peers"),
    "moderation": _("for a moderator"),
}


def _bottlenecks(
    institution: Institution,
    offering: Offering,
    tasks: Sequence[TaskOverview],
    standings: dict[str, list[assessment.Standing]],
    to_decide: int,
) -> list[Bottleneck]:
    """What waits for whom, what waits longest first."""
    found = []
    for task in tasks:
        groups: dict[str, list[datetime]] = defaultdict(list)
        for one in standings[task.key]:
            for code in one.waits:
                if one.since is not None:
                    groups[code].append(one.since)
        for code, since in groups.items():
            url = f"{_queue(institution)}?list=moderation" if code == "moderation" else task.url
            count = len(since)
            sentence = ngettext(
                "%(task)s: %(count)s submission waits %(what)s",
                "%(task)s: %(count)s submissions wait %(what)s",
                count,
            ) % {"task": task.title, "count": count, "what": WAITS[code]}
            found.append(Bottleneck(sentence, count, min(since), url))
    found.sort(key=lambda one: (one.since is None, one.since))
    if to_decide:
        words = ngettext("%(count)s decision is due", "%(count)s decisions are due", to_decide) % {"count": to_decide}
        url = _address("decisions:board", slug=institution.slug, public_id=offering.public_id)
        found.append(Bottleneck(words, to_decide, None, url))
    return found


def _queue(institution: Institution) -> str:
    return _address("assessment:queue", slug=institution.slug)


def _links(institution: Institution, offering: Offering, design: assessment.Design) -> list[tuple[str, str]]:
    """What there is to read about a task, label and address."""
    keys = {"slug": institution.slug, "offering": offering.public_id, "key": design.task.key}
    if design.is_test:
        return [(str(_("Results of the test")), _address("item_bank:tests", **keys))]
    return [
        (str(_("How it is marked")), _address("assessment:task", **keys)),
        (str(_("Reliability")), _address("assessment:reliability", **keys)),
        (str(_("Copies")), _address("assessment:copies", **keys)),
    ]


def _address(name: str, **keys: Any) -> str:
    return reverse(name, kwargs=keys)

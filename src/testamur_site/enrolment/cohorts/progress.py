"""How far a cohort is: one line for each learner, with a handful of queries however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from testamur_site.catalogue.api import Offering
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, sentences
from ..models import Enrolment
from ..rules import OPEN, EnrolmentState, TaskState

PAGE_SIZE = 50


@dataclass(frozen=True)
class Line:
    """A learner in a cohort. `handed_in` of `tasks`; `late` counts what came late; `next_due` is the earliest date still to come."""

    enrolment: Enrolment
    state: tuple[str, Any]
    tasks: int
    handed_in: int
    late: int
    returned: int
    missed: int
    next_due: str


def cohorts(institution: Institution) -> list[Offering]:
    """The institution's offerings that were opened, the latest first, each with `counts` by state of its enrolments."""
    rows = (
        Offering.objects.filter(institution=institution)
        .exclude(state=Offering.State.DRAFT)
        .select_related("version", "version__institution")
        .order_by("-starts_on", "-pk")
    )
    found = list(rows[:200])
    counted = (
        Enrolment.objects.filter(offering__in=[offering.pk for offering in found])
        .order_by()
        .values("offering")
        .annotate(
            enrolled=Count("pk", filter=Q(state=EnrolmentState.ENROLLED)),
            completed=Count("pk", filter=Q(state=EnrolmentState.COMPLETED)),
            waiting=Count("pk", filter=Q(state=EnrolmentState.WAITING)),
        )
    )
    by_offering = {row["offering"]: row for row in counted}
    for offering in found:
        offering.counts = by_offering.get(offering.pk, {"enrolled": 0, "completed": 0, "waiting": 0})
    return found


def state_counts(offering: Offering) -> dict[str, int]:
    """How many enrolments of each state."""
    counted = queries.enrolments(offering).order_by().values_list("state").annotate(number=Count("pk"))
    return dict(counted)


def page(offering: Offering, state: str, text: str, number: str | int) -> tuple[Page[Enrolment], list[Line]]:
    """Learners of an offering, filtered by state and by a part of name or address, with their lines."""
    rows = everybody(offering)
    if state in list(EnrolmentState):
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(learner__name__icontains=text) | Q(learner__email__icontains=text))
    found = Paginator(rows, PAGE_SIZE).get_page(number)
    return found, lines(list(found.object_list))


def everybody(offering: Offering) -> QuerySet[Enrolment]:
    """All enrolments by name. The description of the version is one for all and is read once, not with every row."""
    return queries.enrolments(offering).defer("version__content").order_by("learner__name", "pk")


def lines(enrolled: list[Enrolment], *, now: datetime | None = None) -> list[Line]:
    standings = queries.standings(enrolled, now=now)
    return [_line(enrolment, standings[enrolment.pk]) for enrolment in enrolled]


def _line(enrolment: Enrolment, standings: tuple[queries.TaskStanding, ...]) -> Line:
    still = [s for s in standings if s.state in (TaskState.NOT_STARTED, TaskState.DRAFT, TaskState.RETURNED)]
    days = sorted(s.deadline.due_on for s in still if s.deadline.due_on) if enrolment.state in OPEN else []
    return Line(
        enrolment=enrolment,
        state=sentences.ENROLMENT_STATES[enrolment.state],
        tasks=len(standings),
        handed_in=sum(1 for s in standings if s.state == TaskState.SUBMITTED),
        late=sum(1 for s in standings if s.latest is not None and s.latest.late),
        returned=sum(1 for s in standings if s.state == TaskState.RETURNED),
        missed=sum(1 for s in standings if s.state == TaskState.CLOSED and not s.attempts.used),
        next_due=days[0].isoformat() if days else "",
    )

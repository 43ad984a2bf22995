"""What workers do. Arguments are public identifiers; every handler may be killed and run again."""

from __future__ import annotations

from testamur.pathways.planning import Stage
from testamur_site.foundation.jobs.api import JobHandle

from . import queries, services
from .rules import PlanState, steps


def work_out(job: JobHandle, *, plan: str, attempt: int) -> None:
    """Work a plan out. What was done of it before a kill is done again; an answer is kept once, and only while it is still wanted."""
    found = queries.plan_to_work_out(plan)
    if found is None or found.state != PlanState.OPEN or found.attempt != attempt:
        return
    told: list[tuple[Stage, int]] = []

    def watch(stage: Stage, number: int) -> None:
        job.progress(*steps(stage, number))  # raises when the learner gave up, or another worker took over
        if told[-1:] != [(stage, number)]:
            told.append((stage, number))
            services.note(found, stage.value, number)

    watch(Stage.READING, 0)  # what the learner holds is verified before the planner says anything
    answer = services.work_out(found, watch)
    with job.transaction():
        services.keep(found, answer)
    job.progress(*(steps(Stage.READING, 0)[1],) * 2)


def forget(job: JobHandle) -> None:
    """Once a day: what has been kept long enough, and what nobody can open any more."""
    job.progress(services.forget())

"""The figures of one task of one version: everything that was marked by its rubric, in whatever offering.

What counts is what people judged on their own: done marks of staff and validators in the first round. A moderator has seen the others'
marks, and an appeal's second round knows that there was a first; neither says how far people agree. Peers are looked at apart.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.core.cache import cache
from django.db.models import Count, Max, QuerySet

from testamur.assessment import reliability
from testamur.assessment.reliability import CriterionReport, Interval, Rating, Severity
from testamur.assessment.rubrics import score
from testamur.errors import InputError
from testamur_site.catalogue.api import AchievementVersion

from ..designs import Design
from ..models import Mark, TaskResult
from ..rules import MarkState, ResultState, Role

RESAMPLES = 500
KEPT = 86_400  # seconds in the cache; the key changes with every mark
MOST_MARKS = 5_000
FEW_WORKS = 10
NOTHING = Interval(None)


@dataclass(frozen=True)
class Agreement:
    """Agreement on one criterion ("" for the whole work, in per cent): alpha of all who marked, kappa of first and second mark."""

    criterion: str
    alpha: Interval
    kappa: Interval


@dataclass(frozen=True)
class Figures:
    """All there is to say. `works` that were marked, `twice`: by at least two people. `names` of assessors by their key in `severities`."""

    works: int = 0
    twice: int = 0
    agreements: tuple[Agreement, ...] = ()
    severities: tuple[Severity, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    criteria: tuple[CriterionReport, ...] = ()
    peers: Interval = NOTHING
    peer_works: int = 0


def figures(version: AchievementVersion, design: Design) -> Figures:
    """The figures, computed anew when a mark was made since. Names are asked each time: they do not belong into a cache."""
    state = _marks(version, design, (Role.STAFF, Role.INDUSTRY, Role.PEER)).aggregate(
        n=Count("pk"), last=Max("done_at")
    )
    agreed = _results(version, design).aggregate(n=Count("pk"), last=Max("agreed_at"))
    facts = (version.pk, design.task.key, state["n"], state["last"], agreed["n"], agreed["last"])
    key = "reliability:" + hashlib.sha256(repr(facts).encode()).hexdigest()
    found = cache.get(key)
    if not isinstance(found, Figures):
        found = _compute(version, design)
        cache.set(key, found, KEPT)
    return replace(found, names=_names(version, design))


def _names(version: AchievementVersion, design: Design) -> dict[str, str]:
    rows = _marks(version, design, (Role.STAFF, Role.INDUSTRY)).select_related("user", "validator")
    return {_key(mark): _name(mark) for mark in rows.only("user", "validator")}


def _marks(version: AchievementVersion, design: Design, roles: Iterable[Role]) -> QuerySet[Mark]:
    return Mark.objects.filter(
        submission__enrolment__version=version,
        submission__task_key=design.task.key,
        role__in=list(roles),
        state=MarkState.DONE,
        round=1,
    )


def _results(version: AchievementVersion, design: Design) -> QuerySet[TaskResult]:
    return TaskResult.objects.filter(
        submission__enrolment__version=version, submission__task_key=design.task.key, state=ResultState.AGREED
    )


def _compute(version: AchievementVersion, design: Design) -> Figures:
    rows = _marks(version, design, (Role.STAFF, Role.INDUSTRY)).order_by("-pk")
    marks = [mark for mark in rows[:MOST_MARKS] if _percent(design, mark.levels) is not None]
    by_work: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_work[mark.submission_id].append(mark)
    per_cents = [Rating(str(mark.submission_id), _key(mark), _percent(design, mark.levels) or 0.0) for mark in marks]
    per_cents = _once(per_cents)
    agreements = [Agreement("", _alpha(per_cents, "interval"), Interval(None))]
    for criterion in design.model.criteria:
        place = {level.key: float(at) for at, level in enumerate(criterion.levels)}
        ratings = _once(
            Rating(str(mark.submission_id), _key(mark), place[mark.levels[criterion.key]])
            for mark in marks
            if mark.levels.get(criterion.key) in place
        )
        pairs = [
            (first.levels[criterion.key], second.levels[criterion.key])
            for first, second in _doubles(by_work.values())
            if first.levels.get(criterion.key) in place and second.levels.get(criterion.key) in place
        ]
        agreements.append(Agreement(criterion.key, _alpha(ratings, "ordinal"), _kappa(pairs, list(place))))
    reviews = [
        Rating(str(mark.submission_id), f"l{mark.learner_id}", percent)
        for mark in _marks(version, design, (Role.PEER,)).order_by("-pk")[:MOST_MARKS]
        if (percent := _percent(design, mark.levels)) is not None
    ]
    return Figures(
        works=len(by_work),
        twice=sum(len({_key(mark) for mark in group}) > 1 for group in by_work.values()),
        agreements=tuple(agreements),
        severities=tuple(reliability.severity(per_cents)),
        criteria=tuple(reliability.discrimination(design.model, _final_levels(version, design))),
        peers=_alpha(_once(reviews), "interval"),
        peer_works=len({rating.unit for rating in reviews}),
    )


def _alpha(ratings: list[Rating], metric: str) -> Interval:
    return reliability.krippendorff_alpha(ratings, metric, resamples=RESAMPLES)


def _kappa(pairs: list[tuple[str, str]], levels: list[str]) -> Interval:
    if len(pairs) < FEW_WORKS:
        return Interval(None, count=len(pairs))
    return reliability.weighted_kappa(pairs, levels, resamples=RESAMPLES)


def _final_levels(version: AchievementVersion, design: Design) -> list[dict[str, str]]:
    """The levels of agreed results, the latest round of each work."""
    latest: dict[int, dict[str, str]] = {}
    for result in _results(version, design).order_by("round"):
        latest[result.submission_id] = result.levels
    return [levels for levels in latest.values() if levels and _percent(design, levels, whole=False) is not None]


def _doubles(groups: Iterable[list[Mark]]) -> Iterable[tuple[Mark, Mark]]:
    """First and second mark of the staff."""
    for group in groups:
        staff = {mark.position: mark for mark in group if mark.role == Role.STAFF}
        if 1 in staff and 2 in staff:
            yield staff[1], staff[2]


def _once(ratings: Iterable[Rating]) -> list[Rating]:
    """Of two ratings of one person for one work (an attempt that was marked again) the first one seen, which is the newer."""
    found: dict[tuple[str, str], Rating] = {}
    for rating in ratings:
        found.setdefault((rating.unit, rating.rater), rating)
    return list(found.values())


def _percent(design: Design, levels: Mapping[str, str], *, whole: bool = True) -> float | None:
    """The per cent of a mark; None where its levels are not (all) of this rubric."""
    try:
        reached = score(design.model, levels)
    except InputError:
        return None
    if reached.percent is None:
        return None if whole else float(reached.least_percent)
    return float(reached.percent)


def _key(mark: Mark) -> str:
    return f"v{mark.validator_id}" if mark.validator_id else f"u{mark.user_id}"


def _name(mark: Mark) -> str:
    if mark.validator is not None:
        return str(mark.validator.organisation_name)
    return str(mark.user) if mark.user is not None else ""

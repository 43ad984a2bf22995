"""From the marks of one submission to its result, as a function of values: the same marks always give the same result.

1. Wait until every mark that the scheme asks for is there: staff, industry, and the end of the peer review.
2. S = the mean of the staff's and validators' per cents. P = the peers' combined mark, corrected for severity and weighted by
   reliability (`testamur.assessment.peers`), with its standard error.
3. result = (1 − w) · S + w · P, where w is the peers' share of the scheme; w = 0 where the requirement of peers has fallen,
   w = 1 where the scheme knows neither staff nor validators.
4. A moderator is needed where two marks differ by the scheme's threshold or more, where marks disagree whether a criterion
   that must be passed is passed, where the pass mark lies within the uncertainty of the peers' part, where peers were all
   there is and there are too few of them, and where the result was drawn for the sample.
5. The level of a criterion is the one whose points are nearest to the weighted mean of the marks' points; of two that are
   equally near the higher.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from testamur.assessment.peers import needs_staff
from testamur.assessment.rubrics import Rubric, score

from .rules import Role, Scheme, least_peers

FORMULA = "(1-w)*mean(staff,industry)+w*peers"
HUNDREDTH = Decimal("0.01")


class Waits:
    """What is waited for."""

    STAFF, INDUSTRY, PEERS = "staff", "industry", "peers"


class Why:
    """Why a moderator has to decide."""

    DIFFERENCE = "difference"
    MUST_PASS = "must_pass"  # noqa: S105 - not a password
    BORDERLINE = "borderline"
    FEW_PEERS = "few_peers"
    SAMPLE = "sample"
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Given:
    """A mark that is done. `mark` is its public id, `marker` tells markers apart, `levels` names a level for every criterion."""

    mark: str
    role: str
    marker: str
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PeerScore:
    """What the peers of a cohort say about one submission (per cent), and how much each of its markers counts (0 to 1)."""

    mean: Decimal
    se: Decimal
    weights: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`missing`: what is still waited for; then nothing else is known. `reasons`: why a moderator decides; `facts`: how it came about."""

    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    percent: Decimal | None = None
    levels: Mapping[str, str] = field(default_factory=dict)
    passed: bool | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return not self.missing


def judge(
    rubric: Rubric,
    scheme: Scheme,
    pass_mark: Decimal,
    marks: Sequence[Given],
    *,
    peers_over: bool,
    peers: PeerScore | None = None,
    sampled: bool = False,
    requested: bool = False,
) -> Outcome:
    """What the `marks` (done ones, of one submission) come to. `peers` are None where nobody's review could be combined.

    Raises InputError of the library where a mark names a level that the rubric does not have.
    """
    experts = [mark for mark in marks if mark.role in (Role.STAFF, Role.INDUSTRY)]
    reviews = [mark for mark in marks if mark.role == Role.PEER]
    missing = _missing(scheme, experts, peers_over)
    if missing:
        return Outcome(missing=missing)
    enough = peers is not None and len(reviews) >= least_peers(scheme.peers) > 0
    share = _share(scheme, bool(experts), enough)
    per_cents = {mark.mark: _percent(rubric, mark.levels) for mark in marks if mark.role != Role.SELF}
    expert_mean = _mean([per_cents[mark.mark] for mark in experts])
    weights = _weights(experts, reviews, share, peers)
    levels = _levels(rubric, [mark for mark in marks if weights.get(mark.mark)], weights)
    facts: dict[str, Any] = {
        "formula": FORMULA,
        "peerShare": str(share),
        "passMark": str(pass_mark),
        "scheme": scheme.facts(),
        "marks": [
            {
                "mark": mark.mark,
                "role": str(mark.role),
                "percent": str(per_cents[mark.mark]),
                "weight": str(weights.get(mark.mark, Decimal(0))),
            }
            for mark in (*experts, *reviews)
        ],
    }
    if scheme.peers and peers is not None:
        facts["peers"] = {"mean": str(peers.mean), "standardError": str(peers.se), "reviews": len(reviews)}
    if scheme.peers and not share and scheme.peer_weight:
        facts["peersWaived"] = len(reviews)
    if not experts and not enough:
        reasons = [Why.FEW_PEERS]
        return Outcome(reasons=tuple(reasons), levels=levels, facts=facts)
    counted = peers.mean if peers is not None and share else None
    percent = _combine(expert_mean, counted, share)
    reached = score(rubric, levels)
    passed = percent >= pass_mark and not reached.failed_must_pass
    reasons = _reasons(rubric, scheme, pass_mark, experts, per_cents, levels, percent, share, peers)
    reasons += [Why.SAMPLE] if sampled else []
    reasons += [Why.REQUESTED] if requested else []
    facts["failedMustPass"] = list(reached.failed_must_pass)
    return Outcome(reasons=tuple(reasons), percent=percent, levels=levels, passed=passed, facts=facts)


def moderated(
    rubric: Rubric, pass_mark: Decimal, levels: Mapping[str, str], mark: str, before: Mapping[str, Any]
) -> Outcome:
    """The result as a moderator decided it: the levels of mark `mark` alone. `before` are the facts of what was to be decided."""
    reached = score(rubric, levels)
    percent = reached.percent if reached.percent is not None else Decimal(0)
    facts = {
        "formula": "moderator",
        "passMark": str(pass_mark),
        "marks": [{"mark": mark, "role": str(Role.MODERATOR), "percent": str(percent), "weight": "1"}],
        "failedMustPass": list(reached.failed_must_pass),
        "moderated": dict(before),
    }
    return Outcome(percent=percent, levels=dict(levels), passed=bool(reached.passed(pass_mark)), facts=facts)


def _missing(scheme: Scheme, experts: Sequence[Given], peers_over: bool) -> tuple[str, ...]:
    counts = {role: sum(mark.role == role for mark in experts) for role in (Role.STAFF, Role.INDUSTRY)}
    missing = []
    if counts[Role.STAFF] < scheme.assessors:
        missing.append(Waits.STAFF)
    if counts[Role.INDUSTRY] < scheme.industry:
        missing.append(Waits.INDUSTRY)
    if scheme.peers and not peers_over:
        missing.append(Waits.PEERS)
    if not missing and not experts and not scheme.peers:
        missing.append(Waits.STAFF)  # a scheme without anybody: no result comes of nothing
    return tuple(missing)


def _share(scheme: Scheme, has_experts: bool, enough: bool) -> Decimal:
    if not enough:
        return Decimal(0)
    return scheme.peer_weight / 100 if has_experts else Decimal(1)


def _weights(
    experts: Sequence[Given], reviews: Sequence[Given], share: Decimal, peers: PeerScore | None
) -> dict[str, Decimal]:
    """The share of each mark in the levels: experts alike, peers by their reliability; together 1."""
    found: dict[str, Decimal] = {}
    for mark in experts:
        found[mark.mark] = (1 - share) / len(experts)
    reliabilities = {
        mark.mark: (peers.weights.get(mark.marker, Decimal(1)) if peers else Decimal(1)) for mark in reviews
    }
    total = sum(reliabilities.values(), Decimal(0))
    for key, weight in reliabilities.items():
        part = weight / total if total else Decimal(1) / len(reviews)
        found[key] = share * part
    return {key: weight.quantize(Decimal("0.000001")) for key, weight in found.items()}


def _levels(rubric: Rubric, marks: Sequence[Given], weights: Mapping[str, Decimal]) -> dict[str, str]:
    found = {}
    for criterion in rubric.criteria:
        points = [(weights[mark.mark], criterion.level(mark.levels[criterion.key]).points) for mark in marks]
        total = sum((weight for weight, _ in points), Decimal(0))
        if not total:
            continue
        middle = sum((weight * value for weight, value in points), Decimal(0)) / total
        nearest = min(reversed(criterion.levels), key=lambda level: abs(level.points - middle))
        found[criterion.key] = nearest.key
    return found


def _reasons(
    rubric: Rubric,
    scheme: Scheme,
    pass_mark: Decimal,
    experts: Sequence[Given],
    per_cents: Mapping[str, Decimal],
    levels: Mapping[str, str],
    percent: Decimal,
    share: Decimal,
    peers: PeerScore | None,
) -> list[str]:
    reasons = []
    judgements = [per_cents[mark.mark] for mark in experts]
    if share and peers is not None:
        judgements.append(peers.mean)
    if len(judgements) > 1 and max(judgements) - min(judgements) >= scheme.moderate_from:
        reasons.append(Why.DIFFERENCE)
    for criterion in rubric.criteria:
        verdicts = {criterion.reaches_must_pass(mark.levels[criterion.key]) for mark in experts}
        if criterion.must_pass and share and criterion.key in levels:
            verdicts.add(criterion.reaches_must_pass(levels[criterion.key]))
        if len(verdicts) > 1:
            reasons.append(Why.MUST_PASS)
            break
    if share and peers is not None and needs_staff(float(percent), float(share * peers.se), float(pass_mark)):
        reasons.append(Why.BORDERLINE)
    return reasons


def _percent(rubric: Rubric, levels: Mapping[str, str]) -> Decimal:
    found = score(rubric, levels).percent
    return found if found is not None else Decimal(0)


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if values else None


def _combine(experts: Decimal | None, peers: Decimal | None, share: Decimal) -> Decimal:
    if experts is None:
        experts, share = Decimal(0), Decimal(1)
    if peers is None:
        peers, share = Decimal(0), Decimal(0)
    exact = (1 - share) * experts + share * peers
    return max(Decimal(0), min(Decimal(100), exact)).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)

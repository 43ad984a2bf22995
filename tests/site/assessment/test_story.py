"""The cohort of `make demo`: whoever reviews whom, four works are moderated, and no others."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.browser.cohort_cast import APPEALING, CRITERIA, FAILING, LEVELS, MODERATED, Levels, people

from testamur.assessment import peers as library
from testamur.assessment.rubrics import score
from testamur_site.assessment.designs import model_of
from testamur_site.assessment.outcome import Given, PeerScore, judge
from testamur_site.assessment.rules import Role, Scheme
from testamur_site.catalogue.demo.responsible_ai import DESCRIPTION

RUBRIC = model_of(DESCRIPTION.rubrics[0])
REPORT, TALK = DESCRIPTION.tasks


def named(levels: Levels) -> dict[str, str]:
    return {criterion: LEVELS[level] for criterion, level in zip(CRITERIA, levels, strict=True)}


@pytest.mark.parametrize("seed", range(12))
def test_whoever_reviews_whom_the_same_four_are_moderated(seed: int) -> None:
    cast = people()
    given = library.allocate([str(one.number) for one in cast], each=3, seed=f"story-{seed}")
    reviews: dict[int, list[tuple[int, dict[str, str]]]] = {one.number: [] for one in cast}
    for reviewer, works in given.items():
        for work in works:
            reviews[int(work)].append((int(reviewer), named(cast[int(work)].peers(int(reviewer)))))
    marks = [
        library.PeerMark(f"l{reviewer}", str(work), float(score(RUBRIC, levels).percent or 0))
        for work, found in reviews.items()
        for reviewer, levels in found
    ]
    combined = library.combine(marks, anchors={}, towards_cohort=False)
    weights = {marker: Decimal(f"{one.reliability:.4f}") for marker, one in combined.markers.items()}

    disputed = set()
    for one in cast:
        found = combined.scores[str(one.number)]
        peers = PeerScore(Decimal(f"{found.mean:.2f}"), Decimal(f"{found.se:.3f}"), weights)
        report = [Given("s", Role.STAFF, "u1", named(one.report))]
        report += [Given(f"p{n}", Role.PEER, f"l{who}", levels) for n, (who, levels) in enumerate(reviews[one.number])]
        talk = [Given("s", Role.STAFF, "u1", named(one.talk)), Given("v", Role.INDUSTRY, "v1", named(one.validator))]
        for task, given_marks, score_of_peers in ((REPORT, report, peers), (TALK, talk, None)):
            scheme = Scheme.of(task.marking)
            judged = judge(RUBRIC, scheme, Decimal(task.pass_mark), given_marks, peers_over=True, peers=score_of_peers)
            if judged.reasons:
                disputed.add((one.number, task.key))
            elif one.number != APPEALING:
                assert judged.passed is (one.number not in FAILING), (one, task.key, judged)
    assert disputed == {*((number, TALK.key) for number in MODERATED), (APPEALING, REPORT.key)}

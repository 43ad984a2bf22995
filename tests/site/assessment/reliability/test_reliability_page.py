"""The page on reliability: figures from real marks, in words, and what it must not say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.site.assessment.conftest import SOUND, STRONG, WEAK, give, place
from tests.standing import aside

from testamur.assessment.reliability import Gate, Interval, gate
from testamur_site.assessment.designs import design_of
from testamur_site.assessment.models import Mark
from testamur_site.assessment.reliability import sentences
from testamur_site.assessment.reliability.figures import figures
from testamur_site.assessment.services import allocation

pytestmark = pytest.mark.usefixtures("at_work")
ORDER = (WEAK, SOUND, STRONG)


@pytest.fixture
def lead(programme_lead: Any, client_for: Callable[[Any], Client]) -> Client:
    return client_for(programme_lead)


@pytest.fixture
@aside
def twice_marked(make_cohort: Callable[..., Any], assessor: Any, second_assessor: Any) -> Callable[..., Any]:
    """`twice_marked(first, second)`: works that were each marked by two people; levels by the place of the work."""

    def make(first: Callable[[int], str], second: Callable[[int], str], works: int = 8) -> Any:
        cohort = make_cohort(assessors="2", moderate_from="100")
        allocation.appoint(cohort.offering, [assessor, second_assessor], actor=None)
        cohort.hand_in(works)
        for number, submission in enumerate(cohort.submissions):
            for position in (1, 2):
                mark = place(submission, position=position)
                levels = first(number) if mark.user_id == assessor.pk else second(number)
                give(mark, mark.user, levels, levels)
        return cohort

    return make


def address(cohort: Any) -> str:
    return f"/staff/han-river/marking/offerings/{cohort.offering.public_id}/essay/reliability/"


def spread(number: int) -> str:
    return ORDER[number % 3]


def stricter(number: int) -> str:
    return ORDER[max(0, number % 3 - 1)]


def test_full_agreement_is_said(twice_marked: Callable[..., Any], lead: Client) -> None:
    cohort = twice_marked(spread, spread)
    said = figures(cohort.version, design_of(cohort.version, "essay"))
    assert (said.works, said.twice) == (8, 8)
    assert [one.alpha.value for one in said.agreements] == [1.0, 1.0, 1.0]
    page = lead.get(address(cohort)).content.decode()
    assert "The marks can be relied on." in page
    assert "8 works are marked, 8 of them by at least two people." in page


def test_a_strict_assessor_is_named_with_how_much(
    twice_marked: Callable[..., Any], lead: Client, second_assessor: Any
) -> None:
    cohort = twice_marked(spread, stricter)
    said = figures(cohort.version, design_of(cohort.version, "essay"))
    strictest = said.severities[0]
    assert strictest.assessor == f"u{second_assessor.pk}"
    assert strictest.differs
    page = lead.get(address(cohort)).content.decode()
    assert "points lower than the others" in page
    assert str(second_assessor) in page


def test_where_nothing_was_marked_twice_nothing_is_claimed(
    make_cohort: Callable[..., Any], lead: Client, assessor: Any
) -> None:
    cohort = make_cohort()
    assert "Nothing is marked yet" in lead.get(address(cohort)).content.decode()
    cohort.hand_in(2)
    for submission in cohort.submissions:
        mark = place(submission)
        allocation_holder = mark.user or assessor
        if mark.user_id is None:
            Mark.objects.filter(pk=mark.pk).update(user=assessor, state="allocated")
            mark.refresh_from_db()
        give(mark, allocation_holder)
    page = lead.get(address(cohort)).content.decode()
    assert "It cannot be told" in page
    assert "nothing can be compared" in page
    assert "nothing can be said yet" in page


def test_the_figures_follow_the_marks(twice_marked: Callable[..., Any]) -> None:
    cohort = twice_marked(spread, spread, works=5)
    design = design_of(cohort.version, "essay")
    assert figures(cohort.version, design).works == 5
    (one,) = cohort.hand_in(1)
    mark = place(one)
    give(mark, mark.user, WEAK, STRONG)
    said = figures(cohort.version, design)
    assert (said.works, said.twice) == (6, 5)


def test_no_learner_is_named(twice_marked: Callable[..., Any], lead: Client) -> None:
    cohort = twice_marked(spread, stricter)
    page = lead.get(address(cohort)).content.decode()
    assert all(enrolment.learner.name not in page for enrolment in cohort.enrolments)


def test_others_see_nothing(
    make_cohort: Callable[..., Any], assessor: Any, outsider: Any, lead: Client, client_for: Callable[[Any], Client]
) -> None:
    cohort = make_cohort()
    for person in (assessor, outsider):
        assert client_for(person).get(address(cohort)).status_code in (403, 404)
    assert lead.get(address(cohort).replace("essay", "nothing")).status_code == 404


@pytest.mark.parametrize(
    "alpha", [Interval(0.9, 0.85, 0.95), Interval(0.7, 0.5, 0.9), Interval(0.2, 0.1, 0.3), Interval(None)]
)
def test_every_gate_has_its_words(alpha: Interval) -> None:
    reached, certain = gate(alpha)
    said = sentences.agreement(alpha)
    assert said.startswith(str(sentences.GATES[reached]))
    assert ("another class" in said) == (reached is not Gate.UNKNOWN and not certain)

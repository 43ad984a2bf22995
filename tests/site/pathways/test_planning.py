"""What next: the way over open offerings, asked by a learner, worked out by a worker."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.standing import aside, standing

from testamur.pathways.planning import Stage
from testamur_site.catalogue.api import OfferingTerms, create_offering, open_for_enrolment
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import Job, JobCancelled, Status, run_pending
from testamur_site.foundation.tenancy.api import tenant, unscoped
from testamur_site.pathways import api as pathways
from testamur_site.pathways.models import Participant
from testamur_site.pathways.planning import jobs, queries, rules, services
from testamur_site.pathways.planning.errors import TooManyOpen
from testamur_site.pathways.planning.models import AskedPlan
from testamur_site.pathways.planning.rules import Asked, PlanState
from testamur_site.wallet.api import Holder

from .test_pages import wallet_of  # noqa: F401

Make = Callable[..., Any]


@pytest.fixture
@aside
def offer(db: None) -> Make:
    def make(version: AchievementVersion, price: str = "", currency: str = "EUR", weeks: int = 2, **terms: Any) -> Any:
        starts = timezone.localdate() + timedelta(weeks=weeks)
        values: dict[str, Any] = {"starts_on": starts, "ends_on": starts + timedelta(weeks=6), **terms}
        if price:
            values |= {"price_kind": "fixed", "price": Decimal(price), "currency": currency}
        with tenant(version.institution):
            made = create_offering(version, OfferingTerms(**values), actor=None)
            open_for_enrolment(made, actor=None)
        return made

    return make


@pytest.fixture
@standing
def mina_takes_part(make_microdegree: Make, mina: Holder) -> Participant:
    participant = pathways.join(mina, make_microdegree())
    run_pending()
    found = pathways.own_participant(participant.institution, participant.public_id)
    assert found is not None
    return found


@pytest.fixture
def mine(mina: Holder, wallet_of: Make) -> Client:  # noqa: F811
    client: Client = wallet_of(mina)
    return client


@pytest.fixture
@standing
def two_ways(offer: Make, courses: list[AchievementVersion]) -> None:
    offer(courses[1], "50", weeks=9)
    offer(courses[2], "90", weeks=2)


def send(client: Client, participant: Participant, **question: Any) -> Any:
    address = reverse("pathways_planning:plan", args=[participant.public_id])
    return client.post(address, {"objective": "cheapest", **question})


def ask(client: Client, participant: Participant, **question: Any) -> str:
    """The page of the plan, worked out."""
    answer = send(client, participant, **question)
    run_pending()
    return client.get(answer["Location"]).content.decode()


def at(name: str, plan: AskedPlan) -> str:
    return reverse(f"pathways_planning:{name}", args=[plan.participant.public_id, plan.public_id])


def again(plan: AskedPlan) -> AskedPlan:
    with unscoped("a test looks"):
        return AskedPlan.objects.select_related("participant__institution").get(pk=plan.pk)


# --- the answer ---------------------------------------------------------------------------------------------------------------------------


def test_the_cheapest_and_the_fastest_way(mina_takes_part: Participant, mine: Client, two_ways: None) -> None:
    page = mine.get(reverse("pathways_planning:plan", args=[mina_takes_part.public_id])).content.decode()
    assert "Find the way" in page
    cheap = ask(mine, mina_takes_part).partition("Another way")[0]
    assert "Data in practice" in cheap
    assert "Maps in practice" not in cheap
    assert "counts in “practice”" in cheap
    assert "Nothing cheaper leads there: that is proven." in cheap
    fast = ask(mine, mina_takes_part, objective="fastest").partition("Another way")[0]
    assert "Maps in practice" in fast


def test_another_way_says_what_is_different(mina_takes_part: Participant, mine: Client, two_ways: None) -> None:
    other = ask(mine, mina_takes_part).partition("Another way")[2]
    assert "40 EUR more expensive" in other
    assert "49 days earlier" in other


def test_what_if_is_compared_with_the_plan_before(mina_takes_part: Participant, mine: Client, two_ways: None) -> None:
    first = services.ask(mina_takes_part, Asked())
    run_pending()
    page = mine.get(at("shown", first)).content.decode()
    data = next(value for value in re.findall(r'name="without" value="([^"]+)"', page))
    changed = ask(mine, mina_takes_part, before=first.public_id, without=[data])
    assert "What this changes" in changed
    assert "40 EUR more expensive" in changed
    assert "not any more: Data in practice" in changed
    same = ask(mine, mina_takes_part, before=first.public_id, hours="168")
    assert "The same plan." in same


def test_what_to_loosen_where_there_is_no_way(
    mina_takes_part: Participant, mine: Client, offer: Make, courses: list[AchievementVersion]
) -> None:
    offer(courses[1], "50")
    page = ask(mine, mina_takes_part, budget="20")
    assert "There is no such way" in page
    assert "50 EUR" in page


def test_what_cannot_be_compared_is_said(
    mina_takes_part: Participant, mine: Client, offer: Make, courses: list[AchievementVersion]
) -> None:
    offer(courses[1], "50")
    offer(courses[0], "60")
    offer(courses[2], "20000", "KRW")
    offer(courses[2], price_kind="on_request")
    page = ask(mine, mina_takes_part)
    assert "another currency: 1" in page
    assert "on request: 1" in page
    assert "2 open offerings were looked through" in page


def test_of_too_many_offerings_those_that_begin_first_are_looked_through(
    mina_takes_part: Participant, mine: Client, two_ways: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("services", "views"):
        monkeypatch.setattr(f"testamur_site.pathways.planning.{module}.MOST", 1)
    page = ask(mine, mina_takes_part)
    assert "Only the 1 open offering that begins first" in page
    assert "Data in practice" not in page


def test_nothing_is_offered(mina_takes_part: Participant, mine: Client) -> None:
    assert "There is no such way" in ask(mine, mina_takes_part)


def test_nothing_is_left_to_do(
    mina_takes_part: Participant, mine: Client, award_to: Make, courses: list[AchievementVersion]
) -> None:
    award_to(courses[1])
    run_pending()
    assert "Nothing to plan" in ask(mine, mina_takes_part)


def test_a_korean_reader_of_the_same_plan(mina_takes_part: Participant, mine: Client, two_ways: None) -> None:
    plan = services.ask(mina_takes_part, Asked())
    run_pending()
    page = mine.get(at("shown", plan), headers={"accept-language": "ko"}).content.decode()
    assert "가장 좋은 길" in page
    assert "Another way" not in page
    assert "이보다 저렴한 방법이 없음이 증명되었습니다." in page


# --- one question, one plan ---------------------------------------------------------------------------------------------------------------


def test_the_same_question_finds_the_same_plan(mina_takes_part: Participant, mine: Client, two_ways: None) -> None:
    first, second = send(mine, mina_takes_part, budget="80.0"), send(mine, mina_takes_part, budget="80")
    assert first["Location"] == second["Location"]
    with unscoped("a test counts"):
        assert Job.objects.filter(path=services.JOB).count() == 1
    other = send(mine, mina_takes_part, budget="81")
    assert other["Location"] != first["Location"]


def test_what_the_answer_is_made_of_makes_another_question(
    mina_takes_part: Participant, two_ways: None, offer: Make, courses: list[AchievementVersion], award_to: Make
) -> None:
    first = services.ask(mina_takes_part, Asked())
    run_pending()
    assert services.ask(mina_takes_part, Asked()).pk == first.pk
    offer(courses[1], "10")
    second = services.ask(mina_takes_part, Asked())
    assert second.pk != first.pk
    run_pending()
    award_to(courses[1])
    run_pending()
    fresh = pathways.own_participant(mina_takes_part.institution, mina_takes_part.public_id)
    assert fresh is not None
    assert services.ask(fresh, Asked()).pk not in (first.pk, second.pk)


def test_asked_again_nothing_has_changed(mina_takes_part: Participant, mine: Client, two_ways: None) -> None:
    plan = services.ask(mina_takes_part, Asked())
    run_pending()
    assert mine.post(at("again", plan))["Location"] == at("shown", plan)


def test_plans_are_listed_and_the_oldest_makes_place(
    mina_takes_part: Participant, mine: Client, two_ways: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_KEPT", 2)
    made = []
    for budget in (5_000, 6_000, 7_000):
        made.append(services.ask(mina_takes_part, Asked(budget=budget)))
        run_pending()
    page = mine.get(reverse("pathways_planning:plan", args=[mina_takes_part.public_id])).content.decode()
    assert at("shown", made[2]) in page
    assert "at most 70" in page
    assert at("shown", made[0]) not in page
    assert mine.get(at("shown", made[0])).status_code == 404


def test_not_more_than_two_are_worked_out_at_once(mina_takes_part: Participant, mine: Client, two_ways: None) -> None:
    plans = [services.ask(mina_takes_part, Asked(budget=budget)) for budget in (1, 2)]
    answer = send(mine, mina_takes_part)
    assert answer.status_code == 429
    assert "2 of your plans are being worked out" in answer.content.decode()
    services.give_up(plans[0])
    assert send(mine, mina_takes_part).status_code == 302
    with pytest.raises(TooManyOpen):
        services.again(plans[0])


# --- while it is worked out ---------------------------------------------------------------------------------------------------------------


def test_the_page_waits_without_scripts_and_with(mina_takes_part: Participant, mine: Client, two_ways: None) -> None:
    plan = services.ask(mina_takes_part, Asked())
    page = mine.get(at("shown", plan)).content.decode()
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "Waiting for its turn" in page
    services.note(plan, Stage.ALTERNATIVES.value, 1)
    part = mine.get(at("progress", plan))
    assert "Looking for other ways" in part.content.decode()
    assert 'value="2" max="4"' in part.content.decode()
    assert "HX-Refresh" not in part
    run_pending()
    assert mine.get(at("progress", plan))["HX-Refresh"] == "true"
    assert "http-equiv" not in mine.get(at("shown", plan)).content.decode()


def test_the_progress_is_seen_while_it_works(
    mina_takes_part: Participant, two_ways: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = services.ask(mina_takes_part, Asked())
    seen: list[tuple[str, int]] = []
    note = services.note

    def noted(found: AskedPlan, stage: str, number: int) -> None:
        note(found, stage, number)
        row = again(plan)
        seen.append((row.stage, row.number))

    monkeypatch.setattr(services, "note", noted)
    run_pending()
    assert seen == [("reading", 0), ("searching", 0), ("alternatives", 1), ("alternatives", 2)]
    with unscoped("a test looks"):
        job = Job.objects.get(pk=again(plan).job)
    assert (job.status, job.done, job.total) == (Status.DONE, 4, 4)


def test_given_up_before_and_while_it_is_worked_out(
    mina_takes_part: Participant, mine: Client, two_ways: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = services.ask(mina_takes_part, Asked())
    assert mine.post(at("stop", plan))["Location"] == at("shown", plan)
    run_pending()
    assert again(plan).state == PlanState.CANCELLED
    assert "You gave this plan up" in mine.get(at("shown", plan)).content.decode()
    mine.post(at("again", plan))
    planner, stopped = services.plan, []

    def given_up_meanwhile(*arguments: Any, watch: Any, **options: Any) -> Any:
        assert services.give_up(again(plan))
        try:
            return planner(*arguments, watch=watch, **options)
        except JobCancelled:
            stopped.append(True)
            raise

    monkeypatch.setattr(services, "plan", given_up_meanwhile)
    run_pending()
    assert stopped
    row = again(plan)
    assert (row.state, row.answer) == (PlanState.CANCELLED, {})
    assert not services.give_up(row)


def test_a_worker_that_is_killed_leaves_a_plan_that_the_next_one_works_out(
    mina_takes_part: Participant, two_ways: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = services.ask(mina_takes_part, Asked())
    keep, kills = services.keep, []

    def killed_once(found: AskedPlan, answer: dict[str, Any]) -> bool:
        if not kills:
            kills.append(True)
            raise KeyboardInterrupt
        return keep(found, answer)

    monkeypatch.setattr(services, "keep", killed_once)
    with pytest.raises(KeyboardInterrupt):
        run_pending()
    with unscoped("a test looks"):
        Job.objects.filter(pk=again(plan).job).update(
            status=Status.RUNNING, lease_until=timezone.now() - timedelta(hours=1)
        )
    assert queries.state_of(again(plan)) is PlanState.OPEN
    run_pending()
    row = again(plan)
    assert row.state == PlanState.READY
    assert not services.keep(row, {"refused": "late"}), "an answer is kept once"
    with unscoped("a test looks"):
        jobs.work_out(None, plan=plan.public_id, attempt=1)  # type: ignore[arg-type]  # done already: it asks for nothing


def test_what_nobody_can_work_out_says_so_and_is_asked_again(
    mina_takes_part: Participant, mine: Client, two_ways: None
) -> None:
    plan = services.ask(mina_takes_part, Asked())
    with unscoped("a test breaks it"):
        Job.objects.filter(pk=plan.job).update(status=Status.FAILED)
    assert "The plan was not finished" in mine.get(at("shown", plan)).content.decode()
    mine.post(at("again", plan))
    run_pending()
    row = again(plan)
    assert (row.state, row.attempt) == (PlanState.READY, 2)
    assert not services.keep(plan, {}), "an answer of the begin that was given up"


def test_a_rule_that_cannot_be_planned(
    mina_takes_part: Participant, mine: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from testamur.errors import InputError

    def refuses(*_: Any, **__: Any) -> Any:
        raise InputError("The question is too large.", code="planning.too_large")

    monkeypatch.setattr(services, "plan", refuses)
    assert "No plan could be made" in ask(mine, mina_takes_part)


# --- whose it is --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("by", "2001-01-01"), ("budget", "-1"), ("hours", "900"), ("objective", "best"), ("mode", "\x00")],
)
def test_a_question_that_cannot_be_asked_comes_back(
    mina_takes_part: Participant, mine: Client, name: str, value: str
) -> None:
    assert send(mine, mina_takes_part, **{name: value}).status_code == 422
    with unscoped("a test counts"):
        assert not AskedPlan.objects.exists()


@pytest.mark.parametrize("page", ["shown", "progress", "stop", "again", "delete"])
def test_nobody_else_sees_or_touches_it(
    mina_takes_part: Participant,
    two_ways: None,
    wallet_of: Make,  # noqa: F811
    page: str,
) -> None:
    plan = services.ask(mina_takes_part, Asked())
    other = wallet_of(Holder.objects.create(name="Other"))
    method = other.post if page in ("stop", "again") else other.get
    assert method(at(page, plan)).status_code == 404
    assert other.post(reverse("pathways_planning:plan", args=[mina_takes_part.public_id]), {}).status_code == 404


def test_it_is_deleted_and_stops_whoever_works_on_it(
    mina_takes_part: Participant, mine: Client, two_ways: None
) -> None:
    plan = services.ask(mina_takes_part, Asked())
    assert "Delete this plan?" in mine.get(at("delete", plan)).content.decode()
    mine.post(at("delete", plan))
    assert mine.get(at("shown", plan)).status_code == 404
    with unscoped("a test looks"):
        assert Job.objects.get(pk=plan.job).status == Status.CANCELLED
    services.delete(plan)
    run_pending()


def test_old_plans_and_those_of_who_left_are_forgotten(
    mina_takes_part: Participant, mine: Client, two_ways: None
) -> None:
    old, new = services.ask(mina_takes_part, Asked(budget=1)), services.ask(mina_takes_part, Asked())
    run_pending()
    with unscoped("a test makes it old"):
        AskedPlan.objects.filter(pk=old.pk).update(asked_at=timezone.now() - rules.KEPT - timedelta(hours=1))
    assert mine.get(at("shown", old)).status_code == 404
    assert services.forget() == 1
    pathways.leave(mina_takes_part)
    assert mine.get(at("shown", new)).status_code == 404
    assert services.forget() == 1


def test_a_job_of_a_plan_says_nothing_about_a_person(mina_takes_part: Participant, two_ways: None) -> None:
    plan = services.ask(mina_takes_part, Asked(budget=12_345))
    with unscoped("a test looks"):
        assert Job.objects.get(pk=plan.job).args == {"plan": plan.public_id, "attempt": 1}

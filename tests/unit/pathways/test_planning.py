"""Plans: what is read, what constraints do, the reasons of steps, alternatives, what to loosen, what changes."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.shared import ROOT

from testamur.errors import InputError
from testamur.pathways import Case, Holding, NotAProgramme
from testamur.pathways.planning import (
    Catalogue,
    Constraints,
    Objective,
    ProgrammeGoal,
    Question,
    SkillsGoal,
    Stage,
    plan,
    read_catalogue,
    read_goal,
    what_if,
)
from testamur.pathways.planning.search.model import Answer
from testamur.pathways.planning.search.patience import Patience
from testamur.pathways.planning.search.problem import Option, Way
from testamur.pathways.planning.search.relaxation import Bound
from testamur.pathways.planning.search.timetable import with_days
from testamur.pathways.words import LANGUAGES, PlanWords

BEGIN = date(2027, 3, 1)
FOLDER = ROOT / "examples/planning"
CATALOGUE = read_catalogue((FOLDER / "catalogue.yaml").read_bytes())
SKILLS = read_goal((FOLDER / "data-analyst.yaml").read_bytes())
PROGRAMME = read_goal((FOLDER / "data-microdegree.yaml").read_bytes())


def ask(goal: Any = SKILLS, *held: Holding, objective: Objective = Objective.CHEAPEST, **constraints: Any) -> Question:
    return Question(goal, CATALOGUE, Case(BEGIN, held), Constraints(BEGIN, **constraints), objective)


def ids(planned: Any) -> set[str]:
    return set(planned.plan.offerings)


# --- plans ----------------------------------------------------------------------------------------------------------------------------


def test_the_cheapest() -> None:
    found = plan(ask()).plan
    assert found is not None
    assert (found.cost, found.ends, found.proven, found.gap) == (42_000, date(2027, 11, 28), True, 0.0)
    reasons = {step.offering.id: [(each.kind, each.name) for each in step.serves] for step in found.steps}
    assert reasons["open-statistics"] == [("skill", "statistics"), ("prerequisite", "south-visualisation")]
    assert all(reasons.values())


def test_the_fastest_costs_more_and_the_lightest_is_less_work() -> None:
    cheapest = plan(ask()).plan
    fastest = plan(ask(objective=Objective.FASTEST, hours_per_week=Decimal(20))).plan
    lightest = plan(ask(objective=Objective.LIGHTEST)).plan
    assert cheapest and fastest and lightest  # noqa: PT018
    assert (fastest.ends, fastest.cost) == (date(2027, 7, 18), 50_000)
    assert lightest.hours < cheapest.hours
    assert fastest.busiest <= 20


def test_what_is_held_need_not_be_earned() -> None:
    held = Holding("urn:h", "STAT", skills=frozenset({"statistics", "programming"}))
    assert ids(plan(ask(SKILLS, held))) == {"south-databases", "south-visualisation", "open-ethics"}
    assert ids(plan(ask(SKILLS, replace(held, valid=None)))) == ids(plan(ask()))


def test_nothing_is_to_be_done() -> None:
    everything = Holding("urn:h", "ALL", skills=frozenset(SKILLS.skills))  # type: ignore[union-attr]
    found = plan(ask(SKILLS, everything)).plan
    assert found is not None
    assert (found.steps, found.ends, found.proven) == ((), None, True)


def test_hours_of_the_weeks_add_up_to_the_hours_of_the_plan() -> None:
    found = plan(ask(hours_per_week=Decimal(12))).plan
    assert found is not None
    assert abs(sum(week.hours for week in found.weeks) - found.hours) < 1
    assert all(week.hours <= 12 for week in found.weeks)


def test_what_the_wishes_leave_out_is_lacking_and_said() -> None:
    found = plan(ask(languages=frozenset({"en"}))).plan
    assert found is not None
    assert found.lacking == ("visualisation",)
    assert [(each.constraint, each.needed) for each in found.loosen] == [("languages", ("ko",))]
    assert "open-statistics" not in ids(plan(ask(without=frozenset({"open-statistics"}))))


def test_a_skill_that_nobody_gives() -> None:
    goal = SkillsGoal(frozenset({"statistics", "alchemy"}))
    found = plan(ask(goal)).plan
    assert found is not None
    assert (found.lacking, found.loosen, ids(plan(ask(goal)))) == (("alchemy",), (), {"open-statistics"})


def test_alternatives_differ_from_each_other_in_a_third_of_their_steps() -> None:
    planned = plan(ask(), alternatives=3)
    assert planned.plan is not None
    before = [planned.plan]
    for other in planned.alternatives:
        assert other.cost >= before[-1].cost
        assert all(3 * len(one.offerings & other.offerings) <= 2 * len(one.offerings) for one in before)
        before.append(other)
    assert len(before) > 1


def test_an_answer_is_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(plan(ask()))


# --- a programme ----------------------------------------------------------------------------------------------------------------------


def test_a_programme_is_confirmed_by_the_engine() -> None:
    found = plan(ask(PROGRAMME)).plan
    assert found is not None
    assert (found.confirmed, found.cost, found.assumed) == ("holds", 60_000, ("grade", "attempt", "attendance"))
    assert {each.name for step in found.steps for each in step.serves if each.kind == "requirement"} == {
        "foundation", "data", "ethics",
    }  # fmt: skip


def test_what_comes_after_is_planned_after() -> None:
    found = plan(ask(PROGRAMME)).plan
    assert found is not None
    ends = [s.ends for s in found.steps if any(each.name == "foundation" for each in s.serves)]
    begins = [s.begins for s in found.steps if any(each.name == "data" for each in s.serves)]
    assert max(ends) < min(begins)


def test_facts_are_not_earned_and_are_named() -> None:
    text = (FOLDER / "data-microdegree.yaml").read_text(encoding="utf-8")
    goal = read_goal(
        text.replace("requires:", "conditions: [{name: fee, condition: {fact: {name: paid, is: true}}}]\nrequires:", 1)
    )
    found = plan(ask(goal)).plan
    assert found is not None
    assert (found.besides, found.confirmed) == (("fee",), "holds")


def test_a_clause_that_wants_something_before_is_a_prerequisite() -> None:
    text = (FOLDER / "data-microdegree.yaml").read_text(encoding="utf-8")
    clause = "counts_if: [{name: after ethics, applies_to: {category: data}, where: {earlier: {category: ethics}}}]\nrequires:"
    found = plan(ask(read_goal(text.replace("requires:", clause, 1)))).plan
    assert found is not None
    (ethics,) = [step for step in found.steps if step.offering.id == "open-ethics"]
    assert all(step.begins > ethics.ends for step in found.steps if "data" in step.offering.gives.categories)
    assert found.confirmed == "holds"


def test_a_programme_that_the_catalogue_does_not_reach() -> None:
    text = (FOLDER / "data-microdegree.yaml").read_text(encoding="utf-8")
    none = plan(ask(read_goal(text.replace("from: {category: ethics}", "from: {category: law}")))).none
    assert none is not None
    assert (none.proven, none.lacking) == (True, ("ethics",))


def test_what_is_held_counts_in_the_programme() -> None:
    held = Holding("urn:h", "X", issuer="uni-north", credits={"ECTS": Decimal(6)}, categories=frozenset({"data"}))
    found = plan(ask(PROGRAMME, held)).plan
    assert found is not None
    assert found.cost < 60_000


def test_an_award_by_its_name() -> None:
    goal = PROGRAMME
    assert isinstance(goal, ProgrammeGoal)
    assert ProgrammeGoal(goal.programme, "data-microdegree").award == "data-microdegree"
    with pytest.raises(InputError, match="there are: data-microdegree"):
        ProgrammeGoal(goal.programme, "doctorate")


# --- no plan --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraints", "loosened"),
    [
        ({"budget": 40_000}, [("budget", 42_000)]),
        ({"by": date(2027, 7, 1)}, [("by", date(2027, 7, 18))]),
        ({"hours_per_week": Decimal(6), "by": date(2027, 8, 1)}, [("hours_per_week", Decimal(20))]),
    ],
)
def test_what_to_loosen_and_by_how_much(constraints: dict[str, Any], loosened: list[Any]) -> None:
    none = plan(ask(**constraints)).none
    assert none is not None
    assert none.proven
    found = [(each.constraint, each.needed) for each in none.loosen]
    assert [entry for entry in loosened if entry not in found] == []
    for name, needed in loosened:
        assert plan(ask(**{**constraints, name: needed})).plan is not None


def test_where_one_change_does_not_do_they_are_said_together() -> None:
    none = plan(ask(budget=10_000, by=date(2027, 5, 1), hours_per_week=Decimal(6))).none
    assert none is not None
    assert none.loosen == ()
    needed = {each.constraint: each.needed for each in none.together}
    assert set(needed) == {"budget", "by", "hours_per_week"}
    assert plan(ask(**needed)).plan is not None


def test_what_changes_under_another_constraint() -> None:
    question = ask()
    difference = what_if(question, replace(question.constraints, by=date(2027, 8, 1)))
    assert (difference.cost, difference.days) == (8_000, -133)
    assert [offering.id for offering in difference.added] == ["north-programming"]
    assert difference.changed == {"by": (None, date(2027, 8, 1))}
    gone = what_if(question, replace(question.constraints, budget=1))
    assert gone.after.plan is None
    assert gone.cost is None


# --- reading --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cost: 180", "price: 180", "“price” is no word of the language here"),
        ("duration: 10 weeks", "duration: a while", "no duration"),
        ("id: open-statistics", "id: north-statistics", "twice"),
        ("cost: 180", "cost: -1", "out of range"),
        ("catalogue: testamur-catalogue/1", "catalogue: list", "to be"),
        ("starts: [2027-03-01, 2027-09-06, 2028-03-06]", "starts: [soon]", "no date"),
    ],
)
def test_mistakes_in_a_catalogue_are_told(old: str, new: str, said: str) -> None:
    text = (FOLDER / "catalogue.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises((NotAProgramme, InputError)) as refused:
        read_catalogue(text.replace(old, new, 1))
    assert said in str(refused.value)


def test_a_large_catalogue_is_read_as_json() -> None:
    entries = [
        {"id": f"o{number}", "skill": f"s{number}", "cost": 1.5, "credits": {"ECTS": 2.5}} for number in range(12_000)
    ]
    found = read_catalogue(json.dumps({"catalogue": "testamur-catalogue/1", "offerings": entries}))
    assert len(found.offerings) == 12_000
    assert (found.offerings[0].cost, found.offerings[0].gives.credits) == (150, {"ECTS": Decimal("2.5")})


def test_the_order_of_the_catalogue_does_not_matter() -> None:
    turned = replace(ask(), catalogue=Catalogue(CATALOGUE.offerings[::-1], CATALOGUE.currency, CATALOGUE.skills))
    assert plan(turned) == plan(ask())


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": date(2027, 2, 1)},
        {"by": date(2040, 1, 1)},
        {"budget": -1},
        {"hours_per_week": Decimal(0)},
        {"hours_per_week": Decimal(200)},
    ],
)
def test_constraints_that_cannot_be_meant(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Constraints(BEGIN, **wrong)


@pytest.mark.parametrize(
    "text", ["goal: testamur-goal/1\nskills: []", "goal: other\nskills: [a]", "goal: testamur-goal/1"]
)
def test_mistakes_in_a_goal_are_told(text: str) -> None:
    with pytest.raises(NotAProgramme):
        read_goal(text)


# --- words ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "question",
    [
        ask(),
        ask(PROGRAMME),
        ask(languages=frozenset({"en"})),
        ask(budget=40_000),
        ask(budget=10_000, by=date(2027, 5, 1), hours_per_week=Decimal(6)),
        ask(objective=Objective.FASTEST),
        ask(objective=Objective.LIGHTEST, without=frozenset({"open-statistics"})),
    ],
)
def test_every_answer_is_said(question: Question, language: str) -> None:
    words = PlanWords(question, language)
    planned = plan(question, alternatives=1)
    sentences = [sentence for part in words.planned(planned) for sentence in part]
    assert sentences
    assert not [sentence for sentence in sentences if set(sentence) & set("{}")]
    json.dumps(words.values(planned))


def test_a_gap_is_said_as_a_share() -> None:
    found = plan(ask()).plan
    assert found is not None
    said = PlanWords(ask()).quality(replace(found, proven=False, gap=0.034))
    assert "cheaper by at most 3.4 %" in said
    assert all(character in string.printable or ord(character) > 127 for character in said)


# --- patience -------------------------------------------------------------------------------------------------------------------------


def test_whoever_watches_is_told_what_is_done() -> None:
    told: list[tuple[str, int]] = []
    plan(ask(), alternatives=1, watch=lambda stage, number: told.append((stage.value, number)))
    assert list(dict.fromkeys(told)) == [("reading", 0), ("searching", 0), ("alternatives", 1)]
    told.clear()
    plan(ask(budget=1), watch=lambda stage, number: told.append((stage.value, number)))
    assert list(dict.fromkeys(told)) == [("reading", 0), ("searching", 0), ("loosening", 0)]


@pytest.mark.parametrize("stage", ["reading", "searching", "alternatives"])
def test_whoever_watches_may_end_it(stage: str) -> None:
    class Enough(Exception):
        pass

    def watch(now: Stage, _: int) -> None:
        if now == stage:
            raise Enough

    with pytest.raises(Enough):
        plan(ask(), alternatives=1, watch=watch)


def test_without_patience_nothing_is_found_and_nothing_is_proven() -> None:
    planned = plan(ask(), patience=0.0)
    assert planned.plan is None
    assert planned.none is not None
    assert not planned.none.proven


def test_what_a_part_of_patience_spends_the_whole_has_spent() -> None:
    whole = Patience(10.0)
    part = whole.part(6.0)
    part.spend(4.0)
    assert (part.left, whole.left) == (2.0, 6.0)
    whole.spend(5.0)
    assert part.left == 1.0
    assert part.of(3.0) == 1.0
    part.spend(9.0)
    assert (part.left, part.of(1.0)) == (0.0, 0.0)


def test_a_wider_search_keeps_the_better_answer() -> None:
    """It once replaced a plan of the round before by a dearer one of a wider round that ended without a proof."""
    way = Way(
        options=(Option(5, 0, 0, ((0, 1),)), Option(6, 0, 0, ((0, 1),)), Option(9, 0, 0, ((0, 1),))),
        needs=(frozenset({0, 1, 2}),),
        order=("cost",),
    )
    bound = Bound(1.0, {0: 0.0, 1: 0.5, 2: 1.0})
    known = Answer({0: 0}, {}, 5, 1)
    kept = frozenset(range(3))
    assert with_days(way, kept, bound, 1, 1, Patience(0.0), best=known).value == 5

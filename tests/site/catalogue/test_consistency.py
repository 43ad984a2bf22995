"""The rules of consistency: each finds its thing, says nothing where there is none, and says when it cannot judge."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.site.catalogue.assessed import ASSESSED, RUBRIC, with_criterion, with_task

from testamur_site.catalogue import services
from testamur_site.catalogue.consistency import RULES, Around, Severity, coverage, errors, judged
from testamur_site.catalogue.consistency.queries import states
from testamur_site.catalogue.consistency.rules import words_of
from testamur_site.catalogue.consistency.texts import RULE_TEXTS, rules_shown, sentence
from testamur_site.catalogue.demo import responsible_ai
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.description import eu_vocabularies as lists
from testamur_site.catalogue.description.elements import (
    CreditPoints,
    Description,
    LearningOutcome,
    Partner,
    Rubric,
    Task,
)
from testamur_site.catalogue.description.frameworks.credits import UNITS, credit_unit, in_unit, statement
from testamur_site.catalogue.description.frameworks.national import FRAMEWORKS, choice_of, chosen, eqf_of
from testamur_site.catalogue.errors import NotConsistent
from testamur_site.catalogue.texts import credit_lines
from testamur_site.foundation.tenancy.api import Institution

DEMO = responsible_ai.DESCRIPTION
BOTH = Around(("en", "ko"))


def found(description: Description, rule: str, around: Around = BOTH) -> list[dict[str, Any]] | None:
    state = next(state for state in judged(description, around) if state.rule.key == rule)
    return None if state.findings is None else [dict(finding.facts) for finding in state.findings]


def credits_of(*pairs: tuple[str, str]) -> tuple[CreditPoints, ...]:
    return tuple(CreditPoints(points, lists.CREDIT_SYSTEMS.named(name)) for points, name in pairs)


ECTS = "European Credit Transfer System"
NZ = "New Zealand credit (NZQCF)"
KR = "Korean higher-education credit"
marking = ASSESSED.tasks[0].marking


def test_the_demonstration_agrees_with_itself() -> None:
    assert [f for state in judged(DEMO, BOTH) for f in state.findings or ()] == []
    assert {state.rule.key for state in judged(DEMO, BOTH) if state.findings is None} == {
        "credits_agree",
        "like_another",
    }


@pytest.mark.parametrize(
    ("rule", "description", "facts"),
    [
        ("hours_per_ects", replace(DEMO, workload="PT60H"), [{"hours": "60", "points": "3", "each": "20"}]),
        ("credits_agree", replace(DEMO, credits=credits_of(("3", ECTS), ("20", NZ))), [{"first": "3 ECTS", "second": "20 NZ credits"}]),
        ("activities_add_up", replace(DEMO, workload="PT70H"), [{"hours": "70", "sum": "80"}]),
        ("level_and_cycle", replace(DEMO, cycle=lists.QF_EHEA_CYCLES.named("Second cycle")),
         [{"level": 6, "cycle": {"en": "Second cycle", "ko": "2차 과정(석사)"}}]),
        ("national_level", replace(DEMO, national_levels=(chosen("NFQ:9"),)),
         [{"name": {"en": "NFQ Level 9", "ko": "NFQ 9수준"}, "eqf": 7, "level": 6}]),
        ("level_inflation", replace(DEMO, outcomes=(LearningOutcome({"en": "List the parts of a system"}, key="o1"),)),
         [{"level": 6, "highest": "remember"}]),
        ("outcomes_differ", replace(DEMO, outcomes=(DEMO.outcomes[0], replace(DEMO.outcomes[0], key="o2"))),
         [{"number": 2, "other": 1}]),
        ("outcomes_have_skills", replace(DEMO, outcomes=(LearningOutcome({"en": "Judge it"}, key="o1"),)),
         [{"outcome": {"en": "Judge it"}}]),
        ("has_tasks", replace(DEMO, tasks=()), [{}]),
        ("tasks_have_rubrics", with_task(rubric=""), [{"task": {"en": "Essay", "ko": "에세이"}, "key": "essay"}]),
        ("criteria_have_levels", with_criterion(levels=(), must_pass=""),
         [{"rubric": RUBRIC.title, "criterion": {"en": "Argument"}}]),
        ("outcomes_are_assessed", replace(ASSESSED, outcomes=(*ASSESSED.outcomes, LearningOutcome({"en": "More"}, key="o3"))),
         [{"outcome": {"en": "More"}}]),
        ("criteria_show_outcomes", with_criterion(outcomes=()),
         [{"task": task.title, "criterion": {"en": "Argument"}} for task in ASSESSED.tasks]),
        ("levels_are_described",
         with_criterion(levels=tuple(replace(level, description={}) for level in RUBRIC.criteria[0].levels)),
         [{"rubric": RUBRIC.title, "criterion": {"en": "Argument"}}]),
        ("rubrics_are_used", replace(ASSESSED, rubrics=(RUBRIC, Rubric("more", {"en": "More"}))), [{"rubric": {"en": "More"}}]),
        ("peers_do_not_certify", with_task(marking=replace(marking, peer_weight="51")),
         [{"task": {"en": "Essay", "ko": "에세이"}, "share": "51"}]),
        ("due_in_time", with_task(due_after="P1Y"),
         [{"task": {"en": "Essay", "ko": "에세이"}, "due": "P1Y", "duration": "P6M"}]),
        ("plan_is_translated", replace(DEMO, tasks=(replace(DEMO.tasks[0], title={"en": "Only English"}),)), [{"language": "ko"}]),
        ("partners_have_a_part", replace(DEMO, partners=(Partner("mobility"),)),
         [{"organisation": DEMO.organisations[0].name}]),
        ("validators_have_partners", replace(DEMO, partners=()), [{"task": DEMO.tasks[1].title}]),
    ],
)  # fmt: skip
def test_a_rule_finds_its_thing(rule: str, description: Description, facts: list[dict[str, Any]]) -> None:
    assert found(description, rule) == facts


def test_supervision_of_a_task_and_of_its_assessment_are_compared() -> None:
    first = replace(DEMO.tasks[0], supervision=lists.SUPERVISION.named("Supervised with ID Verification"))
    facts = found(replace(DEMO, tasks=(first, DEMO.tasks[1])), "supervision_agrees")
    assert facts is not None
    assert [fact["there"]["en"] for fact in facts] == ["Unsupervised with ID Verification"]


def test_the_same_under_another_name_is_found() -> None:
    around = Around(("en",), (("other", {"en": "AI at work, responsible"}, words_of(DEMO)),))
    assert found(DEMO, "like_another", around) == [{"title": {"en": "AI at work, responsible"}, "share": "100%"}]
    assert found(DESCRIPTION, "like_another", around) == []


def test_an_empty_description_can_be_judged_by_no_rule() -> None:
    assert [state.rule.key for state in judged(Description()) if state.findings is not None] == []


def test_every_rule_has_its_words() -> None:
    assert {rule.key for rule in RULES} == set(RULE_TEXTS)
    assert len({rule.key for rule in RULES}) == len(RULES)


def test_the_words_hold_every_fact() -> None:
    state = next(s for s in judged(with_task(due_after="P1Y"), BOTH) if s.rule.key == "due_in_time")
    assert state.findings is not None
    assert sentence(state.findings[0]) == "“Essay” is due after 1 year, but the programme may take 6 months at most."
    shown = {rule.name: rule.state for rule in rules_shown(judged(replace(DEMO, tasks=())), {})}
    assert shown["There are tasks to decide on"] == "failed"
    assert shown["Hours and ECTS fit: 25 to 30 hours a point"] == "passed"
    assert shown["Every task has a rubric to judge it by"] == "unknown"


def test_what_nobody_could_decide_on_is_not_published(at_work: Institution) -> None:
    version = services.create(at_work, replace(DEMO, tasks=())).versions.get()
    with pytest.raises(NotConsistent) as refusal:
        services.publish(version)
    assert [finding.rule for finding in refusal.value.findings] == ["has_tasks"]
    services.save_task(version, Task("", {"en": "Report"}, rubric="judgement"), base="")
    assert services.publish(version).state == "published"


def test_a_published_version_stays_consistent(at_work: Institution) -> None:
    version = services.publish(services.create(at_work, DEMO).versions.get())
    for task in DEMO.tasks[:-1]:
        services.remove_task(version, task.key)
    with pytest.raises(NotConsistent):
        services.remove_task(version, DEMO.tasks[-1].key)


def test_warnings_refuse_nothing() -> None:
    assert errors(replace(DEMO, workload="PT1H", partners=())) == ()
    assert {rule.severity for rule in RULES} == set(Severity)


def test_others_of_the_institution_are_looked_at(at_work: Institution) -> None:
    services.publish(services.create(at_work, DEMO).versions.get())
    copied = services.create(at_work, DEMO).versions.get()
    state = next(state for state in states(copied) if state.rule.key == "like_another")
    assert state.findings is not None
    assert [finding.facts["share"] for finding in state.findings] == ["100%"]


# ── Which outcome is assessed where ────────────────────────────────────────────────────────────────────────────────


def test_coverage_names_criteria_by_outcome_and_task() -> None:
    table = coverage(ASSESSED)
    cells = [[[c.key for c in cell.criteria] for cell in line.cells] for line in table.lines]
    assert cells == [[["argument", "data"], ["argument", "data"]], [["data"], ["data"]]]
    assert (table.uncovered, table.loose) == ((), ())


def test_a_criterion_that_weighs_nothing_covers_nothing_unless_it_must_be_reached() -> None:
    data = replace(RUBRIC.criteria[1], weight="0.00")
    some = replace(ASSESSED, rubrics=(replace(RUBRIC, criteria=(RUBRIC.criteria[0], data)),))
    assert [outcome.key for outcome in coverage(some).uncovered] == ["o2"]
    must = replace(some, rubrics=(replace(RUBRIC, criteria=(RUBRIC.criteria[0], replace(data, must_pass="sound"))),))
    assert coverage(must).uncovered == ()


# ── Credits and levels ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("points", "system", "hours", "ects"),
    [
        ("3", ECTS, ("75", "90"), None),
        ("15", NZ, ("150", "150"), ("5", "6")),
        ("6", KR, ("90", "90"), None),
        ("2", "UK credit (CATS)", ("20", "20"), ("0.67", "0.8")),
        ("1.5", "Continuing Education Unit (CEU)", ("15", "15"), None),
    ],
)
def test_what_points_come_to(points: str, system: str, hours: tuple[str, str], ects: tuple[str, str] | None) -> None:
    said = statement(credits_of((points, system))[0])
    assert said is not None
    assert said.hours == tuple(map(Decimal, hours))
    assert said.ects == (tuple(map(Decimal, ects)) if ects else None)


def test_an_unknown_unit_is_converted_into_nothing() -> None:
    own = CreditPoints("3", lists.CREDIT_SYSTEMS.named(ECTS).__class__("", {"en": "House points"}))
    assert statement(own) is None
    assert credit_lines(replace(DESCRIPTION, credits=(own,), workload="")) == []
    assert statement(replace(own, points="")) is None


def test_contact_hours_are_never_converted() -> None:
    contact = next(unit for unit in UNITS if unit.contact)
    with pytest.raises(ValueError, match=contact.key):
        in_unit((Decimal(1), Decimal(1)), contact)


def test_conversions_are_said_with_their_hours() -> None:
    said = credit_lines(replace(DEMO, credits=credits_of(("15", NZ), ("6", KR))))
    assert said == [
        (
            "15 NZ credits stand for 150 hours of work (10 each), which is 5–6 ECTS at 25–30 hours, by workload. Source: NZQA: ten "
            "notional hours of learning a credit."
        ),
        (
            "6 KR credits ask for at least 90 hours of teaching (15 each). Units that count teaching hours cannot be converted by "
            "workload. Source: Enforcement Decree of the Higher Education Act (KR), Art. 14."
        ),
        "The stated workload is 2.67–3.2 ECTS at 25–30 hours, by workload.",
    ]


def test_every_unit_is_in_the_list_and_found_again() -> None:
    assert [credit_unit(system) for system in lists.CREDIT_SYSTEMS] == list(UNITS)
    assert len({unit.key for unit in UNITS}) == len(UNITS)


def test_levels_are_chosen_from_lists_and_found_again() -> None:
    for framework in FRAMEWORKS:
        for level in framework.levels:
            made = chosen(f"{framework.key}:{level.code}")
            assert made is not None
            assert choice_of(made) == f"{framework.key}:{level.code}"
            assert eqf_of(made) == level.eqf
    assert chosen("NFQ:11") is None
    assert chosen("nonsense") is None
    assert choice_of(replace(made, framework="Another")) == ""

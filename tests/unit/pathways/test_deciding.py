"""The decision as a whole: what is not known, what people decide, what the search could not finish."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.shared import ROOT

from testamur.errors import InputError
from testamur.pathways import Approval, Case, Holding, Outcome, Override, State, decide, read_programme
from testamur.pathways.engine import solver
from testamur.pathways.engine.decision import Decision
from testamur.pathways.reading.cases import case_from

FILES = sorted((ROOT / "examples/programmes").glob("*.yaml"))
TODAY = date(2026, 1, 1)
HEAD = 'language: testamur-programme/1\nid: p\nversion: "1"\ntitle: P\n'


def held(name: str, size: str | None = "3", category: str = "a", **facts: object) -> Holding:
    amounts = {} if size is None else {"credits": Decimal(size)}
    return Holding(id=name, achievement=name, credits=amounts, categories=frozenset({category}), **facts)  # type: ignore[arg-type]


def decided(text: str, *holdings: Holding, **more: object) -> Decision:
    return decide(read_programme(HEAD + text), Case(on=TODAY, holdings=holdings, **more))  # type: ignore[arg-type]


def test_the_best_use_is_not_the_first_that_fits() -> None:
    """`ml` fits both places and comes first; put into the first, the second would stay open."""
    text = "requires: {all: [{name: any, from: {category: [a, b]}, count: 1}, {name: only a, from: {category: a}, count: 1}]}"
    decision = decided(text, held("aa"), held("zz", category="b"))
    assert decision.outcome is Outcome.HOLDS
    assert {(used.credential, used.requirement) for used in decision.chosen.used} == {("aa", "only a"), ("zz", "any")}


def test_no_more_is_used_than_is_needed() -> None:
    decision = decided("requires: {name: r, credits: 6}", held("a", "4"), held("b", "3"), held("c", "3"))
    assert [used.credential for used in decision.chosen.used] == ["b", "c"]
    assert [(refused.credential, refused.kind) for refused in decision.chosen.refused] == [("a", "surplus")]


@pytest.mark.parametrize(
    ("extra", "outcome"), [("3", Outcome.HOLDS), (None, Outcome.UNDECIDED), ("2", Outcome.DOES_NOT_HOLD)]
)
def test_a_credential_that_does_not_say_its_size_is_not_nothing(extra: str | None, outcome: Outcome) -> None:
    decision = decided("requires: {name: r, credits: 6}", held("a"), held("b", extra))
    assert decision.outcome is outcome


@pytest.mark.parametrize(
    ("valid", "outcome"), [(True, Outcome.HOLDS), (None, Outcome.UNDECIDED), (False, Outcome.DOES_NOT_HOLD)]
)
def test_only_what_stands_counts(valid: bool | None, outcome: Outcome) -> None:
    decision = decided("requires: {name: r, credits: 3}", held("a", valid=valid, reason="status.unknown"))
    assert decision.outcome is outcome
    if valid is None:
        assert decision.chosen.unknown == (("clause", "standing", "a"),)


def test_what_is_not_known_does_not_matter_where_it_does_not_matter() -> None:
    assert decided("requires: {name: r, credits: 3}", held("a"), held("b", valid=None)).outcome is Outcome.HOLDS
    assert decided("requires: {name: r, credits: 9}", held("a"), held("b", valid=None)).outcome is Outcome.DOES_NOT_HOLD


def test_a_person_may_vouch_for_what_could_not_be_verified_but_not_for_what_is_false() -> None:
    approval = Approval(of="standing", by="Registrar", reason="Original seen", credential="a")
    text = "requires: {name: r, credits: 3}"
    assert decided(text, held("a", valid=None), approvals=(approval,)).outcome is Outcome.HOLDS
    assert decided(text, held("a", valid=False), approvals=(approval,)).outcome is Outcome.DOES_NOT_HOLD
    nameless = replace(approval, by="")
    assert decided(text, held("a", valid=None), approvals=(nameless,)).outcome is Outcome.UNDECIDED


OVERRIDE = Override(does="accept", requirement="r", credential="b", by="A. Kim", role="dean", reason="Same outcomes")
ALLOWED = "overrides: {by: [dean], may: [accept, waive, refuse]}\nrequires: {name: r, from: {category: a}, credits: 3}"


def test_a_decision_by_hand_counts_and_is_said() -> None:
    decision = decided(ALLOWED, held("b", category="b"), overrides=(OVERRIDE,))
    assert decision.outcome is Outcome.HOLDS
    assert decision.chosen.by_hand == (OVERRIDE,)


def test_a_decision_by_hand_is_not_used_where_the_rule_is_met_without_it() -> None:
    decision = decided(ALLOWED, held("a"), held("b", category="b"), overrides=(OVERRIDE,))
    assert decision.chosen.by_hand == ()
    assert [used.credential for used in decision.chosen.used] == ["a"]


@pytest.mark.parametrize(
    "change", [{"by": " "}, {"reason": ""}, {"role": "tutor"}, {"credential": "c"}, {"requirement": "other"}]
)
def test_a_decision_by_hand_needs_a_name_a_reason_and_the_right(change: dict[str, str]) -> None:
    override = replace(OVERRIDE, **change)
    assert decided(ALLOWED, held("b", category="b"), overrides=(override,)).outcome is Outcome.DOES_NOT_HOLD


def test_a_false_credential_is_accepted_by_nobody() -> None:
    decision = decided(ALLOWED, held("b", category="b", valid=False), overrides=(OVERRIDE,))
    assert decision.outcome is Outcome.DOES_NOT_HOLD


def test_a_person_may_refuse_a_credential() -> None:
    refusal = replace(OVERRIDE, does="refuse", credential="a", requirement="", reason="Plagiarism")
    decision = decided(ALLOWED, held("a"), overrides=(refusal,))
    assert decision.outcome is Outcome.DOES_NOT_HOLD
    assert [(refused.name, refused.detail) for refused in decision.chosen.refused] == [
        ("refused by hand", "Plagiarism")
    ]


def test_a_requirement_that_time_has_passed_by_is_impossible() -> None:
    text = "requires: {all: [{name: in time, condition: {fact: {name: applied, until: 2025-12-31}}}, {name: r, credits: 3}]}"
    decision = decided(text, facts={"applied": "2026-01-01"})
    assert {status.name: status.state for status in decision.chosen.statuses}["in time"] is State.IMPOSSIBLE
    assert {status.name: status.state for status in decision.chosen.statuses}["r"] is State.OPEN


@pytest.mark.parametrize(("end", "state"), [("2025-12-31", State.IMPOSSIBLE), ("2026-01-01", State.OPEN)])
@pytest.mark.parametrize(
    "place",
    [
        "requires: {name: r, from: WHERE, credits: 3}",
        "counts_if: [{name: c, where: WHERE}]\nrequires: {name: r, credits: 3}",
    ],
)
def test_a_window_for_credentials_that_has_closed_makes_it_impossible(place: str, end: str, state: State) -> None:
    decision = decided(place.replace("WHERE", f"{{awarded: {{from: 2025-01-01, until: {end}}}}}"))
    assert [status.state for status in decision.chosen.statuses] == [state]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_outcome_alone_is_the_same_outcome(path: object) -> None:
    programme = read_programme(path.read_bytes())  # type: ignore[attr-defined]
    for test in programme.tests[:4]:
        case = case_from(test, unit=programme.unit, on=TODAY)
        assert decide(programme, case, explain=False).outcome is decide(programme, case).outcome


def test_a_search_that_is_cut_off_never_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve boxes of exactly 17 from credits that nearly fill them: with no time at all nothing can be proven."""
    leaves = ", ".join(f"{{name: l{number}, credits: {{min: 17, max: 17}}}}" for number in range(12))
    holdings = tuple(held(f"c{number:02}", str(number * 7 % 5 + 2)) for number in range(50))
    monkeypatch.setattr(solver, "LIMITS", (1e-9,) * 6)
    decision = decided(f"requires: {{all: [{leaves}]}}", *holdings)
    assert decision.outcome is not Outcome.DOES_NOT_HOLD
    assert not decision.chosen.proven


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"certified": "2025-06-01"}, Outcome.HOLDS),
        ({}, Outcome.UNDECIDED),
        ({"certified": "2020-06-01"}, Outcome.DOES_NOT_HOLD),
    ],
)
def test_what_lapses_must_say_since_when(facts: dict[str, str], outcome: Outcome) -> None:
    text = "requires: {name: r, credits: 3}\nvalidity: {lasts: 3 years, from: certified}"
    assert decided(text, held("a"), facts=facts).outcome is outcome


def test_a_credential_cannot_be_handed_in_twice() -> None:
    with pytest.raises(InputError, match="twice"):
        Case(on=TODAY, holdings=(held("a"), held("a")))

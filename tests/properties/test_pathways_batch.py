"""A batch says what each decision alone says; what is seen without the solver is what the solver finds.

`TESTAMUR_EXAMPLES=1000 pytest tests/properties/test_pathways_batch.py` tries more.
"""

from __future__ import annotations

import json
import pickle
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.pathways_brute_force import best
from tests.properties.test_pathways_assignment import SETTINGS, problems
from tests.properties.test_pathways_programmes import Json, credentials, programmes
from tests.shared import ROOT

from testamur.pathways import decide, read_case, read_programme
from testamur.pathways.batch import Compiled, evaluate
from testamur.pathways.engine.problem import Problem
from testamur.pathways.engine.screening import satisfiable
from testamur.pathways.reading.cases import case_from

TODAY = date(2026, 1, 1)
FILES = sorted((ROOT / "examples/programmes").glob("*.yaml"))


@SETTINGS
@given(problems())
def test_what_is_seen_is_so(problem: Problem) -> None:
    seen = satisfiable(problem)
    assert seen is None or seen is (best(problem)[0] == 0)


@settings(SETTINGS, max_examples=100)
@given(programmes(), st.lists(credentials(), min_size=1, max_size=4))
def test_a_batch_is_each_decision_alone(document: Json, cohort: list[list[Json]]) -> None:
    programme = read_programme(json.dumps(document))
    cases = [read_case(json.dumps({"credentials": held}), unit=programme.unit, on=TODAY) for held in cohort]
    alone = [(number, decide(programme, case)) for number, case in enumerate(cases)]
    batch = list(evaluate(programme, cases))
    assert [(each.number, each.outcome) for each in batch] == [(number, one.outcome) for number, one in alone]
    assert [each.award for each in batch] == [one.chosen.award for _, one in alone]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_programmes_of_the_examples(path: Path) -> None:
    programme = read_programme(path.read_bytes())
    cases = [case_from(test, unit=programme.unit, on=TODAY) for test in programme.tests]
    compiled = Compiled(programme)
    found = [compiled.evaluate(number, case).outcome.value for number, case in enumerate(cases)]
    assert found == [test["expect"]["outcome"] for test in programme.tests]


DATED = """
language: testamur-programme/1
id: dated
title: Dated
version: "1"
counts_if:
  - {name: recent, where: {awarded: {from: decision - 2 years}}}
  - {name: not too late, where: {awarded: {until: 2026-01-01}}}
requires: {name: all, from: {achievement: A}, count: 1}
"""


def test_what_is_remembered_of_a_day_is_of_that_day_of_decision() -> None:
    """The same credential before one programme on two days, and one that states a day named `decision` itself."""
    programme = read_programme(DATED)
    held = {"id": "c", "achievement": "A", "awarded": "2024-06-01"}
    cases = [
        case_from({"credentials": [{**held, **more}]}, unit=programme.unit, on=on)
        for on, more in (
            (date(2025, 1, 1), {}),
            (date(2027, 1, 1), {}),
            (date(2025, 1, 1), {"attributes": {"decision": "2030-01-01"}}),
            (date(2027, 1, 1), {"attributes": {"decision": "2025-01-01"}}),
            (date(2027, 1, 1), {"awarded": "2026-06-01"}),
        )
    ]
    alone = [decide(programme, case).outcome.value for case in cases]
    assert alone == ["holds", "does not hold", "does not hold", "holds", "does not hold"]
    assert [each.outcome.value for each in evaluate(programme, cases)] == alone


def test_several_processes_say_the_same_in_the_same_order() -> None:
    programme = read_programme((ROOT / "examples/programmes/consortium-microdegree.yaml").read_bytes())
    cases = [case_from(test, unit=programme.unit, on=TODAY) for test in programme.tests]
    assert pickle.loads(pickle.dumps(cases)) == cases
    assert list(evaluate(programme, cases, processes=2)) == list(evaluate(programme, cases))

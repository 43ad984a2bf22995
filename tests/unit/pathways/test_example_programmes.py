"""Every programme in examples/programmes is read, and every test that it carries comes out as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.shared import ROOT, shared

from testamur.pathways import Programme, read_programme, trials

FILES = sorted((ROOT / "examples/programmes").glob("*.yaml"))


def programme(path: Path) -> Programme:
    return read_programme(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_tests_of_the_programme_pass(path: Path) -> None:
    results = list(trials(programme(path)))
    assert len(results) >= 2
    assert {trial.name: trial.differences for trial in results if not trial.passed} == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_programme_is_tested_in_both_directions(path: Path) -> None:
    outcomes = {test["expect"]["outcome"] for test in programme(path).tests}
    assert "holds" in outcomes
    assert outcomes - {"holds"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_programme_has_the_name_of_its_file_and_both_languages(path: Path) -> None:
    read = programme(path)
    assert read.id == path.stem
    assert {"en", "ko"} <= set(read.title)


def test_every_real_programme_is_there() -> None:
    known = re.findall(
        r"^- id: (\S+)", shared("programmes/real-programmes.yaml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(known) == 14
    assert set(known) <= {path.stem for path in FILES}

"""`testamur plan`, and its how-to page, which is executed."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from tests.shared import ROOT

from testamur.pathways.planning import read_catalogue, read_goal

from .conftest import Run

PAGE = (ROOT / "docs/how-to/plan-a-path.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n\$ testamur (.*?)\n(.*?)```", PAGE, re.DOTALL)
YAML = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def files(folder: Path) -> Path:
    for path in (ROOT / "examples/planning").glob("*.yaml"):
        shutil.copy(path, folder)
    return folder


@pytest.mark.parametrize(("command", "expected"), CONSOLE, ids=[command[:60] for command, _ in CONSOLE])
def test_the_page_says_what_is_said(files: Path, run: Run, command: str, expected: str) -> None:
    said = run(*command.split())
    assert said.status in (0, 1), said.err
    assert expected.strip() in said.out


def test_the_examples_of_the_page_can_be_read() -> None:
    assert read_goal(YAML[0])
    assert read_catalogue(YAML[1]).offerings


def test_the_program_of_the_page_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.chdir(ROOT)
    exec(compile(program, "plan-a-path.md", "exec"), {})
    assert "이보다 빠른 방법이 없음이 증명되었습니다." in capsys.readouterr().out


BASE = ("plan", "data-analyst.yaml", "--catalogue", "catalogue.yaml", "--begin", "2027-03-01")


def test_as_json(files: Path, run: Run) -> None:
    said = run(*BASE, "--alternatives", "1", "--what-if", "hours-per-week=12", "--json")
    assert said.status == 0
    answer = json.loads(said.out)
    assert (answer["plan"]["cost"], answer["plan"]["proven"], answer["none"]) == (420, True, None)
    assert len(answer["alternatives"]) == 1
    assert answer["whatIf"]["plan"]["cost"] == 420
    assert answer["whatIf"]["difference"]


def test_no_plan_ends_with_one(files: Path, run: Run) -> None:
    said = run(*BASE, "--budget", "400", "--language", "ko")
    assert said.status == 1
    assert "예산이 420 EUR이면 가능합니다(20 EUR 추가)." in said.out


def test_a_goal_that_is_not_reached_whole_ends_with_one(files: Path, run: Run) -> None:
    said = run(*BASE, "--in-language", "en")
    assert said.status == 1
    assert "It could be done with offerings in further languages: ko." in said.out


def test_what_a_case_states_is_held_once_somebody_vouches(files: Path, run: Run) -> None:
    case = "credentials: [{id: paper, skill: [statistics, programming]}]\n"
    (files / "case.yaml").write_text(case)
    assert "for 420 EUR" in run(*BASE, "--case", "case.yaml").out
    (files / "case.yaml").write_text(case + "approvals: [{of: standing, by: Registrar, reason: Seen}]\n")
    assert "for 270 EUR" in run(*BASE, "--case", "case.yaml").out


@pytest.mark.parametrize(
    "wrong",
    [
        ("--budget", "much"),
        ("--hours-per-week", "0"),
        ("--by", "2027-01-01"),
        ("--by", "soon"),
        ("--alternatives", "9"),
        ("--what-if", "luck=1"),
        ("--what-if", "begin="),
        ("--what-if", "by=2020-01-01"),
        ("--award", "doctorate"),
        ("--catalogue", "data-analyst.yaml"),
        ("--catalogue", "absent.yaml"),
    ],
)
def test_wrong_usage_says_what_to_do(files: Path, run: Run, wrong: tuple[str, str]) -> None:
    said = run(*BASE, *wrong)
    assert said.status == 2
    assert said.err.startswith("testamur: ")


@pytest.mark.parametrize("missing", ["yaml", "ortools.sat.python", "scipy.optimize"])
def test_without_the_extra_it_says_how_to_install_it(
    files: Path, run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    said = run(*BASE)
    assert said.status == 2
    assert 'pip install "testamur[pathways]"' in said.err

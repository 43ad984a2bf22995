"""`testamur check` as a registrar calls it: real credentials, issued and verified, against a programme."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from .conftest import ISSUER, Run

PROGRAMME = """\
language: testamur-programme/1
id: data
version: "1"
title: {en: Data microdegree, ko: 데이터 마이크로디그리}
unit: ECTS
unstated_unit: ECTS
conditions:
  - name: registered
    condition: {fact: {name: semesters, at_least: 2}}
counts_if:
  - name: supervised
    applies_to: {achievement: D1}
    where: {supervision: {at_least: online}}
requires:
  name: data credits
  from: {category: data}
  credits: 6
tests:
  - name: six credits hold
    facts: {semesters: 2}
    credentials: [{id: a, copies: 2, category: data, credits: 3}]
    expect: {outcome: holds}
"""


@pytest.fixture
def held(folder: Path, run: Run) -> list[Path]:
    """Two credentials of three credits each, D1 and D2."""
    (folder / "programme.yaml").write_text(PROGRAMME, encoding="utf-8")
    (folder / "issuer.json").write_text(json.dumps(ISSUER))
    (folder / "class.csv").write_text("name,email\nMina,mina@students.example\n")
    run("key", "new", "--out", "key.json")
    files = []
    for code in ("D1", "D2"):
        achievement = {
            "id": f"https://university.example/{code}",
            "name": f"Data {code}",
            "description": "Reads data.",
            "criteria": {"narrative": "Pass."},
            "humanCode": code,
            "creditsAvailable": 3,
            "tag": ["data"],
        }
        (folder / f"{code}.json").write_text(json.dumps(achievement))
        arguments = ("--issuer", "issuer.json", "--achievement", f"{code}.json", "--recipients", "class.csv")
        assert run("issue", *arguments, "--key", "key.json", "--out", code).status == 0
        files += (folder / code).glob("*.json")
    return files


CASE = "facts: {semesters: 2}\ncredentials: [{id: ID, supervision: onsite}]\n"


@pytest.fixture
def case(held: list[Path], folder: Path) -> Path:
    """The institution's records: registered, and the first credential was supervised."""
    identifier = json.loads(held[0].read_text())["id"]
    path = folder / "case.yaml"
    path.write_text(CASE.replace("ID", identifier))
    return path


def test_a_programme_that_holds(held: list[Path], case: Path, run: Run) -> None:
    said = run("check", "programme.yaml", "--credentials", *held, "--case", case)
    assert said.status == 0, said.err
    assert said.out.startswith("The programme is completed: Data microdegree.")
    assert "Data D1 counts in “data credits” with 3 ECTS credits." in said.out


def test_what_no_document_says_cannot_be_decided(held: list[Path], run: Run) -> None:
    said = run("check", "programme.yaml", "--credentials", *held, "--fact", "semesters=2")
    assert said.status == 3
    assert "“supervised” cannot be decided for Data D1." in said.out


def test_one_credential_less_does_not_hold(held: list[Path], case: Path, run: Run) -> None:
    said = run("check", "programme.yaml", "--credentials", held[1], "--fact", "semesters=2", "--language", "ko")
    assert said.status == 1
    assert "‘data credits’에 3학점(ECTS)" in said.out


def test_a_false_credential_counts_nothing(held: list[Path], case: Path, run: Run) -> None:
    held[0].write_text(held[0].read_text().replace("Data D1", "Data D9"))
    said = run("check", "programme.yaml", "--credentials", *held, "--case", case, "--json")
    assert said.status == 1
    answer = json.loads(said.out)
    assert answer["outcome"] == "does not hold"
    refused = answer["awards"][0]["refused"]
    assert [(entry["name"], entry["detail"]) for entry in refused if entry["credential"].endswith(".json")] == [
        ("standing", "proof.signature_false")
    ]


def test_a_credential_that_is_only_stated_is_not_counted_until_somebody_vouches(
    held: list[Path], folder: Path, run: Run
) -> None:
    stated = "facts: {semesters: 2}\ncredentials: [{id: paper, copies: 2, category: data, credits: 3}]\n"
    (folder / "paper.yaml").write_text(stated)
    assert run("check", "programme.yaml", "--case", "paper.yaml").status == 3
    vouched = stated + "approvals: [{of: standing, by: Registrar, reason: Original seen}]\n"
    (folder / "paper.yaml").write_text(vouched)
    assert run("check", "programme.yaml", "--case", "paper.yaml").status == 0


def test_the_same_file_twice_is_one_credential(held: list[Path], run: Run) -> None:
    said = run("check", "programme.yaml", "--credentials", held[1], held[1], "--fact", "semesters=2")
    assert said.status == 1


def test_tests(held: list[Path], folder: Path, run: Run) -> None:
    said = run("check", "programme.yaml", "--tests")
    assert (said.status, said.out) == (0, "1 passed, 0 failed\n")
    (folder / "programme.yaml").write_text(PROGRAMME.replace("outcome: holds", "outcome: undecided"), encoding="utf-8")
    said = run("check", "programme.yaml", "--tests")
    assert said.status == 1
    assert "FAILED six credits hold\n       outcome: expected undecided, found holds" in said.out
    assert said.out.endswith("0 passed, 1 failed\n")
    answer = json.loads(run("check", "programme.yaml", "--tests", "--json").out)
    assert (answer["passed"], answer["failed"]) == (0, 1)


def test_mistakes_name_their_lines(folder: Path, run: Run) -> None:
    (folder / "bad.yaml").write_text(PROGRAMME.replace("  from:", "  form:"), encoding="utf-8")
    said = run("check", "bad.yaml", "--tests")
    assert said.status == 1
    assert "bad.yaml: line 16, column 3: “form” is no word of the language here; did you mean “from”?" in said.err


def test_read_aloud(held: list[Path], run: Run) -> None:
    said = run("check", "programme.yaml", "--read-aloud")
    assert said.status == 0
    assert "“data credits”: at least 6 ECTS credits, of credentials where the category is data." in said.out


@pytest.mark.parametrize(
    "wrong",
    [
        ("--tests", "--read-aloud"),
        ("--tests", "--fact", "a=1"),
        ("--fact", "semesters"),
        ("--on", "tomorrow"),
        ("--case", "absent.yaml"),
        ("--credentials", "absent.json"),
    ],
)
def test_wrong_usage_says_what_to_do(held: list[Path], run: Run, wrong: tuple[str, ...]) -> None:
    said = run("check", "programme.yaml", *wrong)
    assert said.status == 2
    assert said.err.startswith("testamur: ")


@pytest.mark.parametrize("missing", ["yaml", "ortools.sat.python"])
def test_without_the_extra_it_says_how_to_install_it(
    held: list[Path], run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    said = run("check", "programme.yaml", "--tests")
    assert said.status == 2
    assert 'pip install "testamur[pathways]"' in said.err

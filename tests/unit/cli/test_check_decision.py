"""A decision travels in the credential: written by one, taken again by a stranger who has nothing but the credential."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.simulator import Institution

from testamur.fetch import write_bundle

from .conftest import ISSUER, Run

PROGRAMME = """\
language: testamur-programme/1
id: data
version: "3"
title: {en: Data microdegree, ko: 데이터 마이크로디그리}
unit: ECTS
unstated_unit: ECTS
conditions:
  - name: registered
    condition: {fact: {name: semesters, at_least: 2}}
reevaluation: {grace: 60 days}
requires:
  name: data credits
  from: {category: data}
  credits: 6
"""


ONE_OF_ANY = """\
language: testamur-programme/1
id: any
version: "1"
title: {en: Any credential, ko: 아무 자격증명}
requires: {name: any, count: 1}
"""


def issue(run: Run, folder: Path, code: str, *further: str) -> Path:
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
    assert run("issue", *arguments, "--key", "key.json", "--out", code, *further).status == 0
    (path,) = (folder / code).iterdir()
    return path


@pytest.fixture
def held(folder: Path, run: Run) -> list[Path]:
    (folder / "programme.yaml").write_text(PROGRAMME, encoding="utf-8")
    (folder / "issuer.json").write_text(json.dumps(ISSUER))
    (folder / "class.csv").write_text("name,email\nMina,mina@students.example\n")
    run("key", "new", "--out", "key.json")
    return [issue(run, folder, code) for code in ("D1", "D2", "D3")]


def award(folder: Path, run: Run, held: list[Path], *further: str) -> Path:
    said = run(
        "check", "programme.yaml", "--credentials", *held, "--fact", "semesters=2", "--fact", "shoe_size=39",
        "--evidence", "evidence.json", *further,
    )  # fmt: skip
    assert said.status == 0, said.err
    return issue(run, folder, "microdegree", "--evidence", "evidence.json")


def test_a_stranger_takes_the_decision_again(held: list[Path], folder: Path, run: Run) -> None:
    microdegree = award(folder, run, held)
    for name in ("programme.yaml", *held):
        (folder / name).unlink()
    said = run("check", "--credential", microdegree)
    assert said.status == 0, said.out + said.err
    assert said.out.startswith("The same decision comes out of the same rule and the same credentials.")
    assert said.out.count("is genuine and stands today.") == 2
    assert "The programme is completed: Data microdegree." in said.out
    assert run("verify", microdegree).status == 0


def test_a_bundle_of_the_microdegree_answers_for_its_parts(
    held: list[Path], folder: Path, run: Run, university: Institution
) -> None:
    (folder / "part.json").write_bytes(json.dumps(university.issue()).encode())
    (folder / "programme.yaml").write_text(ONE_OF_ANY, encoding="utf-8")
    microdegree = award(folder, run, [folder / "part.json"])
    assert run("bundle", microdegree, "--out", "kit.zip").status == 0
    university.fetch = None  # type: ignore[assignment,method-assign]  # whoever asks the network now fails
    said = run("check", "--credential", microdegree, "--offline", "kit.zip")
    assert said.status == 0, said.out + said.err
    (folder / "empty.zip").write_bytes(write_bundle([]))
    assert run("check", "--credential", microdegree, "--offline", "empty.zip").status == 3


def test_what_did_not_matter_is_not_told(held: list[Path], folder: Path, run: Run) -> None:
    microdegree = award(folder, run, held)
    evidence = json.loads(microdegree.read_text())["evidence"]
    assert [piece["genre"] for piece in evidence] == ["Decision", "Rule", "Credential", "Credential"]
    (unused,) = {path.parent.name for path in held} - {piece["name"].removeprefix("Data ") for piece in evidence[2:]}
    assert f"Data {unused}" not in microdegree.read_text()
    answer = json.loads(run("check", "--credential", microdegree, "--json").out)
    assert answer["result"] == "passed"
    assert answer["today"] is None
    assert [found["code"] for found in answer["findings"]] == [
        "credential.genuine", "rule.same", "part.genuine", "part.genuine", "decision.same",
    ]  # fmt: skip


def test_parts_by_their_hash_are_handed_in(held: list[Path], folder: Path, run: Run) -> None:
    microdegree = award(folder, run, held, "--by-digest")
    said = run("check", "--credential", microdegree)
    assert said.status == 3
    assert said.out.count("stands in the decision by its hash only. Hand it in as well (--credentials)") == 2
    assert run("check", "--credential", microdegree, "--credentials", *held).status == 0


def test_a_false_credential_is_not_looked_into(held: list[Path], folder: Path, run: Run) -> None:
    microdegree = award(folder, run, held)
    microdegree.write_text(microdegree.read_text().replace("Data microdegree", "Data degree"))
    said = run("check", "--credential", microdegree, "--language", "ko")
    assert said.status == 1
    assert "판정을 담은 자격증명이 유효하지 않습니다(proof.signature_false)." in said.out


def test_a_credential_without_a_decision(held: list[Path], run: Run) -> None:
    said = run("check", "--credential", held[0])
    assert said.status == 1
    assert said.out == "This credential carries no decision that could be taken again.\n"
    assert json.loads(run("check", "--credential", held[0], "--json").out)["code"] == "pathways.decision_absent"


def test_an_issuer_that_signs_another_outcome_is_found_out(held: list[Path], folder: Path, run: Run) -> None:
    """The evidence of a decision that did not hold, with its outcome turned."""
    import base64

    run("check", "programme.yaml", "--credentials", held[0], "--fact", "semesters=2", "--evidence", "evidence.json")
    evidence = json.loads((folder / "evidence.json").read_text())
    kind, data = evidence[0]["id"].split(",")
    turned = base64.b64decode(data).replace(b'"outcome":"does not hold"', b'"outcome":"holds"')
    evidence[0]["id"] = f"{kind},{base64.b64encode(turned).decode()}"
    del evidence[0]["digestSRI"]
    (folder / "evidence.json").write_text(json.dumps(evidence))
    microdegree = issue(run, folder, "microdegree", "--evidence", "evidence.json")
    said = run("check", "--credential", microdegree)
    assert said.status == 1
    assert "Something else comes out: The programme is not completed, and not The programme is completed" in said.out


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("--credential", "a.json", "--tests"),
        ("programme.yaml", "--credential", "a.json"),
        ("programme.yaml", "--by-digest"),
        ("--credential", "absent.json"),
        ("--evidence", "evidence.json"),
    ],
)
def test_wrong_usage_says_what_to_do(held: list[Path], run: Run, wrong: tuple[str, ...]) -> None:
    said = run("check", *wrong)
    assert said.status == 2
    assert said.err.startswith("testamur: ")

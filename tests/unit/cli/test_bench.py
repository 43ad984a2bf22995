"""`testamur bench`: that it measures what it says. How quick anything is, no test asserts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from testamur.cli import main
from testamur.cli.bench import credential, measure
from testamur.cli.bench.sample import CREATED, STATUS_LIST, Sample
from testamur.issuing import CohortIssuer
from testamur.linked_data.shapes import plan
from testamur.verification import Verdict, Verifier


class Clock:
    def now(self) -> Any:
        return CREATED


@pytest.mark.parametrize(
    "arguments",
    [
        ["issue"],
        ["issue", "--path", "general"],
        ["verify"],
        ["verify", "--stored"],
        ["verify", "--path", "general"],
    ],
    ids=" ".join,
)
def test_one_line_with_its_figures(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *arguments, "--count", "8", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["rate", "floor", "raw", "ratio", "least", "greatest", "form"]
    assert figures.pop("form") == ("compiled" if plan.KERNEL.COMPILED else "Python")
    assert all(value > 0 for value in figures.values())
    assert figures["least"] <= figures["ratio"] <= figures["greatest"]
    assert main(["bench", *arguments, "--count", "1"]) == 0
    assert "rate / floor" in capsys.readouterr().out


@pytest.mark.parametrize(("least", "status"), [("0.0000001", 0), ("1000000", 1)])
def test_a_ratio_that_is_asked_for(least: str, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "issue", "--count", "2", "--at-least", least]) == status
    assert bool(capsys.readouterr().err) is bool(status)


def test_the_sample_is_realistic_and_valid(capsys: pytest.CaptureFixture[str]) -> None:
    sample = Sample.make()
    document = json.loads(credential(sample))
    assert len(document["credentialSubject"]["achievement"]["alignment"]) == 3
    assert len(document["evidence"]) == 2
    assert len(document["credentialSubject"]["result"]) == 1
    assert document["credentialStatus"]["statusListCredential"] == STATUS_LIST
    report = Verifier(sample.resolver(), clock=Clock()).verify(credential(sample))
    assert report.verdict is Verdict.VALID
    assert main(["bench", "sample"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {**printed, "proof": 0, "issuer": 0}.keys() == document.keys()


def test_the_awards_of_the_sample_are_one_cohort() -> None:
    sample = Sample.make()
    cohort = CohortIssuer(sample.issuer, sample.achievement, sample.key, verification_method=sample.method)
    for number in range(20):
        cohort.issue(*sample.award(number), created=CREATED)
    assert cohort.counts == (20, 0, 1)


def test_a_measurement_of_what_is_not_valid_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sample, "withdrawn", staticmethod(lambda _address, _index: True))
    with pytest.raises(AssertionError, match="not valid"):
        measure.measure_verifying(Sample.make(), "shape", 2, stored=False)


@pytest.mark.parametrize("arguments", [["issue", "--count", "0"], ["issue", "--stored"], ["issue", "--path", "other"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *arguments]) == 2
    assert capsys.readouterr().err

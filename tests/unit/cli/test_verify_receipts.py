"""`testamur verify` for a registrar's file: receipts, an earlier moment, and tables of addresses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.simulator import Institution
from tests.unit.cli.conftest import Run
from tests.unit.cli.test_verify import save

from testamur.fetch import write_bundle
from testamur.ports import Resource


@pytest.fixture
def badge(folder: Path, university: Institution) -> str:
    return save(folder, "badge.json", university.issue())


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256", "P-384"])
def test_a_receipt_is_made_and_verified(folder: Path, run: Run, badge: str, algorithm: str) -> None:
    assert run("key", "new", "--out", "key.json", "--algorithm", algorithm).status == 0
    assert (
        run("verify", badge, "--receipt", "receipt.json", "--key", "key.json", "--recipient", "x@y.example").status == 1
    )
    assert run("verify", badge, "--receipt", "receipt.json", "--key", "key.json").status == 0
    receipt = json.loads((folder / "receipt.json").read_bytes())
    assert receipt["credentialSubject"]["description"] == "valid"
    assert receipt["issuer"]["id"] == json.loads((folder / "key.json").read_bytes())["controller"]
    said = run("verify", "receipt.json", "--about", badge)
    assert (said.status, "is about this file" in said.err) == (0, True)
    assert "Receipt of a verification: Valid · " in said.out
    other = save(folder, "other.json", {"type": "VerifiableCredential"})
    said = run("verify", "receipt.json", "--about", other)
    assert (said.status, "about another file" in said.err) == (1, True)


def test_a_changed_receipt_says_nothing(folder: Path, run: Run, badge: str) -> None:
    assert run("key", "new", "--out", "key.json").status == 0
    assert run("verify", badge, "--receipt", "receipt.json", "--key", "key.json").status == 0
    receipt = json.loads((folder / "receipt.json").read_bytes())
    receipt["credentialSubject"]["description"] = "invalid"
    said = run("verify", save(folder, "receipt.json", receipt), "--about", badge)
    assert said.status == 1
    assert "no receipt that could be confirmed" in said.err


def test_a_receipt_of_an_address(folder: Path, run: Run, badge: str, university: Institution) -> None:
    university.pages["https://university.example/c/1"] = (folder / badge).read_bytes()
    assert run("key", "new", "--out", "key.json").status == 0
    made = run("verify", "https://university.example/c/1", "--receipt", "receipt.json", "--key", "key.json")
    assert made.status == 0
    assert run("verify", "receipt.json", "--about", badge).status == 0


def test_wrong_usage_of_receipts(folder: Path, run: Run, badge: str) -> None:
    assert run("key", "new", "--out", "key.json").status == 0
    assert run("verify", badge, "--receipt", "receipt.json").status == 2
    assert run("verify", badge, "--key", "key.json").status == 2
    assert run("verify", badge, badge, "--receipt", "receipt.json", "--key", "key.json").status == 2
    assert run("verify", badge, "--receipt", "receipt.json", "--key", badge).status == 2
    assert not (folder / "receipt.json").exists()


def test_an_old_bundle_and_an_earlier_moment(folder: Path, run: Run, badge: str, university: Institution) -> None:
    collected = datetime.now(UTC).replace(microsecond=0) - timedelta(days=300)
    then = Institution(now=collected)
    old = save(folder, "old.json", then.issue(valid_until=collected + timedelta(days=900)))
    pages = [Resource(url, content, "application/json", collected) for url, content in then.published().items()]
    (folder / "kit.zip").write_bytes(write_bundle(pages))
    now = run("verify", old, "--offline", "kit.zip")
    assert now.status == 3
    assert "had not withdrawn it on" in now.out
    asked = run("verify", old, "--offline", "kit.zip", "--as-of", "collected", "--json")
    report = json.loads(asked.out)
    assert (asked.status, report["verdict"]) == (0, "valid")
    assert report["asOf"] == collected.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert run("verify", old, "--offline", "kit.zip", "--as-of", f"{collected:%Y-%m-%d}").status == 0
    assert (
        run("verify", old, "--offline", "kit.zip", "--as-of", f"{collected - timedelta(days=90):%Y-%m-%d}").status == 1
    )
    assert run("verify", old, "--offline", "kit.zip", "--as-of", "2999-01-01").status == 2
    assert run("verify", old, "--offline", "kit.zip", "--as-of", "yesterday").status == 2
    assert run("verify", badge, "--as-of", "collected").status == 2


def test_a_table_of_addresses(folder: Path, run: Run, badge: str, university: Institution) -> None:
    university.pages["https://university.example/c/1"] = (folder / badge).read_bytes()
    table = "이름,주소\n김미나,https://university.example/c/1\n이준,https://university.example/c/2\n"
    (folder / "list.csv").write_text(table, encoding="cp949")
    said = run("verify", "list.csv", "--json")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [(line["document"], line["verdict"]) for line in lines] == [
        ("list.csv:2", "valid"),
        ("list.csv:3", "undetermined"),
    ]
    assert said.status == 3
    (folder / "none.csv").write_text("name,age\nMina,20\n")
    assert run("verify", "none.csv").status == 2


def test_a_bundle_of_a_table(folder: Path, run: Run, badge: str, university: Institution) -> None:
    university.pages["https://university.example/c/1"] = (folder / badge).read_bytes()
    (folder / "list.csv").write_text("https://university.example/c/1\n")
    assert run("bundle", "list.csv", "--out", "kit.zip").status == 0
    assert run("verify", "list.csv", "--offline", "kit.zip").status == 0
    (folder / "gone.csv").write_text("https://university.example/c/9\n")
    said = run("bundle", "gone.csv", "--out", "gone.zip")
    assert (said.status, "could not be obtained" in said.err) == (3, True)

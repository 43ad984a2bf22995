"""Keys: secret files, and the documents that publish the other half."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Run


def test_a_key_file_is_for_its_owner_only_and_is_never_overwritten(folder: Path, run: Run) -> None:
    said = run("key", "new", "--out", "key.json")
    assert said.status == 0
    path = folder / "key.json"
    content = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert content["secretKeyMultibase"] not in said.out
    assert content["controller"] == f"did:key:{content['publicKeyMultibase']}"
    before = path.read_bytes()
    again = run("key", "new", "--out", "key.json")
    assert again.status == 2
    assert "never overwritten" in again.err
    assert path.read_bytes() == before
    assert list(folder.iterdir()) == [path]


def test_a_did_web_key_says_where_to_publish_what(folder: Path, run: Run) -> None:
    said = run("key", "new", "--out", "key.json", "--did", "did:web:university.example:badges")
    assert "https://university.example/badges/did.json" in said.out
    document = json.loads(run("key", "document", "key.json").out)
    assert document["id"] == "did:web:university.example:badges"
    assert "secret" not in json.dumps(document).lower()
    run("key", "new", "--out", "next.json", "--did", "did:web:university.example:badges")
    both = json.loads(run("key", "document", "next.json", "key.json").out)
    assert len(both["verificationMethod"]) == 4


@pytest.mark.parametrize("did", ["did:key:z6Mk", "university.example", "did:web:", "did:web:10.0.0.1"])
def test_other_identifiers_are_refused(folder: Path, run: Run, did: str) -> None:
    said = run("key", "new", "--out", "key.json", "--did", did)
    assert said.status == 2
    assert not (folder / "key.json").exists()


def test_keys_of_two_issuers_are_not_mixed(run: Run) -> None:
    run("key", "new", "--out", "a.json", "--did", "did:web:a.example")
    run("key", "new", "--out", "b.json", "--did", "did:web:b.example")
    assert run("key", "document", "a.json", "b.json").status == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda key: key.pop("secretKeyMultibase"),
        lambda key: key.update(secretKeyMultibase="z3u2"),
        lambda key: key.update(id="did:web:other.example#1"),
        lambda key: key.update(publicKeyMultibase="z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"),
        lambda key: key.update(controller="did:key:z6Mkx", id="did:key:z6Mkx#z6Mkx"),
    ],
)
def test_a_damaged_key_file_is_refused_without_showing_it(folder: Path, run: Run, change: object) -> None:
    run("key", "new", "--out", "key.json", "--did", "did:web:a.example")
    key = json.loads((folder / "key.json").read_text())
    secret = key["secretKeyMultibase"]
    change(key)  # type: ignore[operator]
    (folder / "key.json").write_text(json.dumps(key))
    said = run("key", "document", "key.json")
    assert said.status == 2
    assert secret not in said.err

"""Keys that are sealed, or lie in a device: the same commands, and nobody sees a secret."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from tests.softhsm import Token, new_token
from tests.unit.cli.conftest import Run

from testamur.verification import Verdict

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="module")
def token() -> Token:
    pytest.importorskip("pkcs11")
    return new_token("Command-line")


@pytest.fixture
def at_token(token: Token, monkeypatch: pytest.MonkeyPatch) -> Token:
    for name, value in token.environment.items():
        monkeypatch.setenv(name, value)
    return token


def issue(run: Run, *more: str) -> tuple[int, str]:
    said = run(
        "issue",
        "--issuer",
        "issuer.json",
        "--achievement",
        "badge.json",
        "--recipients",
        "class.csv",
        "--key",
        "key.json",
        *more,
    )
    return said.status, said.out + said.err


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
def test_a_class_is_issued_with_a_key_in_a_token(materials: Path, run: Run, at_token: Token, algorithm: str) -> None:
    (materials / "key.json").unlink(missing_ok=True)
    uri = at_token.uri(f"issuer-{algorithm}")
    made = run("key", "new", "--out", "key.json", "--in", uri, "--algorithm", algorithm)
    assert made.status == 0, made.err
    assert f"kept    {uri}" in made.out
    content = json.loads((materials / "key.json").read_text())
    assert set(content) == {"id", "type", "controller", "publicKeyMultibase", "keyUri", "awardSecret"}
    assert stat.S_IMODE((materials / "key.json").stat().st_mode) == 0o600
    assert issue(run, "--out", "issued")[0] == 0
    before = {path.name: path.read_bytes() for path in (materials / "issued").iterdir()}
    assert len(before) == 3
    again = issue(run, "--out", "issued")
    assert "3 there already" in again[1]
    assert {path.name: path.read_bytes() for path in (materials / "issued").iterdir()} == before
    verified = run("verify", "--json", *(str(path) for path in (materials / "issued").iterdir()))
    reports = [json.loads(line) for line in verified.out.splitlines()]
    assert {report["verdict"] for report in reports} == {Verdict.VALID.value}


def test_a_token_signs_jwt_too(materials: Path, run: Run, at_token: Token) -> None:
    (materials / "key.json").unlink(missing_ok=True)
    assert run("key", "new", "--out", "key.json", "--in", at_token.uri("for-tokens")).status == 0
    assert issue(run, "--format", "jwt", "--out", "issued")[0] == 0
    assert run("verify", str(next((materials / "issued").iterdir()))).status == 0


def test_an_existing_key_is_taken_up(folder: Path, run: Run, at_token: Token) -> None:
    uri = at_token.uri("kept")
    assert run("key", "new", "--out", "one.json", "--in", uri).status == 0
    refused = run("key", "new", "--out", "two.json", "--in", uri)
    assert refused.status == 2
    assert "never overwritten" in refused.err
    assert not (folder / "two.json").exists()
    assert run("key", "new", "--out", "two.json", "--in", uri, "--existing").status == 0
    one, two = (json.loads((folder / name).read_text()) for name in ("one.json", "two.json"))
    assert one["publicKeyMultibase"] == two["publicKeyMultibase"]
    assert one["awardSecret"] != two["awardSecret"]


def test_the_did_document_needs_no_device(
    folder: Path, run: Run, at_token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = at_token.uri("published")
    assert run("key", "new", "--out", "key.json", "--in", uri, "--did", "did:web:university.example").status == 0
    monkeypatch.setenv("TESTAMUR_PKCS11_MODULE", "/nowhere.so")
    document = json.loads(run("key", "document", "key.json").out)
    assert document["id"] == "did:web:university.example"


def test_a_wrong_pin_is_told_before_anything_is_written(
    materials: Path, run: Run, at_token: Token, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    token = new_token("Wrong-PIN-here")
    monkeypatch.delenv("TESTAMUR_PKCS11_PIN_SOURCE")
    monkeypatch.setenv("TESTAMUR_PKCS11_PIN", "not-the-pin")
    said = run("key", "new", "--out", "other.json", "--in", token.uri("x"))
    assert said.status == 2
    assert "PIN is not that of the token" in said.err
    assert "not-the-pin" not in said.err
    assert not (folder / "other.json").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--in", "pkcs11:token=T;object=o?pin-value=1234"), "pin-source"),
        (("--in", "https://example.com"), "URI of a key"),
        (("--in", "file:key.json"), "device"),
        (("--existing",), "--in"),
        (("--in", "awskms:alias/x", "--seal"), "--seal"),
    ],
)
def test_wrong_usage_is_told(folder: Path, run: Run, arguments: tuple[str, ...], word: str) -> None:
    said = run("key", "new", "--out", "key.json", *arguments)
    assert said.status == 2
    assert word in said.err
    assert "1234" not in said.err
    assert not (folder / "key.json").exists()


def test_a_uri_where_a_key_file_belongs_is_told(materials: Path, run: Run) -> None:
    said = run(
        "issue", "--issuer", "issuer.json", "--achievement", "badge.json", "--recipients", "class.csv",
        "--key", "pkcs11:token=T;object=o", "--out", "issued",
    )  # fmt: skip
    assert said.status == 2
    assert "testamur key new --existing --in pkcs11:token=T;object=o" in said.err


def test_a_sealed_file_issues_with_its_passphrase(materials: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (materials / "key.json").unlink(missing_ok=True)
    monkeypatch.setenv("TESTAMUR_KEY_PASSPHRASE", PASSPHRASE)
    assert run("key", "new", "--out", "key.json", "--seal").status == 0
    assert "secretKeyMultibase" not in (materials / "key.json").read_text()
    assert issue(run, "--out", "issued")[0] == 0
    monkeypatch.setenv("TESTAMUR_KEY_PASSPHRASE", "another passphrase")
    status, said = issue(run, "--out", "again")
    assert status == 2
    assert "passphrase does not open" in said
    assert "another passphrase" not in said
    monkeypatch.delenv("TESTAMUR_KEY_PASSPHRASE")
    status, said = issue(run, "--out", "again")
    assert status == 2
    assert "TESTAMUR_KEY_PASSPHRASE" in said


def test_a_short_passphrase_is_told(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTAMUR_KEY_PASSPHRASE", "short")
    said = run("key", "new", "--out", "key.json", "--seal")
    assert said.status == 2
    assert "12 characters" in said.err


def test_a_production_machine_refuses_key_files(materials: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTAMUR_ENVIRONMENT", "production")
    status, said = issue(run, "--out", "issued")
    assert status == 2
    assert "keep-keys.md" in said
    monkeypatch.setenv("TESTAMUR_SEALED_KEYS_IN_PRODUCTION", "yes")
    assert issue(run, "--out", "issued")[0] == 0

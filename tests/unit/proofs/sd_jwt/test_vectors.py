"""The 32 cases of the reference implementation's suite, by name: issued, presented and bound by it, read by us; and issued again by us."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.shared import shared

from testamur.proofs.jose import read_compact
from testamur.proofs.keys import PrivateKey, PublicKey
from testamur.proofs.result import ProofOutcome
from testamur.proofs.sd_jwt import (
    KeyBinding,
    check_sd_jwt,
    disclosable_paths,
    issue_sd_jwt,
    present_sd_jwt,
    read_sd_jwt,
)

ISSUER = PublicKey.from_jwk(
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
        "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8",
    }
)
OURS = PrivateKey("Ed25519", bytes(range(32)))
FOLDERS = ("testcases", "examples")


def cases() -> list[Path]:
    root = shared("vectors/sd-jwt")
    return sorted(folder for name in FOLDERS for folder in (root / name).iterdir() if folder.is_dir())


CASES = cases()
IDS = [f"{folder.parent.name}/{folder.name}" for folder in CASES]
every_case = pytest.mark.parametrize("folder", CASES, ids=IDS)


def unwrapped(text: str) -> str:
    """The files of the examples are broken into lines for print, in the midst of texts too."""
    return re.sub(r"\n\s*", "", text)


def token(folder: Path, name: str) -> str:
    path = folder / f"{name}.txt"
    if path.exists():
        return unwrapped(path.read_text())
    text = unwrapped((folder / f"{name}.json").read_text())
    return str(json.loads(text)) if text.startswith('"') else text  # the test cases quote the JSON form once more


def value(folder: Path, name: str) -> Any:
    text = (folder / f"{name}.json").read_text()
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return json.loads(unwrapped(text))


def test_there_are_32_cases() -> None:
    assert len(CASES) == 32


@every_case
def test_the_presentation_says_what_the_suite_says(folder: Path) -> None:
    opened = check_sd_jwt(token(folder, "sd_jwt_presentation"), ISSUER)
    assert opened.result.code == "sd_jwt.verified"
    assert opened.document == value(folder, "verified_contents")
    assert opened.result.facts["key_bound"] == (folder / "kb_jwt_payload.json").exists()


@every_case
def test_another_issuer_or_one_changed_disclosure_fails(folder: Path) -> None:
    found = read_sd_jwt(token(folder, "sd_jwt_presentation"))
    assert check_sd_jwt(found, OURS.public).result.code == "jose.key_algorithm_mismatch"
    other = PrivateKey("P-256", bytes(range(1, 33))).public
    assert check_sd_jwt(found, other).result.code == "jose.signature_false"
    foreign = "WyJzYWx0IiwgIm5hbWUiLCAidmFsdWUiXQ"
    more = found.with_disclosures([*found.disclosures, foreign])
    assert check_sd_jwt(more, ISSUER).result.code == "sd_jwt.disclosure_unreferenced"


@every_case
def test_the_issued_token_discloses_the_payload_of_the_suite_and_its_holder_can_present_it(folder: Path) -> None:
    issued = read_sd_jwt(token(folder, "sd_jwt_issuance"))
    _, payload = read_compact(issued.tokens[0])
    assert payload == value(folder, "sd_jwt_payload")
    shown = read_sd_jwt(token(folder, "sd_jwt_presentation"))
    paths = disclosable_paths(issued)
    wanted = [path for path, text in zip(paths, issued.disclosures, strict=True) if text in shown.disclosures]
    ours = present_sd_jwt(issued, wanted)
    assert set(ours.disclosures) == set(shown.disclosures)
    assert check_sd_jwt(ours, ISSUER).document == value(folder, "verified_contents")


@every_case
def test_the_key_binding_holds_for_its_nonce_audience_and_time_alone(folder: Path) -> None:
    found = read_sd_jwt(token(folder, "sd_jwt_presentation"))
    if found.key_binding is None:
        at = datetime(2026, 11, 22, tzinfo=UTC)
        expected = KeyBinding("1234567890", "https://example.com/verifier", at)
        assert check_sd_jwt(found, ISSUER, key_binding=expected).result.code == "sd_jwt.key_binding_missing"
        return
    _, bound = read_compact(found.key_binding)
    at = datetime.fromtimestamp(bound["iat"], UTC)
    good = KeyBinding("1234567890", "https://example.com/verifier", at)

    def code(expected: KeyBinding) -> str:
        return check_sd_jwt(found, ISSUER, key_binding=expected).result.code

    assert code(good) == "sd_jwt.verified"
    assert code(KeyBinding("1234567891", good.audience, at)) == "sd_jwt.nonce_mismatch"
    assert code(KeyBinding(good.nonce, "https://other.example", at)) == "sd_jwt.audience_mismatch"
    assert code(KeyBinding(good.nonce, good.audience, at + timedelta(minutes=11))) == "sd_jwt.key_binding_time"
    assert code(KeyBinding(good.nonce, good.audience, at - timedelta(minutes=2))) == "sd_jwt.key_binding_time"


@every_case
def test_issued_again_by_us_it_hides_and_shows_the_same(folder: Path) -> None:
    """The salts are random, so the digests are others; what is disclosed is the same."""
    theirs = read_sd_jwt(token(folder, "sd_jwt_issuance"))
    paths = disclosable_paths(theirs)
    whole = check_sd_jwt(theirs, ISSUER)
    assert whole.document is not None
    issued = issue_sd_jwt(whole.document, OURS, paths, header={"typ": "example+sd-jwt"}, decoys=2)
    assert sorted(map(str, disclosable_paths(issued))) == sorted(map(str, paths))
    assert check_sd_jwt(issued.compact, OURS.public).document == whole.document
    shown = read_sd_jwt(token(folder, "sd_jwt_presentation"))
    wanted = [path for path, text in zip(paths, theirs.disclosures, strict=True) if text in shown.disclosures]
    opened = check_sd_jwt(present_sd_jwt(issued, wanted).compact, OURS.public)
    assert opened.document == value(folder, "verified_contents")
    assert check_sd_jwt(present_sd_jwt(issued, wanted).to_json(), OURS.public).document == opened.document


@pytest.mark.parametrize("name", ["json_serialization_flattened", "json_serialization_general"])
def test_the_json_forms_are_written_as_they_were_read(name: str) -> None:
    folder = next(folder for folder in CASES if folder.name == name)
    original = json.loads(token(folder, "sd_jwt_presentation"))
    found = read_sd_jwt(original)
    again = read_sd_jwt(found.to_json())
    assert again == found
    assert found.key_binding is not None
    assert check_sd_jwt(again, ISSUER).result.outcome is ProofOutcome.PASSED

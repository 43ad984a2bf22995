"""`testamur envelope`, driven as the public VC-JOSE-COSE suite does it: its 35 cases by number, and what it does not ask."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from tests.shared import shared

from testamur.cli import envelope
from testamur.proofs.keys import PrivateKey

INPUTS = "vectors/w3c/jose-cose-inputs/tests/input/"

# number: action, feature, input, key, result, and the code of a refusal
CASES: dict[int, tuple[str, str, str, str, str]] = {
    1: ("issue", "credential_jose", "credential-minimal.json", "p256", ""),
    2: ("issue", "credential_jose", "credential-full.json", "p384", ""),
    3: ("issue", "presentation_jose", "presentation-single.json", "p256", ""),
    4: ("issue", "presentation_jose", "presentation-multiple.json", "p521", ""),
    5: ("issue", "credential_jose", "credential-unknown-extensions.json", "p521", "envelope.member_undefined"),
    6: ("verify", "credential_jose", "credential-jose-minimal.txt", "p256", ""),
    7: ("verify", "presentation_jose", "presentation-jose-multiple.txt", "p384", ""),
    8: ("verify", "credential_jose", "credential-issuer-match-signed.txt", "ed25519", ""),
    9: (
        "verify",
        "credential_jose",
        "credential-jose-unknown-extensions.txt",
        "ed25519",
        "jose.key_algorithm_mismatch",
    ),
    10: ("verify", "credential_jose", "credential-minimal.json", "ed25519", "jose.syntax"),
    11: ("verify", "presentation_jose", "presentation-single.json", "ed25519", "jose.syntax"),
    12: ("verify", "credential_jose", "credential-jose-bad-signature.txt", "ed25519", "jose.signature_false"),
    13: ("verify", "credential_jose", "credential-jose-bad-media-type.txt", "ed25519", "envelope.media_type_invalid"),
    14: (
        "verify",
        "presentation_jose",
        "presentation-jose-bad-media-type.txt",
        "ed25519",
        "envelope.media_type_invalid",
    ),
    15: ("verify", "credential_jose", "credential-jose-vc-vp-claims.txt", "ed25519", "envelope.claim_forbidden"),
    16: ("verify", "presentation_jose", "presentation-jose-bad-credential.txt", "ed25519", "envelope.address_invalid"),
    17: ("issue", "credential_sdjwt", "credential-selective.json", "p384", ""),
    18: ("issue", "credential_sdjwt", "credential-nested-selective.json", "p521", ""),
    19: ("issue", "presentation_sdjwt", "presentation-selective.json", "p384", ""),
    20: ("verify", "credential_sdjwt", "credential-sdjwt-selective.txt", "p384", ""),
    21: ("verify", "credential_sdjwt", "credential-sdjwt-nested.txt", "p521", ""),
    22: ("verify", "presentation_sdjwt", "presentation-sdjwt-selective.txt", "p384", ""),
    23: ("verify", "credential_sdjwt", "credential-sdjwt-bad-signature.txt", "p384", "jose.signature_false"),
    24: ("verify", "credential_sdjwt", "credential-sdjwt-bad-media-type.txt", "ed25519", "envelope.media_type_invalid"),
    25: (
        "verify",
        "presentation_sdjwt",
        "presentation-sdjwt-bad-media-type.txt",
        "ed25519",
        "envelope.media_type_invalid",
    ),
    26: (
        "verify",
        "presentation_sdjwt",
        "presentation-sdjwt-bad-credential.txt",
        "p521",
        "envelope.media_type_invalid",
    ),
    27: ("issue", "credential_cose", "credential-minimal.json", "did-ed25519", ""),
    28: ("issue", "presentation_cose", "presentation-single.json", "p384", ""),
    29: ("verify", "credential_cose", "credential-cose-minimal.txt", "p256", ""),
    30: ("verify", "credential_cose", "credential-cose-minimal-not-base64.txt", "p256", "cose.syntax"),
    31: ("verify", "presentation_cose", "presentation-cose-single.txt", "p384", ""),
    32: ("verify", "credential_cose", "credential-cose-bad-signature.txt", "ed25519", "cose.signature_false"),
    33: ("verify", "credential_cose", "credential-cose-bad-media-type.txt", "p384", "envelope.media_type_invalid"),
    # The suite misspells the name of this key, so that there is no such file.
    34: ("verify", "presentation_cose", "presentation-cose-bad-media-type.txt", "p348", "envelope.media_type_invalid"),
    35: ("verify", "presentation_cose", "presentation-cose-bad-credential.txt", "p256", "envelope.address_invalid"),
}
HIDDEN = {
    17: ["credentialSubject.firstName", "credentialSubject.lastName"],
    18: ["credentialSubject.address.street", "credentialSubject.address.city", "credentialSubject.phoneNumbers[0]"],
    19: ["holder", "verifiableCredential[0]"],
}


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    envelope.register(parser.add_subparsers())
    parsed = parser.parse_args(["envelope", *arguments])
    return int(parsed.run(parsed))


def call(action: str, feature: str, source: Path, key: Path, folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    output = folder / "out.json"
    status = run(
        action, "--feature", feature, "--input", str(source), "--key", str(key), "--output", str(output), *more
    )
    answer = json.loads(output.read_text())
    assert answer.keys() == {"result", "data"}
    return status, answer


@pytest.mark.parametrize("number", CASES)
def test_a_case_of_the_public_suite(number: int, tmp_path: Path) -> None:
    action, feature, name, key, code = CASES[number]
    folder = shared(INPUTS)
    more = ["--disclosure_paths", json.dumps(HIDDEN[number])] if number in HIDDEN else []
    key_file = folder / f"vm-{key}.json"
    status, answer = call(action, feature, folder / name, key_file, tmp_path, *more)
    assert (status, answer["result"]) == ((1, "failure") if code else (0, "success"))
    if code:
        assert answer["data"].startswith(code)
        return
    if action == "issue":
        made = tmp_path / "made.txt"
        made.write_text(answer["data"])
        assert answer["data"].count("~") == (len(HIDDEN[number]) + 1 if number in HIDDEN else 0)
        assert call("verify", feature, made, key_file, tmp_path)[1] == {
            "result": "success",
            "data": json.loads((folder / name).read_text()),
        }
        return
    # The good case's bad twin: the same file with another key of the same sort.
    algorithm = {"p256": "P-256", "p384": "P-384", "p521": "P-521"}.get(key, "Ed25519")
    other = tmp_path / "other.json"
    other.write_text(json.dumps(PrivateKey.generate(algorithm).public.jwk))
    status, answer = call(action, feature, folder / name, other, tmp_path)
    assert (status, answer["result"]) == (1, "failure")
    assert ".signature_false" in answer["data"]


# --- what the suite does not ask ---------------------------------------------------------------------------------------------

KEY = PrivateKey("Ed25519", bytes(range(32)))
CREDENTIAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": "https://university.example",
    "credentialSubject": {"id": "did:example:1"},
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    source, key = tmp_path / "credential.json", tmp_path / "key.json"
    source.write_text(json.dumps(CREDENTIAL))
    key.write_text(
        json.dumps(
            {
                "id": f"did:key:{KEY.public_multikey}#{KEY.public_multikey}",
                "publicKeyMultibase": KEY.public_multikey,
                "secretKeyMultibase": KEY.secret_multikey,
            }
        )
    )
    return source, key


@pytest.mark.parametrize("form", ["jose", "cose", "sdjwt"])
def test_a_key_file_of_ours_makes_and_opens(form: str, files: tuple[Path, Path], tmp_path: Path) -> None:
    source, key = files
    _, answer = call("issue", f"credential_{form}", source, key, tmp_path)
    source.write_text(answer["data"])
    assert call("verify", f"credential_{form}", source, key, tmp_path) == (0, {"result": "success", "data": CREDENTIAL})
    as_presentation = call("verify", f"presentation_{form}", source, key, tmp_path)
    assert as_presentation[1]["data"].startswith("envelope.media_type_invalid")


def test_a_bare_jwk_is_a_key_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    source, key = files
    key.write_text(json.dumps({**KEY.secret_jwk, "kid": "key-1"}))
    _, answer = call("issue", "credential_jose", source, key, tmp_path)
    source.write_text(answer["data"])
    key.write_text(json.dumps(KEY.public.jwk))
    status, answer = call("verify", "credential_jose", source, key, tmp_path)
    assert answer["data"] == {**CREDENTIAL, "iss": CREDENTIAL["issuer"]}
    assert status == 0


def test_what_cannot_be_decided(files: tuple[Path, Path], tmp_path: Path) -> None:
    source, key = files
    source.write_text("eyJhbGciOiJFUzI1NksifQ.e30.AAAA")
    status, answer = call("verify", "credential_jose", source, key, tmp_path)
    assert (status, answer["result"]) == (3, "indeterminate")
    assert answer["data"].startswith("jose.algorithm_unknown")
    source.write_text(
        json.dumps({**CREDENTIAL, "@context": [*CREDENTIAL["@context"], "https://x.example"], "extra": 1})
    )
    status, answer = call("issue", "credential_jose", source, key, tmp_path)
    assert (status, answer["result"]) == (3, "indeterminate")
    assert answer["data"].startswith("linked_data.context_unavailable")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kty":"oct","k":"AA"}', '{"secretKeyMultibase":"zzz"}'])
def test_a_key_file_that_is_none(text: str, files: tuple[Path, Path], tmp_path: Path) -> None:
    source, key = files
    key.write_text(text)
    status, answer = call("issue", "credential_jose", source, key, tmp_path)
    assert (status, answer["result"]) == (2, "error")


@pytest.mark.parametrize("paths", ["x", "{}", "[1]", '["a..b"]'])
def test_paths_that_are_none(paths: str, files: tuple[Path, Path], tmp_path: Path) -> None:
    status, answer = call("issue", "credential_sdjwt", *files, tmp_path, "--disclosure_paths", paths)
    assert (status, answer["result"]) == (2, "error")


@pytest.mark.parametrize(("text", "code"), [("[]", "input.not_an_object"), ("{", "input.json_syntax")])
def test_what_is_no_document(text: str, code: str, files: tuple[Path, Path], tmp_path: Path) -> None:
    source, key = files
    source.write_text(text)
    status, answer = call("issue", "credential_jose", source, key, tmp_path)
    assert (status, answer["result"]) == (1, "failure")
    assert answer["data"].startswith(code)


def test_no_answer_shows_a_secret(files: tuple[Path, Path], tmp_path: Path) -> None:
    source, key = files
    key.write_text(json.dumps({"secretKeyMultibase": KEY.secret_multikey + "1"}))
    _, answer = call("issue", "credential_jose", source, key, tmp_path)
    assert answer["result"] == "error"
    assert KEY.secret_multikey[4:20] not in answer["data"]

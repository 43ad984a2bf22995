"""vc-di-ecdsa 1.0 §3.4 to §3.6 and vc-di-bbs 1.0 §3.3 to §3.4: what the issuer makes, the holder shows, and the verifier accepts.

The suites `ecdsa-sd-2023` and `bbs-2023` make the same demands in two kinds of mathematics.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from tests.conformance import forge
from tests.conformance.client import Client
from tests.shared import shared

from testamur.proofs.encodings import base64url_decode, base64url_encode

# suite → the first characters of a base and of a derived proof: their CBOR headers, 0xd95d00 to 0xd95d03
HEADERS = {"ecdsa-sd-2023": ("u2V0A", "u2V0B"), "bbs-2023": ("u2V0C", "u2V0D")}
every_suite = pytest.mark.parametrize("suite", HEADERS)
ACHIEVEMENT: dict[str, Any] = {
    "id": "did:example:mina",
    "https://schema.org/name": "Mina",
    "https://example.org/#sails": [
        {"https://example.org/#size": size, "https://example.org/#year": year}
        for size, year in ((5, 2023), (6, 2021), (7, 2020))
    ],
}
MANDATORY = {"1.1": ["/issuer", "/issuanceDate"], "2.0": ["/issuer", "/validFrom"]}

both_versions = pytest.mark.parametrize("version", ["1.1", "2.0"])


def base(client: Client, suite: str, version: str = "2.0") -> dict[str, Any]:
    document = forge.credential(version, credentialSubject=ACHIEVEMENT)
    return client.issued(suite, document, mandatoryPointers=MANDATORY[version])


@every_suite
@both_versions
def test_a_base_proof_has_the_form_of_the_standard_and_is_not_for_verifiers(
    client: Client, suite: str, version: str
) -> None:
    document = base(client, suite, version)
    proof = document["proof"]
    assert (proof["type"], proof["cryptosuite"], proof["proofPurpose"]) == (
        "DataIntegrityProof",
        suite,
        "assertionMethod",
    )
    assert proof["proofValue"].startswith(HEADERS[suite][0])
    did = client.issuers[suite]
    assert proof["verificationMethod"] == f"{did}#{did.removeprefix('did:key:')}"
    assert client.verify(document).code == "proof.base_proof"


@every_suite
@both_versions
def test_what_is_derived_from_a_proof_without_stated_pointers_is_a_credential_still(
    client: Client, suite: str, version: str
) -> None:
    document = client.issued(suite, forge.credential(version, credentialSubject=ACHIEVEMENT))
    shown = client.derived(document, "/credentialSubject/id")
    assert client.verify(shown).status == 200
    assert shown["issuer"] == document["issuer"]
    assert ("issuanceDate" in shown) == (version == "1.1")
    assert "validFrom" not in shown
    fewer = client.issued(suite, forge.credential("1.1"), mandatoryPointers=["/issuer"])  # as the caller wishes
    assert client.verify(client.derived(fewer, "/credentialSubject/id")).code == "data_model.issuance_date_missing"


@every_suite
@both_versions
@pytest.mark.parametrize(
    "pointers",
    [
        ["/credentialSubject/id"],
        ["/credentialSubject/https:~1~1schema.org~1name"],
        ["/credentialSubject"],
        [f"/credentialSubject/https:~1~1example.org~1#sails/{index}" for index in range(3)],
        ["/credentialSubject/https:~1~1example.org~1#sails/0"],
        ["/credentialSubject/https:~1~1example.org~1#sails/1", "/credentialSubject/https:~1~1example.org~1#sails/2"],
        ["/credentialSubject/https:~1~1example.org~1#sails/0/https:~1~1example.org~1#size"],
    ],
    ids=["id", "nested", "whole", "full array", "fewer", "without the first", "deep"],
)
def test_every_part_that_is_shown_verifies_and_no_other(
    client: Client, suite: str, version: str, pointers: list[str]
) -> None:
    shown = client.derived(base(client, suite, version), *pointers)
    assert shown["proof"]["proofValue"].startswith(HEADERS[suite][1])
    assert client.verify(shown).status == 200
    changed = copy.deepcopy(shown)
    changed["credentialSubject"]["id"] = "urn:invalid"
    assert client.verify(changed).code == "proof.signature_false"


@every_suite
def test_documents_with_nameless_things_can_be_shown_in_part(client: Client, suite: str) -> None:
    subject = {name: value for name, value in ACHIEVEMENT.items() if name != "id"}
    document = forge.credential(credentialSubject=subject)
    del document["id"]
    made = client.issued(suite, document, mandatoryPointers=["/issuer"])
    shown = client.derived(made, "/credentialSubject/https:~1~1example.org~1#sails/1")
    assert client.verify(shown).status == 200


@every_suite
def test_what_is_mandatory_cannot_be_hidden(client: Client, suite: str) -> None:
    shown = client.derived(base(client, suite), "/credentialSubject/id")
    assert shown["validFrom"]
    del shown["validFrom"]
    assert client.verify(shown).status == 400


@every_suite
@pytest.mark.parametrize(
    "pointer", ["/non/existent/path", "/credentialSubject/invalidPointer", "issuer", "/credentialSubject/~2"]
)
def test_a_pointer_that_points_nowhere_is_refused(client: Client, suite: str, pointer: str) -> None:
    reply = client.issue(suite, forge.credential(), mandatoryPointers=["/issuer", pointer])
    assert (reply.status, reply.code) == (400, "proof.pointer_invalid")
    reply = client.post(
        "/holders/credentials/derive",
        {"verifiableCredential": base(client, suite), "options": {"selectivePointers": [pointer]}},
    )
    assert (reply.status, reply.code) == (400, "proof.pointer_invalid")


def mutated(value: str, start: int, replacement: bytes) -> str:
    data = bytearray(base64url_decode(value[1:]))
    data[start : start + len(replacement)] = replacement
    return "u" + base64url_encode(bytes(data))


@every_suite
@pytest.mark.parametrize(
    "change",
    [
        lambda value: "a",
        lambda value: value[1:],
        lambda value: "z" + value[1:],
        lambda value: value[:1] + value[4:],
        lambda value: mutated(value, 2, b"\x00"),  # the header of a base proof over the rest of a derived one
        lambda value: mutated(value, 2, b"\x02"),
        lambda value: mutated(value, 2, b"\x05"),
        lambda value: mutated(value, 3, b"\x84"),  # an array of four
        lambda value: mutated(value, 4, b"\xc2\x58"),  # a tag where bytes must stand
        lambda value: value[:-8],
        lambda value: value + "AAAA",
        lambda value: mutated(value, 20, b"\x00\x01\x02\x03"),
    ],
)
def test_a_value_of_another_form_is_refused(client: Client, suite: str, change: Any) -> None:
    shown = client.derived(base(client, suite), "/credentialSubject/id")
    assert client.verify(shown).status == 200
    changed = copy.deepcopy(shown)
    changed["proof"]["proofValue"] = change(shown["proof"]["proofValue"])
    assert client.verify(changed).status == 400


@every_suite
@pytest.mark.parametrize(
    "members", [{"cryptosuite": "invalid-cryptosuite"}, {"type": "Other"}, {"created": "never"}, {"proofPurpose": "x"}]
)
def test_the_members_of_a_derived_proof_are_held_against_the_rules(
    client: Client, suite: str, members: dict[str, str]
) -> None:
    shown = client.derived(base(client, suite), "/credentialSubject/id")
    assert client.verify({**shown, "proof": {**shown["proof"], **members}}).status == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "vc_api.credential_missing"),
        ({"verifiableCredential": "x"}, "vc_api.credential_missing"),
        ({"verifiableCredential": {}, "options": {"selectivePointers": "/a"}}, "vc_api.pointers_invalid"),
        ({"verifiableCredential": {}, "options": {"selectivePointers": [1]}}, "vc_api.pointers_invalid"),
        ({"verifiableCredential": forge.credential(), "options": {}}, "proof.base_absent"),
    ],
)
def test_what_cannot_be_derived_is_refused(client: Client, body: Any, code: str) -> None:
    reply = client.post("/holders/credentials/derive", body)
    assert (reply.status, reply.code) == (400, code)


def test_the_vectors_of_bbs_verify(client: Client) -> None:
    """The derived documents of the specification; the two others of it need a secret of the holder or hide the date of issue."""
    for folder in (".", "prc"):
        document = json.loads(
            shared(f"vectors/w3c/vc-di-bbs/TestVectors/{folder}/derivedRevealDocument.json").read_bytes()
        )
        assert client.verify(document, checks=["proof"]).status == 200
        made = json.loads(shared(f"vectors/w3c/vc-di-bbs/TestVectors/{folder}/addSignedSDBase.json").read_bytes())
        assert client.verify(made, checks=["proof"]).code == "proof.base_proof"

"""For every document: what was signed passes, and whatever is changed afterwards is noticed."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur import strict_json
from testamur.linked_data import Contexts
from testamur.proofs.data_integrity import ProofOutcome, add_proof, check_proof
from testamur.proofs.did import did_key_for
from testamur.proofs.encodings import multibase_decode, multibase_encode
from testamur.proofs.keys import PrivateKey

# the same examples each time, however busy the machine is
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

CREATED = datetime(2026, 2, 24, 12, tzinfo=UTC)
KEYS = {
    "Ed25519": PrivateKey("Ed25519", bytes(range(32))),
    "P-256": PrivateKey("P-256", bytes(range(1, 33))),
    "P-384": PrivateKey("P-384", bytes(range(1, 49))),
}
SUITES = [
    ("eddsa-rdfc-2022", "Ed25519"),
    ("eddsa-jcs-2022", "Ed25519"),
    ("ecdsa-rdfc-2019", "P-256"),
    ("ecdsa-jcs-2019", "P-256"),
    ("ecdsa-rdfc-2019", "P-384"),
    ("ecdsa-jcs-2019", "P-384"),
]
URL = "https://example.edu/everything"
CONTEXTS = Contexts.with_documents(
    {
        URL: {
            "@context": {
                "@vocab": "https://example.edu/terms#",
                "proofPurpose": {"@type": "@vocab"},
                "verificationMethod": {"@type": "@id"},
            }
        }
    }
)

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
names = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
values = st.recursive(
    texts | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans(),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(names, inner, min_size=1, max_size=3),
    max_leaves=6,
)
documents = st.dictionaries(names.filter(lambda name: name != "proof"), values, min_size=1, max_size=4)


def signed(document: dict[str, Any], suite: str, key: PrivateKey) -> dict[str, Any]:
    return add_proof(
        {"@context": URL, **document},
        key,
        verification_method=did_key_for(key.public)[1],
        created=CREATED,
        cryptosuite=suite,
        contexts=CONTEXTS,
    )


def outcome(document: dict[str, Any], key: PrivateKey) -> ProofOutcome:
    return check_proof(document, document["proof"], key.public, contexts=CONTEXTS).outcome


@given(documents, st.sampled_from(SUITES))
@settings(STEADY, max_examples=60)
def test_what_is_signed_passes_also_after_a_journey_as_text(document: dict[str, Any], suite: tuple[str, str]) -> None:
    key = KEYS[suite[1]]
    secured = signed(document, suite[0], key)
    assert outcome(secured, key) is ProofOutcome.PASSED
    assert outcome(strict_json.loads(strict_json.dumps(secured)), key) is ProofOutcome.PASSED
    assert outcome(strict_json.loads(strict_json.jcs(secured)), key) is ProofOutcome.PASSED


@given(documents, st.sampled_from(SUITES), st.data())
@settings(STEADY, max_examples=60)
def test_any_changed_byte_of_the_value_is_noticed(
    document: dict[str, Any], suite: tuple[str, str], data: st.DataObject
) -> None:
    key = KEYS[suite[1]]
    secured = signed(document, suite[0], key)
    value = bytearray(multibase_decode(secured["proof"]["proofValue"]))
    place = data.draw(st.integers(0, len(value) - 1))
    value[place] ^= data.draw(st.integers(1, 255))
    secured["proof"] = {**secured["proof"], "proofValue": multibase_encode(bytes(value))}
    assert outcome(secured, key) is ProofOutcome.FAILED


@given(documents, st.sampled_from(SUITES), st.data())
@settings(STEADY, max_examples=60)
def test_any_changed_claim_is_noticed(document: dict[str, Any], suite: tuple[str, str], data: st.DataObject) -> None:
    key = KEYS[suite[1]]
    secured = copy.deepcopy(signed(document, suite[0], key))
    name = data.draw(st.sampled_from(sorted(document)))
    match data.draw(st.sampled_from(["change", "remove", "add"])):
        case "change":
            secured[name] = {"wasReplaced": secured[name]}
        case "remove":
            del secured[name]
        case "add":
            secured["wasAdded"] = data.draw(texts)
    assert outcome(secured, key) is ProofOutcome.FAILED


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "type",
                "cryptosuite",
                "created",
                "expires",
                "verificationMethod",
                "proofPurpose",
                "proofValue",
                "previousProof",
                "id",
                "domain",
                "@context",
            ]
        ),
        st.none()
        | values
        | st.sampled_from(["DataIntegrityProof", "eddsa-jcs-2022", "did:key:z", "z" * 90, "2026-02-24T12:00:00Z"]),
    )
)
@settings(STEADY, max_examples=200)
def test_no_proof_whatever_it_holds_passes_or_raises(proof: dict[str, Any]) -> None:
    result = check_proof({"name": "x", "proof": proof}, proof, KEYS["Ed25519"].public, contexts=CONTEXTS)
    assert result.outcome is not ProofOutcome.PASSED

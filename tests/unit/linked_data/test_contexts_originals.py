"""The pinned contexts against their publishers' originals, alone and through every vector that uses them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.shared import ROOT, shared

from testamur.errors import LinkedDataError
from testamur.linked_data import (
    CLR_2,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    DATA_INTEGRITY_V2,
    OPEN_BADGES_3,
    OPEN_BADGES_3_EXTENSIONS,
    PINNED,
    Contexts,
    canonicalize,
    canonicalize_quads,
    expand,
    to_rdf,
)

FOLDER = ROOT / "src/testamur/linked_data/contexts"
MANIFEST: list[dict[str, Any]] = json.loads((FOLDER / "MANIFEST.json").read_bytes())["contexts"]

# Address → the original that the publisher keeps.
ORIGINALS = {
    CREDENTIALS_V1: "w3c/contexts-credentials/contexts/credentials/v1",
    CREDENTIALS_V2: "w3c/contexts-credentials/contexts/credentials/v2",
    "https://www.w3.org/ns/credentials/undefined-terms/v2": "w3c/contexts-credentials/contexts/credentials/undefined-terms/v2",
    "https://www.w3.org/ns/credentials/examples/v2": "w3c/contexts-credentials/contexts/credentials/examples/v2",
    "https://w3id.org/security/data-integrity/v1": "w3c/contexts-security/contexts/data-integrity/v1",
    DATA_INTEGRITY_V2: "w3c/contexts-security/contexts/data-integrity/v2",
    "https://w3id.org/security/multikey/v1": "w3c/contexts-security/contexts/multikey/v1",
    "https://w3id.org/security/jwk/v1": "w3c/contexts-security/contexts/jwk/v1",
    "https://w3id.org/security/v1": "1edtech/validator-contexts/security-v1.jsonld",
    "https://w3id.org/security/v2": "1edtech/validator-contexts/security-v2.jsonld",
    "https://w3id.org/security/suites/ed25519-2018/v1": "1edtech/validator-contexts/suites-ed25519-2018.jsonld",
    "https://w3id.org/security/suites/ed25519-2020/v1": "1edtech/validator-contexts/suites-ed25519-2020.jsonld",
    "https://w3id.org/security/suites/jws-2020/v1": "1edtech/validator-contexts/suites-jws-2020.jsonld",
    "https://w3id.org/security/suites/secp256k1-2019/v1": "1edtech/validator-contexts/suites-secp256k1-2019.jsonld",
    "https://www.w3.org/ns/did/v1": "1edtech/validator-contexts/did-v1.jsonld",
    "https://www.w3.org/ns/credentials/status/v1": "w3c/contexts-bitstring/contexts/v1.jsonld",
    "https://w3id.org/vc/status-list/2021/v1": "w3c/contexts-bitstring/contexts/2021/v1.jsonld",
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": "1edtech/validator-contexts/ob-v3p0.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "1edtech/validator-contexts/ob-v3p0-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "1edtech/validator-contexts/ob-v3p0-3.0.2.json",
    OPEN_BADGES_3: "1edtech/validator-contexts/ob-v3p0-3.0.3.json",
    OPEN_BADGES_3_EXTENSIONS: "1edtech/validator-contexts/ob-v3p0-extensions.json",
    "https://purl.imsglobal.org/spec/clr/v2p0/context.json": "1edtech/validator-contexts/clr-v2p0.json",
    CLR_2: "1edtech/validator-contexts/clr-v2p0-2.0.1.json",
    "https://w3id.org/openbadges/v2": "1edtech/validator-contexts/ob-v2p0.json",
}


def original(name: str) -> Any:
    return json.loads(shared(f"vectors/{name}").read_bytes())


def as_text(document: Any) -> str:
    """Equal for equal JSON, and for nothing else: Python's own comparison takes true for 1."""
    return json.dumps(document["@context"], sort_keys=True)


@pytest.mark.parametrize(("url", "name"), ORIGINALS.items())
def test_a_context_says_term_for_term_what_the_original_says(url: str, name: str) -> None:
    assert as_text(PINNED.get(url)) == as_text(original(name))


def test_only_these_have_no_original_to_compare_with() -> None:
    compared = {entry["file"] for entry in MANIFEST if set(entry["addresses"]) & set(ORIGINALS)}
    assert {entry["file"] for entry in MANIFEST} - compared == {
        "credentials/citizenship-v4rc1.json",
        "credentials/vdl-v1.json",
        "credentials/vdl-aamva-v1.json",
        "security/x25519-2020-v1.json",
        "status/revocation-list-2020-v1.json",
    }


def test_credentials_v2_has_the_hash_that_the_recommendation_publishes() -> None:
    assert PINNED.sha256(CREDENTIALS_V2) == "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"
    assert (FOLDER / "credentials/v2.json").read_bytes() == shared(f"vectors/{ORIGINALS[CREDENTIALS_V2]}").read_bytes()


# -- the vectors, through the pinned contexts and through the originals


def documents() -> list[Any]:
    """Every credential-like JSON of the shared vectors that uses a context of which we have the original."""
    found = []
    for folder in ("1edtech", "w3c", "blockcerts"):
        root = shared(f"vectors/{folder}")
        for path in sorted(root.rglob("*.json")):
            try:
                document = json.loads(path.read_bytes())
            except ValueError:  # some vectors are broken JSON on purpose
                continue
            if isinstance(document, dict):
                document = document.get("example", document)
            if isinstance(document, dict) and uses_original(document.get("@context")):
                found.append(pytest.param(document, id=str(path.relative_to(root))))
    return found


def uses_original(context: Any) -> bool:
    entries = context if isinstance(context, list) else [context]
    return any(isinstance(entry, str) and entry in ORIGINALS for entry in entries)


def test_there_are_vectors() -> None:
    assert len(documents()) > 150


@pytest.fixture(scope="module")
def originals() -> Contexts:
    return Contexts.with_documents({url: original(name) for url, name in ORIGINALS.items()}, base=PINNED)


@pytest.mark.parametrize("document", documents())
def test_a_vector_means_the_same_through_our_contexts_and_through_the_originals(
    document: Any, originals: Contexts
) -> None:
    for attempt in (expand, to_rdf, canonicalize):
        assert outcome(attempt, document, PINNED) == outcome(attempt, document, originals)


def outcome(attempt: Any, document: Any, contexts: Contexts) -> Any:
    try:
        return attempt(document, contexts=contexts)
    except LinkedDataError as error:
        return error.code, error.facts


CLR_EXAMPLES = [
    "015-linked-data-proof-clr-html-credential",
    "016-linked-data-proof-clr-html-document-before-signing",
    "018-linked-data-proof-clr-html-signed-credential",
]


@pytest.mark.parametrize("name", CLR_EXAMPLES)
def test_the_learner_record_of_1edtech_has_its_canonical_form(name: str) -> None:
    document = original(f"1edtech/ob3-spec-examples/{name}.json")["example"]
    document.pop("proof", None)
    assert canonicalize(document) == canonical_vector("clrv2p0/document-canon.txt")


def test_the_badge_of_1edtech_has_its_canonical_form() -> None:
    """The vector's own document is not published; it is the specification's basic example with another issuer."""
    document = original("1edtech/ob3-spec-examples/009-basicopenbadgecredential-html-sample-openbadgecredential.json")[
        "example"
    ]
    document["issuer"] = {
        "id": "https://example.edu/issuers/565049",
        "type": ["Profile"],
        "name": "Example Corp",
        "url": "https://www.imsglobal.org",
    }
    assert canonicalize(document) == canonical_vector("obv3p0/document-canon.txt")


@pytest.mark.parametrize("standard", ["obv3p0", "clrv2p0"])
def test_the_proof_options_of_1edtech_have_their_canonical_form(standard: str) -> None:
    options = original("1edtech/ob3-spec-examples/017-linked-data-proof-clr-html-proof.json")["example"]
    del options["proofValue"]
    assert canonicalize({"@context": [CREDENTIALS_V2, OPEN_BADGES_3], **options}) == canonical_vector(
        f"{standard}/proof-canon.txt"
    )


def canonical_vector(name: str) -> bytes:
    """The vector as N-Quads (the files differ in whether they end with an empty line), which must already be canonical."""
    data = shared(f"vectors/1edtech/openbadges-spec/ob_v3p0/impl/test-vectors/{name}").read_bytes().strip() + b"\n"
    assert canonicalize_quads(data).nquads == data
    return data


W3C_CANONICAL = [
    ("vc-di-eddsa/TestVectors/unsigned.json", "vc-di-eddsa/TestVectors/eddsa-rdfc-2022/canonDocDataInt.txt", "sha256"),
    ("vc-di-eddsa/TestVectors/employmentAuth.json", "vc-di-eddsa/TestVectors/eddsa-rdfc-2022/employ/canonDocDataInt.txt", "sha256"),
    ("vc-di-eddsa/TestVectors/unsigned.json", "vc-di-eddsa/TestVectors/Ed25519Signature2020/canonDocEdSig.txt", "sha256"),
    ("vc-di-ecdsa/TestVectors/unsigned.json", "vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256/canonDocECDSAP256.txt", "sha256"),
    ("vc-di-ecdsa/TestVectors/unsigned.json", "vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384/canonDocECDSAP384.txt", "sha384"),
    ("vc-di-ecdsa/TestVectors/employmentAuth.json", "vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256/employ/canonDocECDSAP256.txt", "sha256"),
    ("vc-di-ecdsa/TestVectors/employmentAuth.json", "vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384/employ/canonDocECDSAP384.txt", "sha384"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "canonical", "hash_name"), W3C_CANONICAL)
def test_the_credentials_of_the_cryptosuites_have_their_canonical_form(
    document: str, canonical: str, hash_name: Any
) -> None:
    expected = shared(f"vectors/w3c/{canonical}").read_bytes()
    assert canonicalize(original(f"w3c/{document}"), hash_name=hash_name) == expected.strip() + b"\n"

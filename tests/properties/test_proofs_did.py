"""Whatever a document or a name of a key holds, the answer is a method that the document lists, or a named refusal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from testamur import strict_json
from testamur.errors import TestamurError
from testamur.ports import Resource
from testamur.proofs.did import VerificationMethod, did_document, resolve_verification_method, split_identifier
from testamur.proofs.keys import PrivateKey

# the same examples each time, however busy the machine is
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

DID, ADDRESS = "did:web:example.edu:1", "https://example.edu/1"
KEYS = [PrivateKey("Ed25519", bytes(range(32))).public, PrivateKey("P-256", bytes(range(1, 33))).public]


class Site:
    def __init__(self, document: Any) -> None:
        self.content = strict_json.dumps(document)

    def fetch(self, url: str, *, accept: Sequence[str] = ()) -> Resource:
        return Resource(url, self.content, "application/json", datetime(2026, 1, 1, tzinfo=UTC))


def resolve(identifier: str, document: Any) -> VerificationMethod | str:
    try:
        return resolve_verification_method(identifier, Site(document))
    except TestamurError as error:
        return error.code


names = st.sampled_from([f"{DID}#a", f"{DID}#b", "#a", "#b", f"{ADDRESS}#a", "did:web:other.example#a", DID, ""])
texts = names | st.sampled_from([key.multikey for key in KEYS]) | st.text(max_size=5)
junk = st.none() | st.integers(0, 3) | texts | st.lists(texts, max_size=2)
entries = st.dictionaries(
    st.sampled_from(
        ["id", "type", "controller", "publicKeyMultibase", "publicKeyJwk", "publicKeyBase58", "expires", "kty", "kid"]
    ),
    junk | st.sampled_from([key.jwk for key in KEYS]),
    max_size=5,
)
documents = st.dictionaries(
    st.sampled_from(
        [
            "id",
            "verificationMethod",
            "assertionMethod",
            "authentication",
            "controller",
            "keys",
            "kty",
            "publicKeyMultibase",
        ]
    ),
    junk | entries | st.lists(entries | names | junk, max_size=3),
)


@given(st.sampled_from([f"{DID}#a", f"{ADDRESS}#a", ADDRESS, f"{ADDRESS}#{KEYS[0].multikey}"]), documents)
@STEADY
def test_only_what_the_document_says_of_itself_is_believed(identifier: str, document: dict[str, Any]) -> None:
    found = resolve(identifier, document)
    if isinstance(found, VerificationMethod):
        assert found.key in KEYS
        assert found.id == identifier
        if "kty" not in document and "keys" not in document:
            assert document["id"] in (found.controller, identifier)
        assert ("did:web" if identifier.startswith("did:") else "https") == found.bound_by
    else:
        assert found.startswith(("did.", "key_material.", "resolution."))


@given(
    st.lists(
        st.tuples(st.from_regex(r"[a-z]{1,4}", fullmatch=True), st.sampled_from(KEYS)),
        max_size=4,
        unique_by=lambda pair: pair[0],
    )
)
@STEADY
def test_every_key_that_we_publish_is_found_in_both_forms(methods: list[tuple[str, Any]]) -> None:
    document = did_document(DID, methods)
    for name, key in methods:
        for form in (name, f"{name}-jwk"):
            method = resolve(f"{DID}#{form}", document)
            assert isinstance(method, VerificationMethod)
            assert (method.key, method.controller, method.purposes) == (key, DID, frozenset({"assertionMethod"}))


@given(st.text(max_size=60) | st.from_regex(r"(did:(web|key|jwk):|https?://)[!-~]{0,40}", fullmatch=True))
@example("https://[")
@example("https://example.edu:port/")
@example("did:web:%")
@example("did:web:%ff%fe:a")
@STEADY
def test_every_name_is_split_or_refused_by_name(identifier: str) -> None:
    answer = resolve(identifier, {})
    assert isinstance(answer, VerificationMethod) or answer.startswith(
        ("did.", "key_material.", "resolution.", "input.")
    )
    if isinstance(answer, VerificationMethod):
        assert split_identifier(identifier)[0] == answer.controller

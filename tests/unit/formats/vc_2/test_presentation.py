"""The form of presentations: each demand with a twin that meets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from testamur.formats.vc_2 import check_presentation
from testamur.linked_data import CREDENTIALS_V1, CREDENTIALS_V2


def presentation() -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2],
        "id": "urn:uuid:5ef2a1c0-0001-4000-8000-000000000001",
        "type": ["VerifiablePresentation"],
        "holder": {"id": "did:example:mina"},
        "verifiableCredential": [
            {
                "@context": [CREDENTIALS_V2],
                "type": ["VerifiableCredential"],
                "issuer": "did:example:issuer",
                "credentialSubject": {"id": "did:example:mina"},
            }
        ],
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda d: None,
        lambda d: d.pop("id"),
        lambda d: d.pop("holder"),
        lambda d: d.update(holder="did:example:mina"),
        lambda d: d.pop("verifiableCredential"),
        lambda d: d.update(verifiableCredential=[]),
        lambda d: d.update(verifiableCredential=d["verifiableCredential"][0]),
        lambda d: d.update(termsOfUse={"type": "https://example.org/#Policy"}),
        lambda d: d.update({"@context": [CREDENTIALS_V1], "verifiableCredential": []}),
    ],
)
def test_what_the_standard_allows(change: Callable[[dict[str, Any]], object]) -> None:
    document = presentation()
    change(document)
    assert check_presentation(document) == []


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (lambda d: d.pop("@context"), "data_model.context_missing", ""),
        (lambda d: d["@context"].insert(0, "https://www.w3.org/ns/credentials/examples/v2"), "data_model.context_order", "/@context"),
        (lambda d: d["@context"].append(123192875), "data_model.context_entry", "/@context/1"),
        (lambda d: d["@context"].append("https://example.com"), "linked_data.context_unavailable", ""),
        (lambda d: d.update({"@context": [CREDENTIALS_V1, 5]}), "data_model.context_entry", "/@context/1"),
        (lambda d: d.pop("type"), "data_model.type_missing", ""),
        (lambda d: d.update(type=["VerifiableCredential"]), "data_model.type_required", "/type"),
        (lambda d: d.update(id="here"), "data_model.id_invalid", "/id"),
        (lambda d: d.update(holder=5), "data_model.holder_invalid", "/holder"),
        (lambda d: d.update(holder={}), "data_model.id_missing", "/holder"),
        (lambda d: d["holder"].update(id="z6Mk"), "data_model.id_invalid", "/holder/id"),
        (lambda d: d["verifiableCredential"].append("https://example.edu/1"), "data_model.not_an_object", "/verifiableCredential/1"),
        (lambda d: d.update(verifiableCredential=5), "data_model.not_an_object", "/verifiableCredential"),
        (lambda d: d.update(verifiableCredential=[{}] * 101), "data_model.credentials_too_many", "/verifiableCredential"),
        (lambda d: d.update(termsOfUse={"id": "urn:a"}), "data_model.type_missing", "/termsOfUse"),
    ],
)  # fmt: skip
def test_what_the_standard_forbids(change: Callable[[dict[str, Any]], object], code: str, path: str) -> None:
    document = presentation()
    change(document)
    assert [(problem.code, problem.path) for problem in check_presentation(document)] == [(code, path)]

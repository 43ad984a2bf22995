"""What stands in a DID document beside the signing keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.standing import aside

from testamur_site.foundation.jobs.models import Job
from testamur_site.foundation.keys.api import did_document, services_of, set_method, set_service
from testamur_site.foundation.tenancy.api import Institution, unscoped

CONTENT = {
    "type": "TransparencyLog",
    "serviceEndpoint": {"origin": ["a.example/log/2026"], "cutOffs": [{"key": "#key-1"}]},
}
METHOD = {"type": "Multikey", "publicKeyMultibase": "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"}


def told() -> int:
    with unscoped("the test counts all jobs"):
        return Job.objects.count()


@pytest.fixture(autouse=True)
@aside
def key_file(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"
    settings.TESTAMUR_AFTER_KEY_CHANGE = "testamur_site.log.jobs.record_keys"


def test_a_service_stands_in_the_document_below_its_identifier(institution: Institution, client: Client) -> None:
    assert set_service(institution, "transparency-log", CONTENT)
    document = client.get("/institutions/han-river/did.json").json()
    assert document == did_document(institution)
    (service,) = document["service"]
    assert service["id"] == f"{institution.did}#transparency-log"
    assert service["serviceEndpoint"]["cutOffs"][0]["key"] == f"{institution.did}#key-1"
    elsewhere = did_document(institution, "did:web:elsewhere.example")
    assert elsewhere["service"][0]["serviceEndpoint"]["cutOffs"][0]["key"] == "did:web:elsewhere.example#key-1"
    assert elsewhere["alsoKnownAs"] == [institution.did]


def test_only_a_change_is_told_on(institution: Institution, other_institution: Institution) -> None:
    before = told()
    assert set_service(institution, "transparency-log", CONTENT)
    assert told() == before + 1
    assert not set_service(institution, "transparency-log", dict(CONTENT))
    assert not set_service(institution, "other", None)
    assert told() == before + 1
    assert services_of(other_institution) == {}
    assert set_service(institution, "transparency-log", None)
    assert "service" not in did_document(institution)
    assert told() == before + 2


def test_a_further_method_is_listed_for_assertions(institution: Institution) -> None:
    assert set_method(institution, "anchor-1", METHOD)
    document = did_document(institution)
    name = f"{institution.did}#anchor-1"
    assert {"id": name, "controller": institution.did, **METHOD} in document["verificationMethod"]
    assert name in document["assertionMethod"]


@pytest.mark.parametrize(
    ("fragment", "content"),
    [
        ("Transparency Log", CONTENT),
        ("", CONTENT),
        ("a#b", CONTENT),
        ("transparency-log", {"type": "TransparencyLog"}),
        ("transparency-log", {**CONTENT, "id": "x"}),
        ("transparency-log", {**CONTENT, "serviceEndpoint": "x" * 70_000}),
    ],
)
def test_what_cannot_stand_in_a_document(institution: Institution, fragment: str, content: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        set_service(institution, fragment, content)
    assert services_of(institution) == {}


@pytest.mark.parametrize("fragment", ["key-1", "key-7-jwk"])
def test_a_further_method_is_not_taken_for_a_signing_key(institution: Institution, fragment: str) -> None:
    with pytest.raises(ValueError, match="signing keys"):
        set_method(institution, fragment, METHOD)

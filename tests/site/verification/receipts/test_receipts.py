"""The receipt page, driven as a visitor would, and the receipt itself, verified as a stranger would."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.simulator import NOW, FixedClock, Institution
from tests.standing import aside

from testamur.verification import Institution as Listed
from testamur.verification import Register, TrustRegistry, Verdict, Verifier, receipt
from testamur_site.verification import services
from testamur_site.verification.own_documents import OwnDocuments
from testamur_site.verification.receipts import services as receipts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
@aside
def key_file(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Institution:
    simulated = Institution()
    monkeypatch.setattr(services, "Everywhere", lambda: simulated)
    monkeypatch.setattr(services, "verifier", lambda: Verifier(simulated, TrustRegistry([]), FixedClock(NOW)))
    return simulated


@pytest.fixture
def credential(university: Institution) -> bytes:
    return json.dumps(university.issue(name="김미나", email="mina@example.edu"), ensure_ascii=False).encode()


def offer_in(page: str) -> str:
    found = re.search(r'name="offer" value="([^"]+)"', page)
    assert found, page
    return unescape(found[1])


def make(client: Client, content: bytes, **more: str) -> str:
    response = client.post("/verify/receipt", {"file": SimpleUploadedFile("badge.json", content), **more})
    assert response.status_code == 200, response.content.decode()
    assert response["Cache-Control"] == "no-store"
    return response.content.decode()


def test_a_document_becomes_a_receipt_that_our_own_verifier_confirms(client: Client, credential: bytes) -> None:
    page = make(client, credential)
    assert receipt.digest_of(credential) in page
    download = client.post("/verify/receipt", {"offer": offer_in(page), "download": "yes"})
    assert download["Content-Type"] == "application/vc"
    assert "attachment" in download["Content-Disposition"]
    # As a stranger: the key is fetched from the public address of the deployment.
    report = Verifier(OwnDocuments(), TrustRegistry(), FixedClock(NOW)).verify(download.content)
    codes = {check.code for check in report.checks}
    assert report.verdict is Verdict.VALID, codes
    assert {"proof.signature_true", "issuer.bound"} <= codes
    said = receipt.read(json.loads(download.content))
    assert said is not None
    assert (said["verdict"], said["digest"]) == ("valid", receipt.digest_of(credential))
    assert receipt.digest_of(download.content) in page, "the page names the file that is downloaded"


def test_the_verify_page_says_what_a_receipt_says(client: Client, university: Institution, credential: bytes) -> None:
    signed = client.post("/verify/receipt", {"offer": offer_in(make(client, credential)), "download": "yes"}).content
    own = "http://localhost:8000/.well-known/did.json"
    university.pages[own] = OwnDocuments().fetch(own).content
    page = client.post("/verify", {"file": SimpleUploadedFile("receipt.json", signed)}).content.decode()
    assert "This is the receipt of a verification" in page
    assert receipt.digest_of(credential) in page
    assert (
        "This is the receipt"
        not in client.post("/verify", {"file": SimpleUploadedFile("a.json", credential)}).content.decode()
    )


def test_a_report_leads_to_its_receipt(client: Client, credential: bytes) -> None:
    report = client.post("/verify", {"file": SimpleUploadedFile("a.json", credential)}).content.decode()
    signed = client.post("/verify/receipt", {"offer": offer_in(report), "download": "yes"}).content
    said = receipt.read(json.loads(signed))
    assert said is not None
    assert said["digest"] == receipt.digest_of(credential)


def test_the_report_of_an_address_of_ours_leads_to_its_receipt_and_its_json(
    client: Client, university: Institution, credential: bytes
) -> None:
    ours = "http://localhost:8000/c/1"
    university.pages[ours] = credential
    page = client.get("/verify", {"address": ours}).content.decode()
    assert 'name="offer"' not in page, "nothing is sealed before somebody asks for it"
    form = re.search(r'action="/verify/receipt"><input type="hidden" name="address" value="([^"]+)"', page)
    assert form is not None
    made = client.post("/verify/receipt", {"address": unescape(form[1])}).content.decode()
    signed = client.post("/verify/receipt", {"offer": offer_in(made), "download": "yes"}).content
    said = receipt.read(json.loads(signed))
    assert said is not None
    assert (said["verdict"], said["digest"]) == ("valid", receipt.digest_of(credential))
    link = re.search(r'href="(/api/verify\?address=[^"]+)"', page)
    assert link is not None
    assert client.get(unescape(link[1])).json()["verdict"] == "valid"


@pytest.mark.parametrize("address", ["/verify", "/verify/receipt", "/verify/scan"])
@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"origin": "http://testserver"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://testserver"}, False),
        ({"sec-fetch-site": "same-site"}, False),
    ],
)
def test_the_forms_need_no_token_and_take_nothing_from_another_site(
    address: str, headers: dict[str, str], taken: bool, university: Institution
) -> None:
    answer = Client(enforce_csrf_checks=True).post(address, {}, headers=headers)
    assert (answer.status_code != 403) is taken
    assert not answer.cookies


def test_valid_from_an_unknown_issuer_is_not_green(
    client: Client, university: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = json.dumps(university.issue()).encode()
    assert 'class="verdict quiet"' in make(client, content)
    listed = Register("Known", (Listed("University", domains=frozenset({"university.example"})),), relied_on=True)
    monkeypatch.setattr(services, "verifier", lambda: Verifier(university, TrustRegistry([listed]), FixedClock(NOW)))
    assert 'class="verdict passed"' in make(client, content)


def test_the_receipt_holds_no_word_about_the_person(client: Client, credential: bytes) -> None:
    page = make(client, credential, recipient="mina@example.edu")
    signed = client.post("/verify/receipt", {"offer": offer_in(page), "download": "yes"}).content.decode()
    for private in ("김미나", "mina@example.edu", "university.example"):
        assert private not in signed
        assert private not in page


def test_an_invalid_document_gets_an_invalid_receipt(client: Client, credential: bytes) -> None:
    changed = credential.replace("김미나".encode(), "김나미".encode())
    assert changed != credential
    signed = client.post("/verify/receipt", {"offer": offer_in(make(client, changed)), "download": "1"}).content
    said = receipt.read(json.loads(signed))
    assert said is not None
    assert said["verdict"] == "invalid"


def test_an_offer_cannot_be_changed_nor_kept(
    client: Client, credential: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = offer_in(make(client, credential))
    assert client.post("/verify/receipt", {"offer": offer, "download": "1"}).status_code == 200
    body, *rest = offer.split(":")
    forged = ":".join([body[:-1] + ("A" if body[-1] != "A" else "B"), *rest])
    refused = client.post("/verify/receipt", {"offer": forged, "download": "1"})
    assert refused.status_code == 422
    assert "within an hour" in refused.content.decode()
    monkeypatch.setattr(receipts, "OFFER_HOLDS", timedelta(seconds=-1))
    assert client.post("/verify/receipt", {"offer": offer, "download": "1"}).status_code == 422


def test_the_same_offer_gives_the_same_bytes(client: Client, credential: bytes) -> None:
    offer = offer_in(make(client, credential))
    first, second = (client.post("/verify/receipt", {"offer": offer, "download": "1"}).content for _ in range(2))
    assert first == second


@pytest.mark.parametrize("given", [{}, {"address": "https://nowhere.example/c/1"}])
def test_refusals_are_words(client: Client, university: Institution, given: dict[str, str]) -> None:
    university.unreachable.add("https://nowhere.example/c/1")
    response = client.post("/verify/receipt", given)
    assert response.status_code == 422
    assert "There is no receipt yet" in response.content.decode()


def test_the_page_explains_itself_in_both_languages(client: Client) -> None:
    assert "Receipt of a verification" in client.get("/verify/receipt").content.decode()
    assert "검증 확인서" in client.get("/verify/receipt", headers={"accept-language": "ko"}).content.decode()


def test_nothing_is_kept(client: Client, credential: bytes) -> None:
    from django.apps import apps

    make(client, credential)
    held = {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in ("verification", "jobs", "audit", "sessions")
    }
    assert set(held.values()) <= {0}, held

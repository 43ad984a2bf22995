"""The verify page and `/api/verify`, driven as a visitor and a program would. The network is an institution in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from tests.simulator import NOW, FixedClock, Institution

from testamur.fetch import RecordingResolver, write_bundle
from testamur.formats.baked import png as baked_png
from testamur.ports import Resource
from testamur.verification import TrustRegistry, Verifier
from testamur_site.foundation.design_system.api import compose_badge_svg, render_png
from testamur_site.verification import presentation, rules, services

pytestmark = pytest.mark.django_db
PAGE = "https://university.example/c/abc"


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Institution:
    """The only institution of the world, at a fixed time."""
    simulated = Institution()
    monkeypatch.setattr(services, "Everywhere", lambda: simulated)
    monkeypatch.setattr(services, "verifier", lambda: Verifier(simulated, TrustRegistry([]), FixedClock(NOW)))
    return simulated


@pytest.fixture
def credential(university: Institution) -> bytes:
    return json.dumps(university.issue(name="김미나", email="mina@example.edu")).encode()


@pytest.fixture
def ask(client: Client) -> Callable[..., dict]:
    def post(body: bytes, content_type: str = "application/json", status: int = 200, **headers: str) -> dict:
        response = client.post("/api/verify", body, content_type=content_type, headers=headers or None)
        assert response.status_code == status, response.content
        return response.json()

    return post


def changed(credential: bytes) -> bytes:
    return credential.replace("김미나".encode(), "김나미".encode()).replace(
        b"\\uae40\\ubbf8\\ub098", b"\\uae40\\ub098\\ubbf8"
    )


# --- /api/verify ----------------------------------------------------------------------------------------------------------------


def test_a_genuine_credential_and_its_twin_with_another_name(credential: bytes, ask: Callable[..., dict]) -> None:
    assert ask(credential)["verdict"] == "valid"
    assert changed(credential) != credential
    report = ask(changed(credential))
    assert report["verdict"] == "invalid"
    assert report["subject"] == {}, "nothing of a document that was changed may be shown as said"


def test_the_same_report_from_an_envelope(credential: bytes, ask: Callable[..., dict]) -> None:
    document = json.loads(credential)
    plain = ask(credential)
    assert ask(json.dumps({"document": document}).encode()) == plain
    assert ask(json.dumps({"document": credential.decode()}).encode()) == plain


def test_an_address_is_fetched(university: Institution, credential: bytes, ask: Callable[..., dict]) -> None:
    university.pages[PAGE] = credential
    assert ask(json.dumps({"address": PAGE}).encode())["verdict"] == "valid"


@pytest.mark.parametrize(
    ("where", "kind"),
    [("unreachable", "address-unreachable"), ("forbidden", "address-not-allowed"), ("missing", "address-not-found")],
)
def test_an_address_that_cannot_be_had(
    university: Institution, ask: Callable[..., dict], where: str, kind: str
) -> None:
    university.pages[PAGE] = b"{}"
    getattr(university, where).add(PAGE)
    problem = ask(json.dumps({"address": PAGE}).encode(), status=422)
    assert problem["type"].endswith(kind)
    assert "university.example" in problem["detail"]


def test_a_revoked_credential(university: Institution, ask: Callable[..., dict]) -> None:
    document = university.issue(name="Mina Kim")
    assert ask(json.dumps(document).encode())["verdict"] == "valid"
    university.revoke(document)
    report = ask(json.dumps(document).encode())
    assert report["verdict"] == "invalid"
    assert "status.revoked" in {check["code"] for check in report["checks"]}


def test_a_status_list_that_cannot_be_asked_is_not_a_no(
    university: Institution, credential: bytes, ask: Callable[..., dict]
) -> None:
    university.unreachable.add(university.revocation_url)
    assert ask(credential)["verdict"] == "undetermined"


def test_recipient_and_language(credential: bytes, ask: Callable[..., dict]) -> None:
    document = json.loads(credential)
    right = ask(json.dumps({"document": document, "recipient": "mina@example.edu", "language": "ko"}).encode())
    wrong = ask(json.dumps({"document": document, "recipient": "nobody@example.edu", "language": "ko"}).encode())
    assert (right["verdict"], wrong["verdict"]) == ("valid", "invalid")
    assert right["verdictSentence"] != ask(credential)["verdictSentence"]
    assert ask(credential, **{"accept-language": "ko"})["verdictSentence"] == right["verdictSentence"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b'{"document": {}, "address": "https://a.example"}', 400),
        (b'{"document": {}, "unheard": 1}', 400),
        (b'{"document": {}, "profile": "lenient"}', 400),
        (b'{"address": "ftp://a.example/x"}', 400),
        (b'{"address": 7}', 400),
    ],
)
def test_a_request_that_cannot_be_read(ask: Callable[..., dict], body: bytes, status: int) -> None:
    problem = ask(body, status=status)
    assert problem["status"] == status
    assert problem["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[" * 100_000,
        b"\x00" * 1000,
        b"\x89PNG\r\n\x1a\n",
        b"<svg/>",
        b"eyJ.eyJ.sig",
        b'{"a":1,"a":2}',
        b"\xff\xfe{}",
        b"nonsense",
    ],
)
def test_junk_gets_a_report_and_never_valid(university: Institution, ask: Callable[..., dict], body: bytes) -> None:
    report = ask(body, "application/octet-stream")
    assert report["verdict"] != "valid"
    assert report["checks"]


def test_too_much_is_refused(client: Client) -> None:
    response = client.post(
        "/api/verify", b"x", content_type="text/plain", headers={"content-length": str(rules.MAXIMUM_BYTES + 1)}
    )
    assert response.status_code == 413


def test_a_body_in_pieces_is_told_what_is_wanted(client: Client) -> None:
    response = client.generic("POST", "/api/verify", headers={"transfer-encoding": "chunked"})
    assert response.status_code == 411
    assert "Content-Length" in response.json()["detail"]


@override_settings(TESTAMUR_VERIFICATIONS_PER_MINUTE=2)
def test_one_visitor_cannot_ask_for_ever(client: Client, credential: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("testamur_site.verification.limits.time.time", lambda: 1_800_000_007.0)
    answers = [client.post("/api/verify", credential, content_type="application/json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "53"
    other = client.post("/api/verify", credential, content_type="application/json", REMOTE_ADDR="198.51.100.7")
    assert other.status_code == 200


def test_any_page_may_ask(client: Client, credential: bytes) -> None:
    answer = client.post("/api/verify", credential, content_type="application/json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert client.options("/api/verify").status_code == 204


# --- the page -------------------------------------------------------------------------------------------------------------------


def test_the_form_stands_alone(client: Client) -> None:
    response = client.get("/verify")
    assert response.status_code == 200
    assert b"<form" in response.content


def test_pasted_text(client: Client, credential: bytes) -> None:
    response = client.post("/verify", {"address": credential.decode()})
    assert response.status_code == 200
    assert response.context["report"]["verdict"] == "valid"
    assert "김미나" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_a_changed_document_is_not_quoted(client: Client, credential: bytes) -> None:
    response = client.post("/verify", {"address": changed(credential).decode()})
    assert response.context["report"]["verdict"] == "invalid"
    shown = response.content.decode().split("For engineers")[0]
    assert "김나미" not in shown


def test_a_baked_badge(client: Client, credential: bytes) -> None:
    image = render_png(compose_badge_svg("Data Literacy", "award", "#1d3557", "#c9a227", "seal"), 400)
    file = SimpleUploadedFile("badge.png", baked_png.bake(image, credential), "image/png")
    response = client.post("/verify", {"file": file})
    assert response.context["report"]["verdict"] == "valid"


def test_a_picture_of_a_code(client: Client, university: Institution, credential: bytes) -> None:
    university.pages[PAGE] = credential
    from PIL import Image

    buffer, code = io.BytesIO(), io.BytesIO()
    segno.make(PAGE).save(code, kind="png", scale=6)
    Image.open(code).convert("RGB").save(buffer, "JPEG")
    response = client.post("/verify", {"file": SimpleUploadedFile("photo.jpg", buffer.getvalue(), "image/jpeg")})
    assert response.context["report"]["verdict"] == "valid"


def test_a_picture_without_a_code(client: Client, university: Institution) -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(buffer, "JPEG")
    response = client.post("/verify", {"file": SimpleUploadedFile("photo.jpg", buffer.getvalue(), "image/jpeg")})
    assert response.status_code == 422
    assert "QR" in response.context["refusal"]


def test_a_foreign_address_waits_for_the_button(client: Client, university: Institution, credential: bytes) -> None:
    university.pages[PAGE] = credential
    response = client.get("/verify", {"address": PAGE})
    assert "report" not in response.context
    assert university.asked == []
    assert client.post("/verify", {"address": PAGE}).context["report"]["verdict"] == "valid"


def test_a_verify_page_does_not_verify_itself(client: Client) -> None:
    response = client.get("/verify", {"address": "http://localhost:8000/verify?address=http://localhost:8000/verify"})
    assert response.status_code == 200
    assert response.context["refusal"]


def test_nothing_given(client: Client) -> None:
    response = client.post("/verify", {"address": "  "})
    assert response.status_code == 422
    assert response.context["refusal"]


def test_the_page_in_korean(client: Client, credential: bytes) -> None:
    page = client.post("/verify", {"address": credential.decode()}, headers={"accept-language": "ko"}).content.decode()
    assert 'lang="ko"' in page
    assert "검증" in page


def test_a_frame_of_the_camera(client: Client) -> None:
    code = io.BytesIO()
    segno.make(PAGE).save(code, kind="png", scale=6)
    answer = client.post("/verify/scan", {"frame": SimpleUploadedFile("frame.png", code.getvalue(), "image/png")})
    assert answer.json() == {"text": PAGE}
    assert (
        client.post("/verify/scan", {"frame": SimpleUploadedFile("frame.png", b"junk", "image/png")}).status_code == 400
    )


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://[", 7, "x" * 5000]
)
def test_what_a_document_names_is_followed_only_over_the_web(address: object) -> None:
    assert presentation.safe_link(address) == ""
    assert presentation.safe_link("https://a.example/x") == "https://a.example/x"


# --- our own documents ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("http://localhost:8000/c/x", True),
        ("https://localhost:8000/c/x", False),
        ("http://localhost/c/x", False),
        ("http://localhost:8000@evil.example/", False),
        ("http://user@localhost:8000/", False),
        ("http://localhost:8000.evil.example/", False),
        ("http://[", False),
    ],
)
def test_what_counts_as_ours(address: str, ours: bool) -> None:
    assert rules.same_origin(address, "http://localhost:8000") is ours


def test_our_own_did_document_is_the_public_one(client: Client, institution: object) -> None:
    from testamur_site.verification.api import OwnDocuments

    address = f"/institutions/{institution.slug}/did.json"  # type: ignore[attr-defined]
    resource = OwnDocuments().fetch("http://localhost:8000" + address)
    assert resource.content == client.get(address).content


@pytest.mark.parametrize(
    ("changed_by", "code"), [("nothing", 'verdict": "valid'), ("a wrong proof", "log.proof_unreadable")]
)
def test_an_offline_bundle_is_reported_about_its_credential(
    client: Client, university: Institution, changed_by: str, code: str
) -> None:
    document = university.issue(email="mina@example.edu")
    recorder = RecordingResolver(university)
    Verifier(recorder, TrustRegistry([]), FixedClock(NOW)).verify(document)
    inside = [*recorder.recorded, Resource(document["id"], json.dumps(document).encode(), "application/vc", NOW)]
    if changed_by == "a wrong proof":
        inside.append(Resource(f"{document['id']}.tlog-proof", b"no proof", "text/plain", NOW))
    upload = SimpleUploadedFile("bundle.zip", write_bundle(inside), "application/zip")
    response = client.post("/verify", {"file": upload, "recipient": "mina@example.edu"})
    assert response.status_code == 200
    assert code in response.context["report_json"]
    assert "manifest.json" not in response.content.decode()


def test_of_a_bundle_with_several_each_is_a_part(university: Institution) -> None:
    inside = []
    for name in ("one", "two"):
        content = json.dumps(university.issue(name=name)).encode()
        inside.append(Resource(f"https://university.example/c/{name}", content, "application/vc", NOW))
    given = rules.read_file(write_bundle(inside))
    report = services.verify_input(given).report
    assert report is not None
    assert len(report.children) == 2

"""Hostile uploads to the page and to `/api/verify`: each gets a report or a refusal in words, none a server error, none "valid".

The library's own tests go deeper into each format; here it is the whole way from the request to the answer that must hold.
"""

from __future__ import annotations

import base64
import io
import json
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.simulator import NOW, FixedClock, Institution

from testamur.formats.baked import png as baked_png
from testamur.formats.baked import svg as baked_svg
from testamur.verification import TrustRegistry, Verifier
from testamur_site.foundation.design_system.api import compose_badge_svg, render_png
from testamur_site.verification import services
from testamur_site.verification.own_documents import OwnDocuments

pytestmark = pytest.mark.django_db
MUTATIONS = 60


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Institution:
    simulated = Institution()
    monkeypatch.setattr(services, "Everywhere", lambda: simulated)
    monkeypatch.setattr(services, "verifier", lambda: Verifier(simulated, TrustRegistry([]), FixedClock(NOW)))
    return simulated


@pytest.fixture
def credential(university: Institution) -> bytes:
    return json.dumps(university.issue(name="김미나")).encode()


@pytest.fixture(autouse=True)
def _as_often_as_one_likes(settings: object) -> None:
    settings.TESTAMUR_VERIFICATIONS_PER_MINUTE = 100_000  # type: ignore[attr-defined]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\x00" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def token(header: object, payload: object) -> bytes:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, payload)]
    return b".".join([*parts, b"AAAA"])


def clique(count: int) -> bytes:
    """A credential of `count` blank nodes that all point at each other: cheap to write, dear to canonicalise."""
    related = [[{"id": f"_:b{other}"} for other in range(count) if other != one] for one in range(count)]
    return json.dumps(
        {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ],
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "credentialSubject": [
                {
                    "type": "AchievementSubject",
                    "achievement": {"id": f"_:b{one}", "type": "Achievement", "related": others},
                }
                for one, others in enumerate(related)
            ],
            "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofValue": "z1"},
        }
    ).encode()


JUNK = {
    "deep": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "deep list": b"[" * 500_000,
    "duplicate keys": b'{"type":"VerifiableCredential","type":"x"}',
    "not a number": b'{"a":NaN,"b":Infinity}',
    "long integer": b'{"a":' + b"9" * 5_000 + b"}",
    "lone surrogate": b'{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["\\ud800"],"name":"\\udfff"}',
    "surrogate as a key": b'{"\\ud800":1}',
    "broken utf-8": b'{"name":"\xff\xfe\xfa"}',
    "utf-16": '{"name":"x"}'.encode("utf-16"),
    "nothing but nulls": b"\x00" * 100_000,
    "null in a string": b'{"@context":"https://www.w3.org/ns/credentials/v2","id":"\\u0000"}',
    "wide": json.dumps({str(i): i for i in range(50_000)}).encode(),
    "types of every kind": b'{"@context":[1,null,{}],"type":{"a":[]},"issuer":[[]],"proof":[7,null,{"type":[]}],"credentialSubject":3}',
    "foreign context": b'{"@context":["https://www.w3.org/ns/credentials/v2","http://169.254.169.254/"],"type":["VerifiableCredential"]}',
    "clique": clique(12),
    "none": token({"alg": "none"}, {"vc": {}}),
    "hmac": token({"alg": "HS256", "jwk": {}, "kid": 5}, {"vc": []}),
    "token of dots": b"eyJ" + b"." * 10_000,
    "png without end": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\x00" * 13),
    "png that lies about its size": png(2**31 - 1, 2**31 - 1),
    "png with many pixels": png(60_000, 60_000),
    "png with a bomb in its text": png(
        1, 1, chunk(b"iTXt", b"openbadgecredential\x00\x01\x00\x00\x00" + zlib.compress(b"{" + b" " * 50_000_000, 9))
    ),
    "png with two credentials": png(1, 1, *[chunk(b"iTXt", b"openbadgecredential\x00\x00\x00\x00\x00{}")] * 2),
    "gif of nothing": b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\x00\x00\x00",
    "jpeg of nothing": b"\xff\xd8\xff\xe0" + b"\x00" * 50,
    "webp of nothing": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "billion laughs": b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b'<svg xmlns="http://www.w3.org/2000/svg">&j;</svg>',
    "svg that reads a file": b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    "svg within svg": b"<svg>" * 20_000,
    "pdf": b"%PDF-1.7\n" + b"obj " * 1_000,
    "zip": b"PK\x03\x04" + b"\x00" * 1_000,
    "page": b"<!doctype html><html><script>alert(1)</script>",
    "address of a file": b"file:///etc/passwd",
    "address of the machine": b"http://127.0.0.1:22/",
}


@pytest.mark.parametrize("what", JUNK)
def test_junk_is_answered(client: Client, university: Institution, what: str) -> None:
    university.forbidden.update(["http://127.0.0.1:22/", "http://169.254.169.254/"])
    answer = client.post("/api/verify", JUNK[what], content_type="application/octet-stream")
    assert answer.status_code in (200, 400, 422), answer.content
    assert answer.json().get("verdict") in ("invalid", "undetermined", None)
    page = client.post("/verify", {"file": SimpleUploadedFile("badge.png", JUNK[what], "image/png")})
    assert page.status_code in (200, 422)
    assert page.context.get("refusal") or page.context["report"]["verdict"] != "valid"
    pasted = client.post("/verify", {"address": JUNK[what].decode("latin-1")})
    assert pasted.status_code in (200, 422)
    assert "Cache-Control" in pasted.headers


def carriers(credential: bytes) -> Iterator[bytes]:
    image = compose_badge_svg("Data Literacy", "award", "#1d3557", "#c9a227", "seal")
    yield credential
    yield baked_svg.bake(image, credential)
    yield baked_png.bake(render_png(image, 60), credential)


def test_mutated_credentials_are_answered_and_never_valid(client: Client, credential: bytes) -> None:
    chance = random.Random(20261125)
    for carrier in carriers(credential):
        begin = carrier.find(b"credentialSubject")
        end = carrier.find(b"proofValue", begin)
        whole = client.post("/api/verify", carrier, content_type="application/octet-stream")
        assert whole.json()["verdict"] == "valid", "what is changed below was good before"
        for _ in range(MUTATIONS):
            mutant = bytearray(carrier)
            for _ in range(chance.choice((1, 1, 3, 40))):
                place = chance.randrange(begin, end)
                mutant[place : place + chance.choice((0, 1, 1, 9))] = chance.randbytes(chance.choice((0, 1, 1, 5)))
            answer = client.post("/api/verify", bytes(mutant), content_type="application/octet-stream")
            assert answer.status_code in (200, 422)
            same = len(mutant) == len(carrier) and bytes(mutant) == carrier
            # White space between the members of JSON is no part of what was signed.
            if not same and answer.json().get("verdict") == "valid":
                assert b"".join(bytes(mutant).split()) == b"".join(carrier.split())


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "{" * 1_000,
        "\udc80",
        "HTTPS://",
    ],
)
def test_what_a_code_says_is_no_order(client: Client, university: Institution, text: str) -> None:
    university.forbidden.add("http://169.254.169.254/latest/meta-data")
    code = io.BytesIO()
    segno.make(text.encode("utf-8", "surrogatepass"), micro=False).save(code, kind="png", scale=4)
    for kind in ("PNG", "JPEG"):
        picture = io.BytesIO()
        Image.open(io.BytesIO(code.getvalue())).convert("RGB").save(picture, kind)
        page = client.post("/verify", {"file": SimpleUploadedFile("photo", picture.getvalue())})
        assert page.status_code in (200, 422)
        assert page.context.get("refusal") or page.context["report"]["verdict"] != "valid"


def test_a_screenshot_of_a_code_is_read(client: Client, university: Institution, credential: bytes) -> None:
    """Telephones keep screenshots as PNG, the format in which badges come as well."""
    university.pages["https://university.example/c/abc"] = credential
    code = io.BytesIO()
    segno.make("https://university.example/c/abc").save(code, kind="png", scale=5)
    page = client.post("/verify", {"file": SimpleUploadedFile("screenshot.png", code.getvalue(), "image/png")})
    assert page.context["report"]["verdict"] == "valid"


def test_a_badge_that_lost_its_credential_is_told_so(client: Client, university: Institution) -> None:
    plain = render_png(compose_badge_svg("Data Literacy", "award", "#1d3557", "#c9a227", "seal"), 100)
    page = client.post("/verify", {"file": SimpleUploadedFile("badge.png", plain, "image/png")})
    assert page.status_code == 422
    assert "original file" in page.context["refusal"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/accounts/login/",
        "/accounts/signup/",
        "/staff/",
        "/staff/han-river/",
        "/outbox/",
        "/wallet/",
        "/wallet/enter",
        "/verify",
        "/catalogue",
        "/design",
        "/oembed?url=x",
        "/claim/x",
        "/healthz",
        "/static/testamur/icon.svg",
        "/%00",
        "/c/..%2f..",
    ],
)
def test_a_page_of_ours_is_no_credential(client: Client, institution: object, path: str) -> None:
    answer = client.get("/verify", {"address": f"http://localhost:8000{path}"})
    assert answer.status_code == 200
    assert answer.context["refusal"]


def test_a_page_elsewhere_that_names_no_credential(
    client: Client, university: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    university.pages["https://university.example/about"] = b"<!doctype html><title>About us</title>"
    fetch = university.fetch
    monkeypatch.setattr(university, "fetch", lambda url, *, accept=(): replace(fetch(url), media_type="text/html"))
    page = client.post("/verify", {"address": "https://university.example/about"})
    assert "holds no credential" in page.context["refusal"]


def test_following_links_is_counted_as_well(client: Client, settings: object) -> None:
    settings.TESTAMUR_VERIFICATIONS_PER_MINUTE = 1  # type: ignore[attr-defined]
    address = {"address": "http://localhost:8000/c/unknown"}
    answers = [client.get("/verify", address, REMOTE_ADDR="203.0.113.9").status_code for _ in range(3)]
    assert answers[-1] == 429


def test_our_documents_are_documents(institution: object) -> None:
    from testamur.errors import NotFound

    with pytest.raises(NotFound) as raised:
        OwnDocuments().fetch("http://localhost:8000/accounts/login/")
    assert raised.value.code == "resolution.page_without_credential"

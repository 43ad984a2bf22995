from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tests.shared import shared
from tests.unit.formats.images import PNG, SVG, chunk

from testamur.errors import InputError
from testamur.formats import format_of, read
from testamur.formats.baked import png, svg

CREDENTIAL: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "배지",
}
JSON = json.dumps(CREDENTIAL, ensure_ascii=False, indent=1).encode()


def token(payload: Any) -> bytes:
    parts = [json.dumps({"alg": "ES256"}).encode(), json.dumps(payload).encode(), b"signature"]
    return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)


TOKEN = token(CREDENTIAL)


@pytest.mark.parametrize(
    ("data", "kind", "raw"),
    [
        (JSON, "json", JSON),
        (JSON.decode(), "json", JSON),
        (b"\xef\xbb\xbf" + JSON, "json", b"\xef\xbb\xbf" + JSON),
        (TOKEN, "jwt", TOKEN),
        (b"\n" + TOKEN + b"\r\n", "jwt", TOKEN),
        (png.bake(PNG, JSON), "png", JSON),
        (png.bake(PNG, TOKEN), "png", TOKEN),
        (svg.bake(SVG, JSON), "svg", JSON),
        (svg.bake(SVG, TOKEN), "svg", TOKEN),
        (b"\xef\xbb\xbf\n " + svg.bake(b"<svg/>", TOKEN), "svg", TOKEN),
    ],
)
def test_every_form_gives_the_same_credential(data: bytes | str, kind: str, raw: bytes) -> None:
    document = read(data)
    assert (document.kind, document.raw, document.credential, document.format) == (
        kind,
        raw,
        CREDENTIAL,
        "open_badges_3",
    )
    assert (document.token is not None) == (raw == TOKEN)


def test_the_name_of_a_file_decides_nothing() -> None:
    assert read(png.bake(PNG, JSON), filename="badge.json").kind == "png"
    assert read(JSON, filename="badge.png").kind == "json"


def test_a_token_of_the_older_model_has_its_credential_in_vc() -> None:
    assert read(token({"iss": "did:x:y", "vc": CREDENTIAL})).credential == CREDENTIAL


def test_an_enveloped_credential() -> None:
    envelope = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "EnvelopedVerifiableCredential",
        "id": "data:application/vc+jwt," + TOKEN.decode(),
    }
    document = read(json.dumps(envelope))
    assert (document.kind, document.token, document.credential) == ("json", TOKEN.decode(), CREDENTIAL)


@pytest.mark.parametrize("token", ["abc", "a.b", "", "a.b.c.d", "."])
def test_an_envelope_around_what_is_no_token(token: str) -> None:
    for media_type in ("vc+jwt", "jwt", "vc+ld+jwt", "vc+sd-jwt"):
        envelope = {"type": "EnvelopedVerifiableCredential", "id": f"data:application/{media_type},{token}"}
        with pytest.raises(InputError):
            read(json.dumps(envelope))


def test_a_hosted_badge_of_open_badges_2() -> None:
    image = PNG[:33] + chunk(b"tEXt", b"openbadges\0https://old.example/assertions/1") + PNG[33:]
    document = read(image)
    assert (document.format, document.credential, document.url) == (
        "open_badges_2",
        None,
        "https://old.example/assertions/1",
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "input.empty"),
        (b" \n\t", "input.empty"),
        (b"\xef\xbb\xbf", "input.empty"),
        (b"[]", "input.not_an_object"),
        (b'{"a":1,"a":2}', "input.json_duplicate_key"),
        (b'{"a":NaN}', "input.json_number"),
        (b'{"a"', "input.json_syntax"),
        (b"[" * 100_000, "input.json_depth"),
        (b'{"a":"' + b"x" * 1_000_001 + b'"}', "input.too_large"),
        (b"a.b.c", "input.token"),
        (token([1]), "input.token"),
        (b"eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ==.AAAA", "jose.syntax"),
        (b"eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.AA==", "jose.syntax"),
        (PNG, "png.no_credential"),
        (SVG, "svg.no_credential"),
        (PNG[:20], "png.truncated"),
        ("{\ud800}", "input.json_encoding"),
        (b"hello", "input.format_unsupported"),
        (b"\x00\x01", "input.format_unsupported"),
    ],
)
def test_refusals_have_names(data: bytes | str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read(data)
    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xff\xd8\xff\xe0", "jpeg"), (b"GIF89a", "gif"), (b"RIFFxxxxWEBP", "webp"), (b"PK\x03\x04", "zip"),
        (b"\x1f\x8b\x08", "gzip"), (b"\0\0\0\x18ftypheic", "heif"), (b"<!DOCTYPE html><html><svg></svg>", "html"), (b"<rss/>", "xml"),
    ],
)  # fmt: skip
def test_other_files_are_named(data: bytes, name: str) -> None:
    with pytest.raises(InputError) as refused:
        read(data)
    assert refused.value.facts["format"] == name


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (CREDENTIAL, "open_badges_3"),
        ({"type": "AchievementCredential"}, "open_badges_3"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]}, "vc_2"),
        ({"@context": "https://www.w3.org/2018/credentials/v1"}, "vc_1_1"),
        ({"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}, "open_badges_2"),
        ({"badge": "https://old.example/b", "verify": {}}, "open_badges_2"),
        ({}, "unknown"),
        ({"@context": {"x": 1}, "type": 5}, "unknown"),
    ],
)
def test_formats(document: dict[str, Any], expected: str) -> None:
    assert format_of(document) == expected


FILES = {
    "simple-json.png": ("png", False), "simple-jwt.png": ("png", True), "simple-jwt_v1.png": ("png", True),
    "simple-json.svg": ("svg", False), "simple-jwt.svg": ("svg", True), "velocity.jwt": ("jwt", True), "complete_v1.json": ("json", False),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_cases_of_1edtech(name: str) -> None:
    document = read(shared("vectors/1edtech/validator-cases/inspector-vc/ob30").joinpath(name).read_bytes())
    assert (document.kind, document.token is not None) == FILES[name]
    assert document.format == "open_badges_3"


def test_an_image_of_open_badges_2_by_1edtech() -> None:
    document = read(shared("vectors/1edtech/validator-cases/inspector-vc/ob20/simple-badge.png").read_bytes())
    assert (document.format, document.credential is not None) == ("open_badges_2", True)

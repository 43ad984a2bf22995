"""Hostile input: whatever is handed in gets a report, and a changed meaning is never valid.

The mutations are drawn with fixed seeds: every run tries the same documents, and a failure names its number. Each operator does what an
attacker or an accident does to a real badge; what must hold afterwards is always the same:

1. there is a report, no exception;
2. if the verdict is still *valid*, the document says exactly what it said before: the same signed statements, the same reading.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulator import NOW, FixedClock, Institution
from tests.simulator.mutations import KEYS, OPERATORS, STRANGE
from tests.unit.verification.checks.test_token import claims_of, token_of
from tests.unit.verification.test_verifier import one_pixel_png

from testamur import linked_data, strict_json
from testamur.errors import TestamurError
from testamur.fetch import FixedResolver
from testamur.formats.baked import png, svg
from testamur.verification import Policy, Report, Verdict, Verifier
from testamur.verification.presenters import to_json, to_text

SUITES = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
ROUNDS = 40
PER_ROUND = 30


@cache
def world() -> tuple[dict[str, dict[str, Any]], str, FixedResolver]:
    """A revoked badge would be the easiest to profit from, so the second of each pair is one. Published once: signing is slow."""
    university = Institution()
    badges = {}
    for suite in SUITES:
        university.suite = suite
        badges[suite] = university.issue()
        badges[suite + " revoked"] = university.issue()
        university.revoke(badges[suite + " revoked"])
    university.suite = SUITES[0]
    plain = university.unsigned(status=False)
    token = token_of({**plain, **claims_of(plain)}, university.key, kid=f"{university.method}-jwk")
    return badges, token, FixedResolver(university.published(), fetched_at=NOW)


def verify(data: Any) -> Report:
    _, _, resolver = world()
    report = Verifier(resolver, clock=FixedClock(NOW)).verify(data)
    for language in ("en", "ko"):
        assert to_text(report, language)
    strict_json.dumps(to_json(report))
    return report


def meaning(badge: dict[str, Any], suite: str) -> bytes:
    unsecured = {name: value for name, value in badge.items() if name != "proof"}
    return strict_json.jcs(unsecured) if "-jcs-" in suite else linked_data.canonicalize(unsecured)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_changed_meaning_is_never_valid(round_: int) -> None:
    badges, _, _ = world()
    for number in range(PER_ROUND):
        draw = random.Random(f"{round_}/{number}")
        name = draw.choice(list(badges))
        original = badges[name]
        badge = copy.deepcopy(original)
        for _ in range(draw.choice((1, 1, 1, 2, 3))):
            try:
                draw.choice(OPERATORS)(badge, draw)
            except (KeyError, IndexError, TypeError, ValueError):  # the second operator found nothing left to change
                continue
        report = verify(badge)
        if report.verdict is Verdict.VALID:
            assert "revoked" not in name, f"{round_}/{number}: a revoked badge became valid"
            assert meaning(badge, name) == meaning(original, name), f"{round_}/{number}"
            expected = verify(original)
            assert json.dumps(report.subject, sort_keys=True) == json.dumps(expected.subject, sort_keys=True), (
                f"{round_}/{number}"
            )


@pytest.mark.parametrize("round_", range(20))
def test_a_hostile_issuer_who_signs_whatever_they_like_gets_a_report(round_: int) -> None:
    """A true signature over strange values leads past the proof, into every later check."""
    university = Institution()
    _, _, resolver = world()
    verifier = Verifier(resolver, clock=FixedClock(NOW))
    for number in range(PER_ROUND):
        draw = random.Random(f"signed {round_}/{number}")
        badge = university.unsigned(email="mina@x.example")
        badge["endorsement"] = [copy.deepcopy(world()[0][SUITES[0]])]
        for _ in range(draw.choice((1, 2, 4))):
            try:
                draw.choice(OPERATORS)(badge, draw)
            except (KeyError, IndexError, TypeError, ValueError):
                continue
        try:
            if draw.random() < 0.3:
                data: Any = token_of(badge, university.key, kid=f"{university.method}-jwk")
            else:
                data = university.sign(badge, cryptosuite="eddsa-jcs-2022")
        except (TestamurError, TypeError, ValueError):
            continue
        report = verifier.verify(data, Policy(recipient=draw.choice((None, "mina@x.example", "did:key:z6Mk"))))
        assert to_text(report, "ko")
        strict_json.dumps(to_json(report))


def test_the_unchanged_badges_are_valid_unless_revoked() -> None:
    """Without this, the test above could not fail."""
    badges, token, _ = world()
    for name, badge in badges.items():
        assert verify(badge).verdict is (Verdict.INVALID if "revoked" in name else Verdict.VALID)
    assert verify(token).verdict is Verdict.VALID


@pytest.mark.parametrize("container", ["json", "jwt", "png", "svg"])
@pytest.mark.parametrize("round_", range(8))
def test_flipped_bytes(container: str, round_: int) -> None:
    badges, token, _ = world()
    content = strict_json.dumps(badges[SUITES[0]])
    original = {
        "json": lambda: content,
        "jwt": lambda: token.encode(),
        "png": lambda: png.bake(one_pixel_png(), content),
        "svg": lambda: svg.bake(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', content),
    }[container]()
    expected = verify(original)
    assert expected.verdict is Verdict.VALID
    for number in range(25):
        draw = random.Random(f"{container}/{round_}/{number}")
        data = bytearray(original)
        for _ in range(draw.choice((1, 1, 2, 8))):
            action = draw.randrange(4)
            position = draw.randrange(len(data)) if data else 0
            if action == 0:
                data[position] ^= 1 << draw.randrange(8)
            elif action == 1:
                del data[position : position + draw.choice((1, 4, 200))]
            elif action == 2:
                data[position:position] = bytes(draw.randrange(256) for _ in range(draw.choice((1, 5))))
            else:
                data[position:position] = data[position : position + draw.choice((1, 30, 300))]
        report = verify(bytes(data))
        if report.verdict is Verdict.VALID:
            assert report.subject == expected.subject, f"{container}/{round_}/{number}"


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_bytes(data: bytes) -> None:
    assert verify(data).verdict is not Verdict.VALID


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(STRANGE),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from((*KEYS, "@context")), JSON, max_size=8), st.sampled_from(SUITES))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_object_around_a_real_one(changes: dict[str, Any], suite: str) -> None:
    badges, _, _ = world()
    report = verify({**badges[suite], **changes})
    if report.verdict is Verdict.VALID:
        assert meaning({**badges[suite], **changes}, suite) == meaning(badges[suite], suite)


def clique(size: int) -> dict[str, Any]:
    """A poison graph inside a badge: every blank node linked to every other one."""
    nodes = [
        {
            "id": f"_:b{one}",
            "type": ["Profile"],
            "endorsement": [{"id": f"_:b{other}"} for other in range(size) if other != one],
        }
        for one in range(size)
    ]
    badge = copy.deepcopy(world()[0][SUITES[0]])
    badge["credentialSubject"]["achievement"]["creator"] = {"id": "urn:x:y", "type": ["Profile"], "endorsement": nodes}
    return badge


def deep(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def many_endorsements() -> dict[str, Any]:
    badge = copy.deepcopy(world()[0][SUITES[0]])
    endorsement = {
        "@context": badge["@context"],
        "id": "https://example.org/e",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": badge["issuer"],
        "credentialSubject": {"id": "urn:x:y", "type": ["EndorsementSubject"]},
    }
    badge["endorsement"] = [endorsement] * 500
    return badge


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: clique(7), id="poison graph of 7"),
        pytest.param(lambda: clique(20), id="poison graph of 20"),
        pytest.param(lambda: deep(63), id="63 levels"),
        pytest.param(lambda: deep(100_000), id="100,000 levels"),
        pytest.param(lambda: b"[" * 400_000, id="unclosed brackets"),
        pytest.param(lambda: b'{"a":' + b"9" * 5000 + b"}", id="a number of 5,000 digits"),
        pytest.param(lambda: b'{"a":1e999999}', id="a number without bounds"),
        pytest.param(lambda: b'{"' + b'a":1,"' * 50_000 + b'b":2}', id="a doubled key"),
        pytest.param(lambda: many_contexts(), id="20,000 contexts"),
        pytest.param(lambda: many_endorsements(), id="500 endorsements"),
        pytest.param(lambda: png_bomb(), id="a compressed megabyte of text in a PNG"),
        pytest.param(lambda: b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xff" + b"iTXt" + b"x" * 100, id="a PNG chunk of 4 GB"),
        pytest.param(lambda: billion_laughs(), id="billion laughs"),
        pytest.param(lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" * 20_000, id="a deep SVG"),
        pytest.param(lambda: b"a." * 400_000 + b"a", id="a token of many parts"),
        pytest.param(lambda: ".".join(("e30" * 100_000, "e30", "AAAA")), id="a token with a long header"),
    ],
)  # fmt: skip
def test_bombs_are_refused(data: Callable[[], Any]) -> None:
    assert verify(data()).verdict is not Verdict.VALID


def many_contexts() -> bytes:
    contexts = b'"https://www.w3.org/ns/credentials/v2",' * 20_000
    return b'{"type":["VerifiableCredential"],"@context":[' + contexts + b'""]}'


def billion_laughs() -> bytes:
    entities = b"".join(b'<!ENTITY %c "%b">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(8))
    start = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
    return start + entities + b']><svg xmlns="http://www.w3.org/2000/svg">&i;</svg>'


def png_bomb() -> bytes:
    import struct
    import zlib

    text = b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"{" + b" " * 50_000_000 + b"}", 9)
    chunk = struct.pack(">I", len(text)) + b"iTXt" + text + struct.pack(">I", zlib.crc32(b"iTXt" + text))
    image = one_pixel_png()
    return image[:33] + chunk + image[33:]


def test_a_status_list_that_is_a_bomb() -> None:
    """A gigabyte of zeros in a megabyte of text, in a list that the issuer has really signed."""
    import base64
    import gzip

    university = Institution()
    bomb = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(64_000_000), 9)).rstrip(b"=").decode()
    university.edit_list = lambda document: document["credentialSubject"].update(encodedList=bomb)
    report = Verifier(university, clock=FixedClock(NOW)).verify(university.issue())
    (status,) = [check for check in report.checks if check.name == "status"]
    assert status.code == "status.list_malformed"
    assert report.verdict is Verdict.UNDETERMINED


def test_an_answer_that_is_hostile_gets_a_report_too() -> None:
    """The outside is no friendlier than the document: whatever stands at the addresses, there is a report."""
    badges, _, _ = world()
    badge = badges[SUITES[0]]
    addresses = [
        "https://university.example/institutions/example/did.json",
        "https://university.example/status/revocation",
    ]
    answers = [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"<html>",
        deep(1000),
        b'{"id":1,"id":2}',
        b'{"verificationMethod":' + b"[" * 60 + b"]" * 60 + b"}",
    ]
    good = {url: world()[2].fetch(url).content for url in addresses}
    for url in addresses:
        for answer in answers:
            resolver = FixedResolver({**good, url: answer}, fetched_at=NOW)
            report = Verifier(resolver, clock=FixedClock(NOW)).verify(badge)
            assert report.verdict is not Verdict.VALID
    for number in range(150):
        draw = random.Random(f"answer {number}")
        url = draw.choice(addresses)
        document = json.loads(good[url])
        try:
            draw.choice(OPERATORS)(document, draw)
            answer = strict_json.dumps(document)
        except (KeyError, IndexError, TypeError, ValueError, TestamurError):
            continue
        Verifier(FixedResolver({**good, url: answer}, fetched_at=NOW), clock=FixedClock(NOW)).verify(badge)

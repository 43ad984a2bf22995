"""Mutated documents of every format: never an exception, and never `valid` for a document that says something else.

Fixed seeds, so that a failure comes again. A mutated document may stay valid only if what the report then says is what the sound one said:
a copy of a hosted badge may leave something out, because the answer of its address counts.
"""

from __future__ import annotations

import copy
import io
import json
import random
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from tests.shared import SHARED
from tests.simulator import Institution
from tests.unit.formats.elm.sealing import CREDENTIAL, Sealer
from tests.unit.verification.conftest import Verify
from tests.unit.verification.standards import test_blockcerts, test_enveloped, test_european
from tests.unit.verification.standards.badges import BadgeIssuer
from tests.unit.verification.standards.test_open_badges_2 import baked
from tests.unit.verification.standards.test_parts import presentation, transcript

from testamur.verification import Report, Verdict

ROUNDS = 120
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1e300, "", "x", "2030-01-01T00:00:00Z", "https://evil.example/", "urn:uuid:1", [], {}, [[]], {"id": 3},
    {"@id": "x"}, {"type": "Assertion"}, ["x", None], "\u202e", "한글",
)  # fmt: skip
NAMES = (
    "@context",
    "@type",
    "id",
    "type",
    "expires",
    "validUntil",
    "revoked",
    "proof",
    "credentialStatus",
    "https://schema.org/name",
    "extra",
)

Ask = Callable[[Any], Report]


def mutated(document: Any, chance: random.Random) -> Any:
    """A copy of `document` with one to three changes somewhere in it."""
    document = copy.deepcopy(document)
    for _ in range(chance.randint(1, 3)):
        places = list(_containers(document))
        place = chance.choice(places)
        value = copy.deepcopy(chance.choice((*VALUES, chance.choice(places))))
        if isinstance(place, list):
            place.insert(chance.randint(0, len(place)), value)
        elif place and chance.random() < 0.4:
            del place[chance.choice(list(place))]
        else:
            place[chance.choice((*NAMES, *place))] = value
    return document


def _containers(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        for item in list(value.values()):
            yield from _containers(item)
    elif isinstance(value, list):
        yield value
        for item in value:
            yield from _containers(item)


def scrambled(data: bytes, chance: random.Random) -> bytes:
    """`data` with some bytes changed, cut out or repeated."""
    content = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place, length = chance.randrange(len(content)), chance.randint(1, 8)
        match chance.randrange(3):
            case 0:
                content[place : place + length] = chance.randbytes(length)
            case 1:
                del content[place : place + length]
            case _:
                content[place:place] = content[place : place + length]
        if not content:
            content = bytearray(b"{")
    return bytes(content)


def hosted() -> tuple[Any, Ask]:
    issuer = BadgeIssuer()
    return issuer.host(evidence="https://e.example"), issuer.verify


def blockcert() -> tuple[Any, Ask]:
    if not (SHARED / test_blockcerts.FOLDER).exists():
        pytest.skip("needs vectors/blockcerts of the shared test data (TESTAMUR_SHARED)")
    certificate = test_blockcerts.document(test_blockcerts.MAINNET)
    world = test_blockcerts.world(certificate, test_blockcerts.document(test_blockcerts.MAINNET_PROFILE))
    return certificate, lambda document: test_blockcerts.verify(document, world)


def sealed() -> tuple[Any, Ask]:
    return Sealer(test_european.AUTHORITY).seal(CREDENTIAL), test_european.verify


def shown(university: Institution, verify: Verify) -> tuple[Any, Ask]:
    return presentation(university.issue()), verify


def gathered(university: Institution, verify: Verify) -> tuple[Any, Ask]:
    return transcript(university, university.issue()), verify


def check_all(
    sound: Any, ask: Ask, change: Callable[[Any, random.Random], Any], seed: int, rounds: int = ROUNDS
) -> None:
    expected = ask(sound)
    assert expected.verdict is Verdict.VALID
    said = [expected.subject, *(child.subject for child in expected.children)]
    for number in range(rounds):
        chance = random.Random(seed * 10_000 + number)
        report = ask(change(sound, chance))
        if report.verdict is Verdict.VALID:
            assert [report.subject, *(child.subject for child in report.children)] == said, number


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("make", [hosted, sealed])
def test_mutated_json(make: Callable[[], tuple[Any, Ask]], seed: int) -> None:
    sound, ask = make()
    check_all(sound, ask, mutated, seed)


def test_mutated_blockcerts() -> None:
    sound, ask = blockcert()
    check_all(sound, ask, mutated, 1)


@pytest.mark.parametrize("make", [shown, gathered])
def test_mutated_collections(make: Any, university: Institution, verify: Verify) -> None:
    sound, ask = make(university, verify)
    # A presentation that nobody signed may lose a part, and then it shows less; it must not show anything else.
    expected = ask(sound)
    assert expected.verdict is Verdict.VALID
    subjects = [child.subject for child in expected.children]
    for number in range(ROUNDS):
        report = ask(mutated(sound, random.Random(number)))
        if report.verdict is Verdict.VALID:
            assert all(child.subject in subjects for child in report.children), number


def test_the_sealed_credential_changed_inside() -> None:
    """The text under the seal is changed as a document, not only as a string."""
    sound, ask = sealed()

    def inside(document: Any, chance: random.Random) -> Any:
        return {**document, "payload": json.dumps(mutated(json.loads(document["payload"]), chance))}

    check_all(sound, ask, inside, 7)


def test_the_pages_of_an_issuer_changed() -> None:
    """Whatever an issuer's addresses answer: a report, and nothing of it said to be sound that is not."""
    for number in range(ROUNDS):
        chance, issuer = random.Random(number), BadgeIssuer()
        badge = issuer.host()
        address = chance.choice(list(issuer.pages))
        issuer.pages[address] = mutated(issuer.pages[address], chance)
        for document in (badge, issuer.sign()):
            issuer.verify(document)


@pytest.mark.parametrize("seed", range(2))
def test_scrambled_bytes(seed: int) -> None:
    issuer = BadgeIssuer()
    text, token = json.dumps(issuer.host()).encode(), issuer.sign().encode()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(10, 10)
    writer.add_attachment("badge.json", text)
    pdf = io.BytesIO()
    writer.write(pdf)
    for sound in (text, token, baked(b"iTXt", b"openbadges\0\0\0\0\0" + token), pdf.getvalue()):
        check_all(sound, issuer.verify, scrambled, seed)


def test_scrambled_envelopes(university: Institution, verify: Verify) -> None:
    for media_type in test_enveloped.MEDIA:
        check_all(test_enveloped.envelope(university, media_type), verify, scrambled, 3)
    wallet = test_enveloped.WalletIssuer()
    check_all(wallet.issue().encode(), wallet.verify, scrambled, 4)

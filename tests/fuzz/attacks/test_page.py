"""The page of a report: a document cannot put markup into it, and nobody whom no one vouches for is green on it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from testamur.proofs.data_integrity import add_proof
from testamur.verification import Verifier
from testamur_site.verification import services
from tests.fuzz.attacks.world import THIEF, THIEF_METHOD, stolen
from tests.fuzz.doors import ACTIVE
from tests.fuzz.mutators.json_values import MARKUP
from tests.simulator import NOW, FixedClock, Institution
from tests.simulator.mutations import at, places

pytestmark = pytest.mark.django_db


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Institution:
    simulated = Institution()
    monkeypatch.setattr(services, "Everywhere", lambda: simulated)
    monkeypatch.setattr(services, "verifier", lambda: Verifier(simulated, clock=FixedClock(NOW)))
    return simulated


def shown(document: dict[str, Any], language: str) -> str:
    file = SimpleUploadedFile("badge.json", json.dumps(document).encode())
    answer = Client(HTTP_ACCEPT_LANGUAGE=language).post("/verify", {"file": file})
    assert answer.status_code == 200
    return answer.content.decode()


def of_a_thief() -> dict[str, Any]:
    """A badge under the thief's own name, with everything in it that a badge of ours has."""
    badge = Institution().unsigned(status=False)
    return {**badge, "issuer": {**badge["issuer"], "id": THIEF_METHOD.partition("#")[0]}}


def signed(badge: dict[str, Any]) -> dict[str, Any]:
    return add_proof(badge, THIEF, verification_method=THIEF_METHOD, created=NOW, cryptosuite="eddsa-jcs-2022")


KEPT = {"type", "@context", "validFrom", "validUntil", "awardedDate"}


def texts(badge: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for way in places(badge):
        if isinstance(at(badge, way), str) and not KEPT & set(way) and way != ("issuer", "id"):
            yield way


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_every_text_stays_text(university: Institution, markup: str, language: str) -> None:
    badge = of_a_thief()
    for *way, last in texts(copy.deepcopy(badge)):
        at(badge, tuple(way))[last] = markup
    page = shown(signed(badge), language)
    assert not any(each.decode() in page for each in ACTIVE)
    assert "alert(1)" not in re.sub(
        r"<(?:pre|code|textarea)\b.*?</(?:pre|code|textarea)>|>[^<]*<", "", page, flags=re.S
    )
    for address in re.findall(r'(?:href|src|action)="([^"]*)"', page):
        assert address.startswith(
            ("/", "#", "http://testserver", "http://localhost", "https://", "mailto:", "data:image/")
        ), address


def test_a_forgery_shows_nothing_of_itself(university: Institution) -> None:
    badge = university.issue()
    badge["credentialSubject"]["achievement"]["name"] = "Doctor of Everything"
    report = shown(badge, "en").partition("For engineers")[0]
    assert "Doctor of Everything" not in report


def test_an_endorsement_of_somebody_unknown_is_not_green(university: Institution) -> None:
    """He calls himself a university and signs with a key of his own; the endorsement is true, and says nothing."""
    badge = university.unsigned()
    endorsement = {
        "@context": badge["@context"],
        "id": "urn:uuid:3f1c4b6e-45a5-4d6e-9d0c-6a2b0d9f5e12",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": THIEF_METHOD.partition("#")[0], "type": ["Profile"], "name": "The Best University"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": badge["credentialSubject"]["achievement"]["id"], "type": ["EndorsementSubject"]},
        "name": "Endorsement",
    }
    page = shown(university.sign({**badge, "endorsement": [stolen(endorsement)]}), "en")
    part = page[page.index('id="endorsements"') :]
    part = part[: part.index("</section>")]
    assert "The Best University" in part
    assert "on no register" in part
    assert 'class="outcome quiet"' in part


def test_a_name_taken_by_a_key_is_not_green(university: Institution) -> None:
    page = shown(signed(of_a_thief()), "en")
    part = page[page.index('id="from_whom"') :]
    part = part[: part.index("</li>")]
    assert 'class="outcome quiet"' in part
    assert "no address or institution stands behind the name" in part
    assert 'class="verdict quiet"' in page

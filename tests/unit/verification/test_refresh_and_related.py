"""The newer copy that an issuer keeps, and what a document pins by hash."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from tests.simulator import NOW, Institution
from tests.unit.verification.conftest import Verify, check, codes

from testamur.linked_data import CREDENTIALS_V2, OPEN_BADGES_3_EXTENSIONS, PINNED
from testamur.verification import Report, Verdict
from testamur.verification.moments import iso

YESTERDAY = iso(NOW - timedelta(days=1))
ADDRESS = "https://university.example/refresh/1"
SERVICE = {"id": ADDRESS, "type": "1EdTechCredentialRefresh"}


def signed(university: Institution, **change: Any) -> dict[str, Any]:
    document = {**university.unsigned(), "id": "https://university.example/credentials/1", **change}
    document["@context"] = [*document["@context"], OPEN_BADGES_3_EXTENSIONS]
    answer: dict[str, Any] = university.sign({name: value for name, value in document.items() if value is not None})
    return answer


def ask(university: Institution, verify: Verify, first: dict[str, Any], newer: Any) -> Report:
    university.pages[ADDRESS] = newer if isinstance(newer, bytes) else json.dumps(newer).encode()
    return verify(first)


def test_a_newer_copy_takes_the_place_of_an_expired_one(university: Institution, verify: Verify) -> None:
    first = signed(university, refreshService=SERVICE, validUntil=YESTERDAY)
    assert verify(first).verdict is Verdict.INVALID
    report = ask(university, verify, first, signed(university))
    assert report.verdict is Verdict.VALID
    assert check(report, "refresh").code == "refresh.used"
    assert report.subject["validUntil"] != YESTERDAY


def test_it_is_asked_once(university: Institution, verify: Verify) -> None:
    first = signed(university, refreshService=SERVICE)
    ask(university, verify, first, signed(university, refreshService=SERVICE))
    assert university.asked.count(ADDRESS) == 1


def test_a_newer_copy_that_is_worse_counts_too(university: Institution, verify: Verify) -> None:
    newer = signed(university, validUntil=YESTERDAY)
    report = ask(university, verify, signed(university, refreshService=SERVICE), newer)
    assert report.verdict is Verdict.INVALID
    assert {"refresh.used", "dates.expired"} <= codes(report)


NEXT = "https://university.example/credentials/2"


def test_a_renewed_one_with_an_identifier_of_its_own_takes_the_place(university: Institution, verify: Verify) -> None:
    first = signed(university, refreshService=SERVICE, validUntil=YESTERDAY)
    report = ask(university, verify, first, signed(university, id=NEXT, refreshService=SERVICE))
    assert report.verdict is Verdict.VALID
    said = check(report, "refresh")
    assert said.code == "refresh.successor"
    assert (said.facts["before"], said.facts["after"]) == (first["id"], NEXT)
    assert report.subject["id"] == NEXT


def test_what_was_replaced_and_revoked_is_told_by_its_successor(university: Institution, verify: Verify) -> None:
    first = signed(university, refreshService=SERVICE)
    university.revoke(first)
    assert verify(first).verdict is Verdict.INVALID
    report = ask(university, verify, first, signed(university, id=NEXT, refreshService=SERVICE))
    assert (report.verdict, check(report, "refresh").code) == (Verdict.VALID, "refresh.successor")


def test_a_successor_that_does_not_hold_is_told_as_it_is(university: Institution, verify: Verify) -> None:
    newer = signed(university, id=NEXT, refreshService=SERVICE, validUntil=YESTERDAY)
    report = ask(university, verify, signed(university, refreshService=SERVICE), newer)
    assert report.verdict is Verdict.INVALID
    assert {"refresh.successor", "dates.expired"} <= codes(report)


@pytest.mark.parametrize(
    "newer",
    [
        lambda university: signed(university, id=NEXT),
        lambda university: signed(university, id=NEXT, refreshService={**SERVICE, "id": f"{ADDRESS}0"}),
        lambda university: signed(Institution("other.example"), id=NEXT, refreshService=SERVICE),
        lambda university: signed(university, id=NEXT, refreshService=SERVICE, validFrom="2001-01-01T00:00:00Z"),
        lambda university: signed(university, id=None, refreshService=SERVICE),
        lambda university: {**signed(university, id=NEXT), "refreshService": SERVICE},
    ],
)
def test_another_credential_is_no_successor(university: Institution, verify: Verify, newer: Any) -> None:
    """Whoever answers at the address hands out somebody else's credential by the same issuer: it is not said to be this person's."""
    first = signed(university, refreshService=SERVICE, validUntil=YESTERDAY)
    report = ask(university, verify, first, newer(university))
    assert report.verdict is Verdict.INVALID
    assert check(report, "refresh").code == "refresh.other"


@pytest.mark.parametrize(
    "newer",
    [
        lambda university: signed(university, id="https://university.example/credentials/2"),
        lambda university: signed(university, validFrom="2001-01-01T00:00:00Z"),
        lambda university: {**signed(university), "name": "changed"},
        lambda university: signed(Institution("other.example")),
        lambda university: b"no credential",
        lambda university: {name: value for name, value in signed(university).items() if name != "proof"},
    ],
)
def test_what_is_no_newer_copy_leaves_the_first_as_it_is(university: Institution, verify: Verify, newer: Any) -> None:
    first = signed(university, refreshService=SERVICE)
    report = ask(university, verify, first, newer(university))
    assert report.verdict is Verdict.VALID
    assert check(report, "refresh").code == "refresh.other"


def test_one_that_cannot_be_obtained(university: Institution, verify: Verify) -> None:
    university.unreachable.add(ADDRESS)
    report = verify(signed(university, refreshService=SERVICE))
    assert report.verdict is Verdict.VALID
    assert check(report, "refresh").code == "refresh.not_obtained"


def test_only_a_confirmed_document_makes_us_ask(university: Institution, verify: Verify) -> None:
    first = {**signed(university, refreshService=SERVICE), "name": "changed"}
    assert ask(university, verify, first, signed(university)).verdict is Verdict.INVALID
    assert ADDRESS not in university.asked


def test_without_a_service_nothing_is_said(university: Institution, verify: Verify) -> None:
    assert "refresh" not in {one.name for one in verify(signed(university)).checks}


def sri(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


@pytest.mark.parametrize(
    ("resource", "code", "verdict"),
    [
        (
            {"id": CREDENTIALS_V2, "digestSRI": sri(PINNED.content(CREDENTIALS_V2))},
            "structure.related_same",
            Verdict.VALID,
        ),
        ({"id": CREDENTIALS_V2, "digestSRI": sri(b"other")}, "structure.related_differs", Verdict.INVALID),
        ({"id": CREDENTIALS_V2}, "structure.related_malformed", Verdict.INVALID),
        ({"id": "https://else.example/x", "digestSRI": sri(b"x")}, "structure.related_not_compared", Verdict.VALID),
    ],
)
def test_what_a_document_pins(
    university: Institution, verify: Verify, resource: dict[str, Any], code: str, verdict: Verdict
) -> None:
    report = verify(signed(university, relatedResource=[resource]))
    assert (code in codes(report), report.verdict) == (True, verdict)
    assert "https://else.example/x" not in university.asked

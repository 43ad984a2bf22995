"""What the ordinary verification keeps of issuers is bounded for all of them together: whoever has a domain can be one, and unpacks a list
of megabytes from a page of kilobytes."""

from __future__ import annotations

import gc
import json
from datetime import timedelta

import pytest
from tests.properties.test_verification_forms import written
from tests.properties.test_verification_ordinary import Counted, Published
from tests.simulator import NOW, FixedClock, Institution

from testamur import linked_data
from testamur.linked_data.forms import Forms
from testamur.proofs.data_integrity import add_proof
from testamur.status import Bits, list_credential, status_entry
from testamur.status.remembered import REMEMBERED, Remembered
from testamur.strict_json import quick
from testamur.verification import Verdict, Verifier, ordinary
from testamur.verification.ordinary import course, standing
from testamur.verification.ordinary.standing import KnownList, Standing

pytestmark = pytest.mark.skipif(not quick.AVAILABLE, reason="nothing is recognised without orjson")

LISTS = 6
PACKED = 200_000  # bytes of one list


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """How often the ordinary way had an answer; there is room for four lists."""
    counted = Counted()
    monkeypatch.setattr(linked_data, "FORMS", Forms())
    monkeypatch.setattr(ordinary, "verified", counted)
    held = Remembered(most=100, most_bytes=1_000_000)
    for module in (standing, course):
        monkeypatch.setattr(module, "HELD", held)
    REMEMBERED.forget()
    return counted


def alive(kind: type) -> int:
    gc.collect()
    return sum(type(each) is kind for each in gc.get_objects())


def with_a_large_list(university: Institution, number: int) -> tuple[bytes, str, bytes]:
    """A credential, and the address and content of its list."""
    url = f"https://{university.host}/status/{number}"
    badge = university.unsigned(reference=False) | {"credentialStatus": status_entry(url, 5)}
    dates = {"valid_from": NOW - timedelta(hours=1), "valid_until": NOW + timedelta(days=1)}
    of_many = list_credential(url, university.did, Bits(bytes(PACKED)), "revocation", **dates)
    page = add_proof(of_many, university.key, verification_method=university.method, created=NOW - timedelta(hours=1))
    return written(university.sign(badge)), url, json.dumps(page).encode()


def test_lists_are_let_go_when_there_are_too_many(counted: Counted) -> None:
    university = Institution()
    pages = university.published()
    badges = []
    for number in range(LISTS):
        badge, url, page = with_a_large_list(university, number)
        badges.append(badge)
        pages[url] = page
    before = alive(KnownList)
    for badge in [*badges, *badges, *badges]:
        report = Verifier(Published(pages), clock=FixedClock(NOW + timedelta(seconds=1))).verify(badge)
        assert report.verdict is Verdict.VALID
    assert counted.made > LISTS
    assert 0 < alive(KnownList) - before <= 4


def test_issuers_are_let_go_when_there_are_too_many(counted: Counted) -> None:
    before = alive(Standing)
    for number in range(8):
        university = Institution(f"university-{number}.example")
        university.edit_did_document = lambda document: document.update(description="x" * 30_000)
        pages = university.published()
        for _ in range(4):
            badge = written(university.issue(status=False))
            report = Verifier(Published(pages), clock=FixedClock(NOW + timedelta(seconds=1))).verify(badge)
            assert report.verdict is Verdict.VALID
    assert counted.made > 8
    assert 0 < alive(Standing) - before <= 5

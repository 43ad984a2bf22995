"""Withdrawal: revoked, suspended, and every way in which it cannot be said."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.simulator import FixedClock, Institution
from tests.simulator.institution import key_from
from tests.unit.verification.conftest import Verify, check

from testamur.linked_data import OPEN_BADGES_3_EXTENSIONS
from testamur.status import Bits, encode
from testamur.verification import Outcome, Policy, Question, Verdict
from testamur.verification.moments import iso


def test_clear(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.revoked.add(int(badge["credentialStatus"]["statusListIndex"]) + 1)
    found = check(verify(badge), "status")
    assert found.code == "status.clear"
    assert found.facts["asked_at"] == "2026-11-25T10:00:00Z"


def test_revoked(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.revoke(badge)
    report = verify(badge)
    assert check(report, "status").code == "status.revoked"
    assert report.verdict is Verdict.INVALID
    assert report.outcome(Question.GENUINE) is Outcome.PASSED
    assert report.outcome(Question.FROM_WHOM) is Outcome.PASSED
    assert report.outcome(Question.STILL_VALID) is Outcome.FAILED


@pytest.mark.parametrize("index", [0, 7, 8, 131_070, 131_071])
def test_the_bit_at_the_edge(university: Institution, verify: Verify, index: int) -> None:
    badge = university.unsigned()
    badge["credentialStatus"]["statusListIndex"] = str(index)
    signed = university.sign(badge)
    university.revoked |= set(range(131_072)) - {index}
    assert check(verify(signed), "status").code == "status.clear"
    university.revoked = {index}
    assert check(verify(signed), "status").code == "status.revoked"


def test_suspended_is_told_apart_from_revoked(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.suspend(badge)
    assert check(verify(badge), "status").code == "status.suspended"
    university.suspended.clear()
    assert check(verify(badge), "status").code == "status.revoked"
    university.revoked.clear()
    assert check(verify(badge), "status").code == "status.clear"


def test_without_the_second_list_it_is_one_of_the_two(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.suspend(badge)
    university.unreachable.add(university.suspension_url)
    report = verify(badge)
    assert check(report, "status").code == "status.revoked_or_suspended"
    assert report.verdict is Verdict.INVALID


def test_a_second_list_that_has_grown_old_says_neither(university: Institution, verify: Verify) -> None:
    def old(document: dict[str, Any]) -> None:
        if document["id"] == university.suspension_url:
            document["validUntil"] = "2026-11-24T00:00:00Z"

    badge = university.issue()
    university.suspend(badge)
    university.edit_list = old
    assert check(verify(badge), "status").code == "status.revoked_or_suspended"


def test_a_second_list_of_another_purpose_does_not_matter(university: Institution, verify: Verify) -> None:
    def message(document: dict[str, Any]) -> None:
        if document["id"] == university.suspension_url:
            document["credentialSubject"]["statusPurpose"] = "message"

    badge = university.issue()
    university.suspend(badge)
    university.edit_list = message
    assert check(verify(badge), "status").code == "status.revoked"


STATUS_LIST_2021 = "https://w3id.org/vc/status-list/2021/v1"


@pytest.mark.parametrize("revoked", [False, True])
def test_the_older_status_list_2021(university: Institution, verify: Verify, revoked: bool) -> None:
    def older(document: dict[str, Any]) -> None:
        document["@context"] = ["https://www.w3.org/2018/credentials/v1", STATUS_LIST_2021]
        document["type"] = ["VerifiableCredential", "StatusList2021Credential"]
        document["issuanceDate"] = document.pop("validFrom")
        document["expirationDate"] = document.pop("validUntil")
        subject = document["credentialSubject"]
        subject["type"] = "StatusList2021"
        subject["encodedList"] = subject["encodedList"].removeprefix("u")
        document["@context"].append("https://w3id.org/security/data-integrity/v2")

    badge = university.unsigned(reference=False)
    badge["credentialStatus"]["type"] = "StatusList2021Entry"
    badge["@context"] = [*badge["@context"], STATUS_LIST_2021]
    badge = university.sign(badge)
    if revoked:
        university.revoke(badge)
    university.edit_list = older
    assert check(verify(badge), "status").code == ("status.revoked" if revoked else "status.clear")


def test_a_reference_that_is_an_ordinary_page_means_revoked(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.revoke(badge)
    university.pages[university.suspension_url] = b"<html>how we revoke</html>"
    assert check(verify(badge), "status").code == "status.revoked"


def test_suspension_of_somebody_else_does_not_soften_a_revocation(university: Institution, verify: Verify) -> None:
    """The second list must be proven by the same issuer, or anybody could turn a revocation into a suspension."""
    badge = university.issue()
    university.revoke(badge)
    stranger = Institution("stranger.example")
    stranger.suspended.add(int(badge["credentialStatus"]["statusListIndex"]))
    stranger.suspension_url = university.suspension_url
    university.pages[university.suspension_url] = stranger.published()[university.suspension_url]
    assert check(verify(badge), "status").code == "status.revoked_or_suspended"


def test_an_entry_for_suspension_alone(university: Institution, verify: Verify) -> None:
    badge = university.unsigned()
    entry = badge["credentialStatus"]
    entry |= {"statusPurpose": "suspension", "statusListCredential": university.suspension_url}
    badge = university.sign(badge)
    assert check(verify(badge), "status").code == "status.clear"
    university.suspended.add(int(entry["statusListIndex"]))
    assert check(verify(badge), "status").code == "status.suspended"


def test_no_status_is_said_and_does_not_decide(university: Institution, verify: Verify) -> None:
    report = verify(university.issue(status=False))
    assert check(report, "status").code == "status.none_offered"
    assert report.verdict is Verdict.VALID


def edit(**changes: Any) -> Any:
    def apply(document: dict[str, Any]) -> None:
        for path, value in changes.items():
            target = document
            *way, last = path.split("__")
            for step in way:
                target = target[step]
            target[last] = value

    return apply


@pytest.mark.parametrize(
    ("disturb", "code"),
    [
        (lambda u: u.unreachable.add(u.revocation_url), "status.unreachable"),
        (lambda u: u.forbidden.add(u.revocation_url), "status.not_allowed"),
        (lambda u: u.missing.add(u.revocation_url), "status.not_found"),
        (lambda u: u.pages.update({u.revocation_url: b"<html>"}), "status.list_malformed"),
        (lambda u: u.pages.update({u.revocation_url: b"{}"}), "status.list_malformed"),
        (lambda u: u.pages.update({u.revocation_url: u.published()[u.suspension_url]}), "status.list_malformed"),
        (lambda u: setattr(u, "list_signer", key_from("stranger")), "status.list_not_proven"),
        (lambda u: setattr(u, "list_valid_until", u.now - timedelta(minutes=1)), "status.list_out_of_date"),
        (lambda u: setattr(u, "edit_list", edit(issuer="did:web:stranger.example")), "status.list_not_proven"),
        (
            lambda u: setattr(u, "edit_list", edit(credentialSubject__statusPurpose="message")),
            "status.list_other_purpose",
        ),
        (lambda u: setattr(u, "edit_list", edit(credentialSubject__encodedList="uAAAA")), "status.list_malformed"),
        (
            lambda u: setattr(u, "edit_list", edit(credentialSubject__encodedList=encode(Bits()) + "A")),
            "status.list_malformed",
        ),
        (lambda u: setattr(u, "edit_list", edit(validFrom="2027-01-01T00:00:00Z")), "status.list_malformed"),
        (
            lambda u: setattr(u, "edit_list", edit(id="https://university.example/status/other")),
            "status.list_malformed",
        ),
    ],
)
def test_what_cannot_be_asked_is_neither_revoked_nor_fine(
    university: Institution, verify: Verify, disturb: Any, code: str
) -> None:
    badge = university.issue()
    university.revoke(badge)
    disturb(university)
    report = verify(badge)
    assert check(report, "status").code == code
    assert report.outcome(Question.STILL_VALID) is Outcome.UNKNOWN
    assert report.verdict is Verdict.UNDETERMINED


def test_an_unsigned_list_says_nothing(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    unsigned = json.loads(university.published()[university.revocation_url])
    del unsigned["proof"]
    university.pages[university.revocation_url] = json.dumps(unsigned).encode()
    found = check(verify(badge), "status")
    assert (found.code, found.facts["reason"]) == ("status.list_not_proven", "proof.absent")


def test_a_list_by_another_issuer_who_proves_it_says_nothing(university: Institution, verify: Verify) -> None:
    from tests.simulator import World

    badge = university.issue()
    stranger = Institution("stranger.example")
    stranger.revocation_url = university.revocation_url
    university.pages[university.revocation_url] = stranger.published()[university.revocation_url]
    stranger.missing.add(university.revocation_url)
    found = check(verify(badge, resolver=World(university, stranger)), "status")
    assert (found.code, found.facts["issuer"]) == ("status.list_other_issuer", stranger.did)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"statusListIndex": "131072"}, "status.index_out_of_range"),
        ({"statusListIndex": "-1"}, "status.entry_malformed"),
        ({"statusListIndex": "one"}, "status.entry_malformed"),
        ({"statusListIndex": None}, "status.entry_malformed"),
        ({"statusListCredential": None}, "status.entry_malformed"),
        ({"statusPurpose": "message"}, "status.purpose_informs"),
        ({"type": "StatusAsYouLikeIt"}, "status.type_unknown"),
    ],
)
def test_entries_that_are_not_as_they_should_be(
    university: Institution, verify: Verify, changes: dict[str, Any], code: str
) -> None:
    university.suite = "eddsa-jcs-2022"  # signs what a graph could not even express
    badge = university.unsigned()
    for name, value in changes.items():
        if value is None:
            del badge["credentialStatus"][name]
        else:
            badge["credentialStatus"][name] = value
    report = verify(university.sign(badge))
    assert check(report, "status").code == code
    if code != "status.purpose_informs":
        assert report.verdict is not Verdict.VALID


def test_an_integer_index_is_read(university: Institution, verify: Verify) -> None:
    badge = university.unsigned()
    index = int(badge["credentialStatus"]["statusListIndex"])
    badge["credentialStatus"]["statusListIndex"] = index
    badge = university.sign(badge)
    assert check(verify(badge), "status").code == "status.clear"
    university.revoked.add(index)
    assert check(verify(badge), "status").code == "status.revoked"


def test_a_list_grown_old_while_we_were_offline(university: Institution, verify: Verify, clock: FixedClock) -> None:
    """The list said until tomorrow. Asked two days later it leaves open what happened since; asked about then, it answers."""
    badge, then = university.issue(), clock.now()
    clock.advance(days=2)
    later = verify(badge)
    assert check(later, "status").code == "status.clear_then"
    assert later.verdict is Verdict.UNDETERMINED
    about_then = verify(badge, as_of=then)
    assert check(about_then, "status").code == "status.clear"
    assert check(about_then, "dates.as_of").facts == {"as_of": iso(then), "now": iso(clock.now())}
    assert (about_then.verdict, about_then.as_of, about_then.verified_at) == (Verdict.VALID, then, clock.now())


@pytest.mark.parametrize(("days", "code"), [(6, "status.clear"), (8, "status.clear_then")])
def test_a_list_that_does_not_say_until_when_it_is_good_speaks_for_a_week(
    university: Institution, verify: Verify, clock: FixedClock, days: int, code: str
) -> None:
    university.list_valid_until = None
    badge = university.issue()
    clock.advance(days=days)
    assert check(verify(badge), "status").code == code


def test_a_list_that_was_out_of_date_when_it_was_obtained(university: Institution, verify: Verify) -> None:
    university.list_valid_until = university.now - timedelta(days=1)
    badge = university.issue()
    assert check(verify(badge), "status").code == "status.list_out_of_date"
    about_then = verify(badge, as_of=university.now - timedelta(days=2))
    assert check(about_then, "status").code == "status.list_out_of_date", "nobody obtained it then"


def test_withdrawn_stays_withdrawn_however_old_the_answer(
    university: Institution, verify: Verify, clock: FixedClock
) -> None:
    revoked, suspended = university.issue(), university.issue()
    university.revoke(revoked)
    university.suspend(suspended)
    assert check(verify(suspended), "status").code == "status.suspended"
    clock.advance(days=400)
    assert check(verify(revoked), "status").code == "status.revoked"
    assert check(verify(suspended), "status").code == "status.suspended_then"


def test_every_date_is_asked_about_that_moment(university: Institution, verify: Verify, clock: FixedClock) -> None:
    badge, then = university.issue(valid_until=university.now + timedelta(days=30)), clock.now()
    clock.advance(days=60)
    assert check(verify(badge), "dates.end").code == "dates.expired"
    about_then = verify(badge, as_of=then)
    assert about_then.verdict is Verdict.VALID
    before = verify(badge, as_of=then - timedelta(days=300))
    assert check(before, "dates.begin").code == "dates.not_yet_valid"


def test_nobody_asks_about_a_moment_to_come(university: Institution, verify: Verify, clock: FixedClock) -> None:
    report = verify(university.issue(), as_of=clock.now() + timedelta(days=1))
    assert (report.as_of, report.verdict) == (None, Verdict.VALID)
    with pytest.raises(ValueError, match="time zone"):
        Policy(as_of=datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is refused


LIST = "https://university.example/revocations"


def with_older_list(university: Institution) -> dict[str, Any]:
    badge = university.unsigned(status_entry={"id": LIST, "type": "1EdTechRevocationList"})
    badge["@context"] = [*badge["@context"], OPEN_BADGES_3_EXTENSIONS]  # the type is defined there
    return university.sign(badge)


@pytest.mark.parametrize(
    ("revoked", "code"),
    [
        ([], "status.clear"),
        ([{"id": "{id}"}], "status.revoked"),
        ([{"id": "{id}", "revoked": True}], "status.revoked"),
        ([{"id": "{id}", "revoked": False}], "status.clear"),
        ([{"id": "https://university.example/c/other"}], "status.clear"),
        ("{id}", "status.list_malformed"),
    ],
)
def test_the_older_revocation_list_of_1edtech(university: Institution, verify: Verify, revoked: Any, code: str) -> None:
    badge = with_older_list(university)
    text = json.dumps({"id": LIST, "revokedCredential": revoked}).replace("{id}", badge["id"])
    university.pages[LIST] = text.encode()
    assert check(verify(badge), "status").code == code


def test_the_older_revocation_list_when_nobody_answers(
    university: Institution, verify: Verify, clock: FixedClock
) -> None:
    badge = with_older_list(university)
    university.pages[LIST] = json.dumps({"id": LIST, "revokedCredential": []}).encode()
    clock.advance(days=8)
    assert check(verify(badge), "status").code == "status.clear_then"
    clock.advance(days=-8)
    university.unreachable.add(LIST)
    assert check(verify(badge), "status").code == "status.unreachable"
    university.unreachable.clear()
    university.pages[LIST] = json.dumps(
        {"id": LIST, "issuer": "https://stranger.example", "revokedCredential": []}
    ).encode()
    assert check(verify(badge), "status").code == "status.list_other_issuer"


def test_several_entries_are_each_asked(university: Institution, verify: Verify) -> None:
    """The published schema of Open Badges has one entry; VC 2.0 allows several, and they are met."""
    badge = university.unsigned()
    first = badge["credentialStatus"]
    other = {
        **first,
        "id": first["id"] + "-suspension",
        "statusPurpose": "suspension",
        "statusListCredential": university.suspension_url,
    }
    for entries in ([first], [first, other]):
        badge["credentialStatus"] = entries
        signed = university.sign(badge)
        report = verify(signed)
        assert report.verdict is Verdict.VALID
        assert [each.code for each in report.checks if each.name == "status"] == ["status.clear"] * len(entries)
    university.suspended.add(int(first["statusListIndex"]))
    assert verify(signed).verdict is Verdict.INVALID

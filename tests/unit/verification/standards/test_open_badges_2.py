"""Open Badges 2.0 through the whole verifier: a sound badge, and one thing changed at a time."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.simulator import FixedClock
from tests.unit.formats.images import PNG, chunk
from tests.unit.verification.standards.badges import CONTEXT, NOW, ORIGIN, BadgeIssuer, codes

from testamur.errors import NotAllowed, NotFound, Unreachable
from testamur.fetch import ChainResolver, FixedResolver
from testamur.ports import Resource
from testamur.verification import Question, Verdict, Verifier
from testamur.verification.report import Outcome

VALID, INVALID, UNDETERMINED = Verdict.VALID, Verdict.INVALID, Verdict.UNDETERMINED


@pytest.fixture
def issuer() -> BadgeIssuer:
    return BadgeIssuer()


def test_a_hosted_badge(issuer: BadgeIssuer) -> None:
    report = issuer.verify(issuer.host(), recipient="mina@example.org")
    assert report.verdict is VALID
    assert {"proof.hosted_same", "issuer.in_scope", "recipient.matches", "status.clear"} <= codes(report)
    assert report.subject["achievement"]["name"] == "Robotics"
    assert report.subject["issuer"] == {
        "id": f"{ORIGIN}/issuer",
        "name": "University of Example",
        "url": ORIGIN,
        "email": "badges@issuer.example",
    }
    assert issuer.verify(issuer.host(), recipient="jun@example.org").verdict is INVALID


def test_a_signed_badge(issuer: BadgeIssuer) -> None:
    report = issuer.verify(issuer.sign())
    assert report.verdict is VALID
    assert {"proof.signature_true", "issuer.bound"} <= codes(report)
    assert report.subject["achievement"]["name"] == "Robotics"


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_a_hashed_recipient(issuer: BadgeIssuer, algorithm: str) -> None:
    """OB 2.0, IdentityHash: the hash of the address with the salt behind it."""
    digest = hashlib.new(algorithm, b"mina@example.orgdeadsea").hexdigest()
    badge = issuer.host(
        recipient={"type": "email", "hashed": True, "salt": "deadsea", "identity": f"{algorithm}${digest}"}
    )
    assert issuer.verify(badge, recipient="mina@example.org").outcome(Question.ABOUT_WHOM) is Outcome.PASSED
    assert issuer.verify(badge, recipient="jun@example.org").outcome(Question.ABOUT_WHOM) is Outcome.FAILED
    assert issuer.verify(badge).outcome(Question.ABOUT_WHOM) is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "verdict", "code"),
    [
        (NotFound("no", facts={"status": 404}), INVALID, "proof.hosted_not_found"),
        (NotFound("gone", facts={"status": 410}), INVALID, "status.revoked"),
        (Unreachable("no answer"), UNDETERMINED, "proof.hosted_unreachable"),
        (NotAllowed("private"), UNDETERMINED, "proof.hosted_not_allowed"),
        (b"<html>", UNDETERMINED, "proof.hosted_malformed"),
        (b"[]", UNDETERMINED, "proof.hosted_malformed"),
    ],
)
def test_what_the_address_of_a_badge_answers(issuer: BadgeIssuer, answer: Any, verdict: Verdict, code: str) -> None:
    badge = issuer.host()
    issuer.pages[badge["id"]] = answer
    report = issuer.verify(badge)
    assert report.verdict is verdict
    assert code in codes(report)
    assert report.subject == {}


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "2030-01-01T00:00:00Z"},
        {"issuedOn": "2020-01-01T00:00:00Z"},
        {"recipient": {"type": "email", "hashed": False, "identity": "jun@example.org"}},
        {"evidence": "https://own.example/work"},
        {"badge": "https://issuer.example/other-badge"},
    ],
)
def test_a_copy_that_says_something_else(issuer: BadgeIssuer, change: dict[str, Any]) -> None:
    badge = issuer.host()
    report = issuer.verify({**badge, **change})
    assert report.verdict is INVALID
    assert "proof.hosted_differs" in codes(report)


def test_the_answer_counts_and_not_the_copy(issuer: BadgeIssuer) -> None:
    """A copy from before the issuer added an end: it says nothing false, and the end is seen."""
    copy = issuer.assertion()
    issuer.host(expires="2026-06-01T00:00:00Z")
    report = issuer.verify(copy)
    assert "dates.expired" in codes(report)
    assert report.verdict is INVALID


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"revoked": True}, "status.revoked"),
        ({"revoked": "yes"}, "status.revoked"),
        ({"expires": "2026-06-01T00:00:00Z"}, "dates.expired"),
        ({"expires": "soon"}, "dates.end_malformed"),
        ({"issuedOn": "2027-01-01T00:00:00Z"}, "dates.not_yet_valid"),
        ({"id": "https://other.example/assertions/1"}, "issuer.out_of_scope"),
        ({"id": "https://issuer.example.other.test/1"}, "issuer.out_of_scope"),
        ({"verification": {"type": "signed"}}, "proof.absent"),
    ],
)
def test_one_thing_changed_in_a_hosted_badge(issuer: BadgeIssuer, change: dict[str, Any], code: str) -> None:
    report = issuer.verify(issuer.host(**change))
    assert report.verdict is INVALID
    assert code in codes(report)


@pytest.mark.parametrize(
    ("page", "change", "verdict", "code"),
    [
        ("badge", {"type": "Issuer"}, INVALID, "structure.linked_broken"),
        ("badge", {"name": None}, INVALID, "structure.linked_broken"),
        ("badge", {"issuer": "urn:uuid:1"}, INVALID, "structure.linked_broken"),
        ("badge", {"issuer": "https://nobody.example/issuer"}, UNDETERMINED, "structure.linked_unreachable"),
        ("badge", {"id": "https://famous.example/badge"}, VALID, "structure.linked_other_id"),
        ("issuer", {"type": "BadgeClass"}, INVALID, "structure.linked_broken"),
        ("issuer", {"name": None}, INVALID, "structure.linked_broken"),
        ("issuer", {"verification": {"allowedOrigins": "else.example"}}, INVALID, "issuer.out_of_scope"),
        ("issuer", {"verification": {"startsWith": f"{ORIGIN}/assertions/"}}, VALID, "issuer.in_scope"),
        ("issuer", {"verification": {"startsWith": f"{ORIGIN}/else/"}}, INVALID, "issuer.out_of_scope"),
    ],
)
def test_one_thing_changed_in_a_page(
    issuer: BadgeIssuer, page: str, change: dict[str, Any], verdict: Verdict, code: str
) -> None:
    badge = issuer.host()
    changed = issuer.pages[f"{ORIGIN}/{page}"] | change
    issuer.pages[f"{ORIGIN}/{page}"] = {name: value for name, value in changed.items() if value is not None}
    report = issuer.verify(badge)
    assert (report.verdict, code in codes(report)) == (verdict, True)


def test_an_issuer_who_says_they_are_somebody_else(issuer: BadgeIssuer) -> None:
    """The address is the identity: the name of a famous one in the profile changes nothing."""
    issuer.pages[f"{ORIGIN}/issuer"]["id"] = "https://famous.example/issuer"
    report = issuer.verify(issuer.host())
    assert report.subject["issuer"]["id"] == f"{ORIGIN}/issuer"


def test_an_issuer_written_into_the_badge_counts_for_nothing(issuer: BadgeIssuer) -> None:
    forged = {**issuer.pages[f"{ORIGIN}/issuer"], "name": "Forged", "verification": {"allowedOrigins": "evil.example"}}
    badge = {**issuer.pages[f"{ORIGIN}/badge"], "id": "https://evil.example/badge", "issuer": forged}
    issuer.pages["https://evil.example/badge"] = badge
    report = issuer.verify(issuer.host(id="https://evil.example/1", badge=badge))
    assert "issuer.out_of_scope" in codes(report)
    assert report.verdict is INVALID


@pytest.mark.parametrize("page", ["badge", "issuer", "assertions/1"])
def test_an_open_redirect_is_not_the_issuer(issuer: BadgeIssuer, page: str) -> None:
    """`https://issuer.example/go?to=evil` answers with what somebody else wrote."""
    badge = issuer.host()
    address = f"{ORIGIN}/{page}"
    sound = issuer.resolver()
    for answered_by, verdict in ((f"{ORIGIN}/elsewhere", VALID), ("https://evil.example/x", UNDETERMINED)):
        content = json.dumps(issuer.pages[address]).encode()
        redirected = Resource(address, content, "application/json", NOW, answered_by)
        resolver = ChainResolver(FixedResolver({address: redirected}), sound)
        assert Verifier(resolver, clock=FixedClock(NOW)).verify(badge).verdict is verdict


def test_a_badge_class_written_out(issuer: BadgeIssuer) -> None:
    written_out = issuer.pages[f"{ORIGIN}/badge"]
    assert issuer.verify(issuer.host(badge=written_out)).verdict is VALID
    report = issuer.verify(issuer.host(badge={**written_out, "name": "Rocketry"}))
    assert "structure.linked_differs" in codes(report)
    assert report.verdict is INVALID


@pytest.mark.parametrize(
    ("listed", "verdict", "code"),
    [
        ({"revokedAssertions": []}, VALID, "status.clear"),
        ({"revokedAssertions": ["urn:uuid:7d3d512e-ba58-4d7c-886e-acb5f4ee20d9"]}, INVALID, "status.revoked"),
        (
            {"revokedAssertions": [{"id": "urn:uuid:7d3d512e-ba58-4d7c-886e-acb5f4ee20d9"}]},
            INVALID,
            "status.revoked",
        ),
        ({"revokedAssertions": [{"id": "urn:uuid:other"}]}, VALID, "status.clear"),
        ({"revokedAssertions": 3}, UNDETERMINED, "status.list_malformed"),
        (b"{", UNDETERMINED, "status.list_malformed"),
        (Unreachable("no"), UNDETERMINED, "status.unreachable"),
        (NotAllowed("no"), UNDETERMINED, "status.not_allowed"),
        (NotFound("no"), UNDETERMINED, "status.not_found"),
    ],
)
def test_the_revocation_list_of_a_signed_badge(issuer: BadgeIssuer, listed: Any, verdict: Verdict, code: str) -> None:
    issuer.pages[f"{ORIGIN}/issuer"]["revocationList"] = f"{ORIGIN}/revoked"
    issuer.pages[f"{ORIGIN}/revoked"] = (
        {"@context": CONTEXT, "id": f"{ORIGIN}/revoked", "type": "RevocationList", **listed}
        if isinstance(listed, dict)
        else listed
    )
    report = issuer.verify(issuer.sign())
    assert (report.verdict, code in codes(report)) == (verdict, True)


OTHER = rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize(
    ("signing", "verdict", "code"),
    [
        ({"key": OTHER}, INVALID, "proof.signature_false"),
        ({"header": {"alg": "none"}}, INVALID, "proof.malformed"),
        ({"header": {"alg": "HS256"}}, INVALID, "proof.malformed"),
        ({"header": {"alg": "RS256", "crit": ["x"]}}, INVALID, "proof.malformed"),
        ({"header": {"alg": "XX"}}, UNDETERMINED, "proof.suite_unknown"),
        ({"verification": {"type": "hosted"}}, INVALID, "proof.method_unusable"),
        ({"verification": {"type": "signed", "creator": f"{ORIGIN}/nowhere"}}, UNDETERMINED, "proof.key_unreachable"),
        ({"verification": {"type": "signed"}}, VALID, "issuer.bound"),
        ({"badge": "https://nobody.example/badge"}, UNDETERMINED, "structure.linked_unreachable"),
    ],
)
def test_one_thing_changed_in_a_signature(
    issuer: BadgeIssuer, signing: dict[str, Any], verdict: Verdict, code: str
) -> None:
    report = issuer.verify(issuer.sign(**signing))
    assert (report.verdict, code in codes(report)) == (verdict, True)


def test_a_key_that_is_not_the_issuers(issuer: BadgeIssuer) -> None:
    """Somebody else's key, at somebody else's address, that claims to be owned by the issuer: the profile does not list it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = OTHER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    issuer.pages["https://evil.example/key"] = {**issuer.pages[f"{ORIGIN}/key"], "publicKeyPem": pem}
    token = issuer.sign(OTHER, verification={"type": "signed", "creator": "https://evil.example/key"})
    report = issuer.verify(token)
    assert "issuer.key_not_listed" in codes(report)
    assert report.verdict is INVALID
    issuer.pages[f"{ORIGIN}/key"]["owner"] = "https://evil.example"
    assert "issuer.key_not_listed" in codes(issuer.verify(issuer.sign()))


def test_a_picture_that_carries_the_badge(issuer: BadgeIssuer) -> None:
    text = json.dumps(issuer.host()).encode()
    assert issuer.verify(baked(b"iTXt", b"openbadges\0\0\0\0\0" + text)).verdict is VALID
    token = issuer.sign().encode()
    assert issuer.verify(baked(b"iTXt", b"openbadges\0\0\0\0\0" + token)).verdict is VALID


def test_an_old_picture_that_carries_an_address(issuer: BadgeIssuer) -> None:
    issuer.host()
    picture = baked(b"tEXt", b"openbadges\0" + f"{ORIGIN}/assertions/1".encode())
    report = issuer.verify(picture)
    assert report.verdict is VALID
    assert report.subject["achievement"]["name"] == "Robotics"
    del issuer.pages[f"{ORIGIN}/assertions/1"]
    assert "proof.hosted_unreachable" in codes(issuer.verify(picture))


def baked(kind: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk before its end."""
    return PNG[:-12] + chunk(kind, content) + PNG[-12:]


def test_version_1_0(issuer: BadgeIssuer) -> None:
    """Before contexts and types: the address stands in `verify`, dates are seconds or days."""
    for page in ("badge", "issuer"):
        old = issuer.pages[f"{ORIGIN}/{page}"]
        issuer.pages[f"{ORIGIN}/{page}"] = {n: v for n, v in old.items() if n not in ("@context", "type", "id")}
    assertion = {
        "uid": "1",
        "recipient": {"type": "email", "hashed": False, "identity": "mina@example.org"},
        "badge": f"{ORIGIN}/badge",
        "verify": {"type": "hosted", "url": f"{ORIGIN}/old/1"},
        "issuedOn": 1341273600,
    }
    issuer.pages[f"{ORIGIN}/old/1"] = assertion
    report = issuer.verify(assertion, recipient="mina@example.org")
    assert report.verdict is VALID
    assert report.subject["validFrom"] == "2012-07-03T00:00:00Z"
    assert "structure.context_older" in codes(report)


def test_version_0_5_in_its_picture(issuer: BadgeIssuer) -> None:
    assertion = {
        "recipient": "mina@example.org",
        "issued_on": "2011-12-01",
        "badge": {
            "version": "0.5.0",
            "name": "Old",
            "description": "An old one",
            "image": "/i.png",
            "criteria": f"{ORIGIN}/c",
            "issuer": {"origin": ORIGIN, "name": "University of Example"},
        },
    }
    issuer.pages[f"{ORIGIN}/old/2"] = assertion
    picture = baked(b"tEXt", b"openbadges\0" + f"{ORIGIN}/old/2".encode())
    report = issuer.verify(picture, recipient="mina@example.org")
    assert report.verdict is VALID
    assert issuer.verify(assertion).verdict is UNDETERMINED  # in hand alone it does not say where it stands
    issuer.pages["https://evil.example/1"] = assertion
    moved = issuer.verify(baked(b"tEXt", b"openbadges\0https://evil.example/1"))
    assert "issuer.out_of_scope" in codes(moved)


def test_endorsements(issuer: BadgeIssuer) -> None:
    endorsement = {
        "@context": CONTEXT,
        "id": f"{ORIGIN}/endorsements/1",
        "type": "Endorsement",
        "claim": {"id": f"{ORIGIN}/badge", "endorsementComment": "Good"},
        "issuedOn": "2026-02-01T00:00:00Z",
        "issuer": f"{ORIGIN}/issuer",
        "verification": {"type": "HostedBadge"},
    }
    issuer.pages[endorsement["id"]] = endorsement
    report = issuer.verify(issuer.host(endorsement=endorsement["id"]))
    assert [child.verdict for child in report.children] == [VALID]
    assert report.children[0].subject["endorsed"] == f"{ORIGIN}/badge"
    del issuer.pages[endorsement["id"]]
    report = issuer.verify(issuer.host(endorsement=endorsement["id"]))
    assert report.verdict is VALID
    assert "endorsements.not_all_valid" in codes(report)


def test_nothing_is_asked_for_a_broken_document(issuer: BadgeIssuer) -> None:
    badge = issuer.host()
    report = issuer.verify({**badge, "recipient": "x"})
    assert report.verdict is INVALID
    assert "asked" not in report.technical


def test_the_clock_of_the_report(issuer: BadgeIssuer) -> None:
    assert issuer.verify(issuer.host()).verified_at == NOW

"""About whom? Identifiers in the clear, hashed and salted, and those that cannot be compared."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from tests.simulator import Institution
from tests.unit.verification.conftest import Verify, check

from testamur.verification import Verdict
from testamur.verification.presenters import to_json

SALT = "deadsea"


def identity(
    value: str, *, kind: str = "emailAddress", hashed: bool = False, salt: str | None = None, algorithm: str = "sha256"
) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": "IdentityObject", "identityType": kind, "hashed": hashed, "identityHash": value}
    if hashed:
        digest = hashlib.new(algorithm, (value + (salt or "")).encode()).hexdigest()
        entry["identityHash"] = f"{algorithm}${digest}"
    if salt is not None:
        entry["salt"] = salt
    return entry


def badge_for(university: Institution, *identifiers: dict[str, Any], subject: str | None = None) -> dict[str, Any]:
    badge = university.unsigned(status=False)
    badge["credentialSubject"].pop("id", None)
    badge["credentialSubject"]["identifier"] = list(identifiers)
    if subject:
        badge["credentialSubject"]["id"] = subject
    return university.sign(badge)


@pytest.mark.parametrize(
    ("entry", "asked", "code"),
    [
        (identity("mina@example.edu"), "mina@example.edu", "recipient.matches"),
        (identity("mina@example.edu"), " mina@example.edu ", "recipient.matches"),
        (identity("Mina@Example.edu"), "mina@example.edu", "recipient.matches"),
        (identity("mina@example.edu"), "MINA@example.edu", "recipient.matches"),
        (identity("mina@example.edu"), "mailto:mina@example.edu", "recipient.matches"),
        (identity("mina@example.edu"), "juna@example.edu", "recipient.different"),
        (identity("mina@example.edu", hashed=True, salt=SALT), "mina@example.edu", "recipient.matches"),
        (identity("mina@example.edu", hashed=True), "mina@example.edu", "recipient.matches"),
        (identity("mina@example.edu", hashed=True, algorithm="md5"), "mina@example.edu", "recipient.matches"),
        (identity("mina@example.edu", hashed=True, salt=SALT), "juna@example.edu", "recipient.different"),
        (identity("Mina@example.edu", hashed=True, salt=SALT), "mina@example.edu", "recipient.matches"),
        (identity("MINA@EXAMPLE.EDU", hashed=True, salt=SALT), "mina@example.edu", "recipient.matches"),
        (identity("mina@example.edu", hashed=True, salt=SALT), "Mina@Example.EDU", "recipient.matches"),
        (identity("mina@대학.example"), "mina@xn--vk1bj56d.example", "recipient.matches"),
        (identity("mina@xn--vk1bj56d.example", hashed=True), "mina@대학.example", "recipient.matches"),
        (identity("mina@대학.example"), "mina@" + "대" * 80 + ".example", "recipient.different"),
        (identity("2026-10-001", kind="ext:studentNumber"), "2026-10-001", "recipient.matches"),
        (identity("2026-10-001", kind="sourcedId", hashed=True, salt=SALT), "2026-10-001", "recipient.matches"),
        (identity("2026-10-001", kind="sourcedId"), "2026-10-002", "recipient.different"),
        (identity("2026-10-001", kind="sourcedId"), "mina@example.edu", "recipient.not_comparable"),
        (identity("mina@example.edu"), "did:key:z6MkX", "recipient.not_comparable"),
        (
            {**identity("mina@example.edu", hashed=True), "identityHash": "crc32$00"},
            "mina@example.edu",
            "recipient.not_comparable",
        ),
        (
            {**identity("mina@example.edu", hashed=True), "identityHash": "sha256$é"},
            "mina@example.edu",
            "recipient.different",
        ),
    ],
)
def test_identity_objects(
    university: Institution, verify: Verify, entry: dict[str, Any], asked: str, code: str
) -> None:
    report = verify(badge_for(university, entry), recipient=asked)
    assert check(report, "recipient").code == code
    expected = {"recipient.matches": Verdict.VALID, "recipient.different": Verdict.INVALID}
    assert report.verdict is expected.get(code, Verdict.UNDETERMINED)


def test_the_identifier_of_the_subject(university: Institution, verify: Verify) -> None:
    badge = badge_for(university, identity("mina@example.edu"), subject="did:key:z6MkMina")
    assert check(verify(badge, recipient="did:key:z6MkMina"), "recipient").code == "recipient.matches"
    assert check(verify(badge, recipient="did:key:z6MkCharlie"), "recipient").code == "recipient.different"


def test_a_salt_of_another_entry_does_not_help(university: Institution, verify: Verify) -> None:
    entries = identity("a@example.edu", hashed=True, salt="one"), identity("b@example.edu", hashed=True, salt="two")
    badge = badge_for(university, *entries)
    assert check(verify(badge, recipient="b@example.edu"), "recipient").code == "recipient.matches"
    swapped = [{**entries[0], "salt": "two"}, {**entries[1], "salt": "one"}]
    assert (
        check(verify(badge_for(university, *swapped), recipient="b@example.edu"), "recipient").code
        == "recipient.different"
    )


def test_the_report_never_repeats_the_identifier_that_was_asked_for(university: Institution, verify: Verify) -> None:
    badge = badge_for(university, identity("mina@example.edu", hashed=True, salt=SALT))
    for asked in ("mina@example.edu", "charlie@example.edu"):
        assert asked not in str(to_json(verify(badge, recipient=asked)))


def test_nobody_asked(university: Institution, verify: Verify) -> None:
    report = verify(university.issue())
    assert check(report, "recipient").code == "recipient.not_asked"
    assert report.verdict is Verdict.VALID


@pytest.mark.parametrize("stated", ["sha512$" + "0" * 128, "0" * 64, "sha3-256$" + "0" * 64])
def test_a_hash_that_is_not_known_here_decides_nothing(university: Institution, verify: Verify, stated: str) -> None:
    """It may well be the same person: that cannot be compared, and is no failure."""
    badge = university.unsigned()
    hidden = {"type": "IdentityObject", "identityType": "emailAddress", "hashed": True, "identityHash": stated}
    badge["credentialSubject"]["identifier"] = [hidden]
    report = verify(university.sign(badge), recipient="mina@students.example")
    assert check(report, "recipient").code == "recipient.not_comparable"
    plain = {**hidden, "hashed": False, "identityHash": "jun@students.example"}
    badge["credentialSubject"]["identifier"] = [plain, hidden]
    report = verify(university.sign(badge), recipient="mina@students.example")
    assert check(report, "recipient").code == "recipient.not_comparable"
    badge["credentialSubject"]["identifier"] = [plain]
    report = verify(university.sign(badge), recipient="mina@students.example")
    assert check(report, "recipient").code == "recipient.different"

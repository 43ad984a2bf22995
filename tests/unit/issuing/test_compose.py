from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import jsonschema_rs
import pytest
from tests.shared import shared
from tests.unit.issuing.examples import ACHIEVEMENT, AWARD, ISSUER, RECIPIENT, SCHEMAS, document

from testamur.issuing import AwardDetails, Recipient, compose
from testamur.issuing.compose import in_utc
from testamur.linked_data import CREDENTIALS_V2, OPEN_BADGES_3, canonicalize
from testamur.model import Credential


def test_the_contexts_and_types_are_exactly_those_of_the_standard() -> None:
    composed = document()
    assert composed["@context"] == [CREDENTIALS_V2, OPEN_BADGES_3]
    assert composed["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert composed["issuer"]["type"] == ["Profile"]


def test_moments_are_in_utc_to_the_second() -> None:
    seoul = timezone(timedelta(hours=9))
    award = dataclasses.replace(AWARD, valid_from=datetime(2026, 11, 25, 8, 0, 0, 999_999, tzinfo=seoul))
    composed = compose(ISSUER, ACHIEVEMENT, RECIPIENT, award)
    assert composed["validFrom"] == "2026-11-24T23:00:00Z"
    assert composed["awardedDate"] == "2026-11-24T23:00:00Z"


def test_a_moment_without_a_zone_is_refused() -> None:
    award = AwardDetails(id=AWARD.id, valid_from=datetime(2026, 11, 25))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="time zone"):
        compose(ISSUER, ACHIEVEMENT, RECIPIENT, award)


def test_a_later_version_keeps_the_date_of_the_first_award() -> None:
    award = dataclasses.replace(AWARD, awarded_date=AWARD.valid_from - timedelta(days=400))
    assert compose(ISSUER, ACHIEVEMENT, RECIPIENT, award)["awardedDate"] == "2025-10-21T09:30:12Z"


def test_the_address_is_hashed_with_its_salt_and_the_name_is_not() -> None:
    name, email = document()["credentialSubject"]["identifier"]
    assert (name["identityType"], name["hashed"], name["identityHash"]) == ("name", False, "김민지")
    digest = hashlib.sha256(b"minji.kim@example.org" + b"cLhbQ0Jm2fXWqvNpTzRy9A").hexdigest()
    assert (email["identityType"], email["hashed"], email["identityHash"]) == ("emailAddress", True, f"sha256${digest}")
    assert "example.org" not in json.dumps(document()).lower()


def test_two_recipients_get_different_salts() -> None:
    one, other = (Recipient(name="Ana", email="ana@example.org") for _ in range(2))
    assert one.salt != other.salt
    assert len(one.salt) >= 22


def test_a_recipient_without_an_address_is_identified_by_name_alone() -> None:
    composed = compose(ISSUER, ACHIEVEMENT, Recipient(name="Ana"), AWARD)
    assert [entry["identityType"] for entry in composed["credentialSubject"]["identifier"]] == ["name"]


def test_the_status_is_one_object_with_a_decimal_string() -> None:
    assert document()["credentialStatus"]["statusListIndex"] == "94567"


def test_what_is_composed_can_be_read_again() -> None:
    composed = document()
    assert Credential.from_json(composed).to_json() == composed


@pytest.mark.parametrize(
    "schema", ["ob_v3p0_achievementcredential_schema.json", "ob_v3p0_anyachievementcredential_schema.json"]
)
def test_it_meets_the_schema_of_1edtech(schema: str) -> None:
    validator = jsonschema_rs.validator_for(json.loads(shared(SCHEMAS + schema).read_text()))
    assert [error.message for error in validator.iter_errors(document())] == []
    broken = document()
    del broken["credentialSubject"]["achievement"]["criteria"]
    assert not validator.is_valid(broken)


def test_every_word_of_it_is_signed() -> None:
    """What the canonical form does not hold would not be signed: every text of the document stands in it."""
    canonical = canonicalize(document()).decode()
    for text in (
        "김민지",
        "Final project",
        "94567",
        "How to make a micro-credential",
        "Prerequisites",
        "Example Agency",
        '"A"',
    ):
        assert text in canonical


def test_composing_is_pure() -> None:
    assert document() == document()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1000, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 2, 28, 23, 0, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("hours", [0, 9, -3.5])
def test_a_moment_is_written_in_utc_to_the_second(moment: datetime, hours: float) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    try:
        expected = aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        with pytest.raises(OverflowError):
            in_utc(aware)
    else:
        assert in_utc(aware) == expected

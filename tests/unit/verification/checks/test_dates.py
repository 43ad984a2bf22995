"""Still valid? The dates, to the second."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.simulator import NOW, FixedClock, Institution
from tests.unit.verification.conftest import Verify, codes

from testamur.verification import Verdict
from testamur.verification.moments import iso, moment


def dated(university: Institution, **dates: Any) -> dict[str, Any]:
    university.suite = "eddsa-jcs-2022"  # signs any JSON
    badge = university.unsigned(status=False)
    for name, value in dates.items():
        badge.pop(name, None)
        if value is not None:
            badge[name] = value
    return university.sign(badge)


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"validFrom": "2026-11-25T10:00:00Z"}, "dates.begun"),
        ({"validFrom": "2026-11-25T10:00:01Z"}, "dates.not_yet_valid"),
        ({"validFrom": "2026-11-25T19:00:00+09:00"}, "dates.begun"),
        ({"validFrom": "2026-11-24T24:00:00Z"}, "dates.begun"),
        ({"validFrom": "2026-11-25T09:00:00.123456789Z"}, "dates.begun"),
        ({"validFrom": "2026-11-25"}, "dates.begin_malformed"),
        ({"validFrom": "2026-11-25T10:00:00"}, "dates.begin_malformed"),
        ({"validFrom": "2026-02-30T10:00:00Z"}, "dates.begin_malformed"),
        ({"validFrom": 1764064800}, "dates.begin_malformed"),
        ({"validFrom": {"@value": "2026-01-01T00:00:00Z"}}, "dates.begin_malformed"),
        ({"validFrom": None}, "dates.begin_absent"),
        ({"validUntil": "2026-11-25T10:00:00Z"}, "dates.not_expired"),
        ({"validUntil": "2026-11-25T09:59:59Z"}, "dates.expired"),
        ({"validUntil": "9999-12-31T23:59:59-14:00"}, "dates.not_expired"),
        ({"validUntil": "2026-11-25T25:00:00Z"}, "dates.end_malformed"),
        ({"validUntil": ["2099-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]}, "dates.end_malformed"),
        ({"validUntil": None}, "dates.no_end"),
        ({"validFrom": "2026-11-20T00:00:00Z", "validUntil": "2026-11-19T00:00:00Z"}, "dates.order"),
        ({"validFrom": None, "expirationDate": "2020-01-01T00:00:00Z", "validUntil": None}, "dates.expired"),
        ({"expirationDate": "2020-01-01T00:00:00Z"}, "dates.order"),
        ({"issuanceDate": "2040-01-01T00:00:00Z"}, "dates.not_yet_valid"),
    ],
)
def test_dates(university: Institution, verify: Verify, dates: dict[str, Any], code: str) -> None:
    report = verify(dated(university, **dates))
    assert code in codes(report)
    if code in ("dates.not_yet_valid", "dates.expired", "dates.order") or code.endswith("malformed"):
        assert report.verdict is Verdict.INVALID


def test_a_badge_expires_while_we_watch(university: Institution, verify: Verify, clock: FixedClock) -> None:
    badge = university.issue(status=False, valid_until=NOW + timedelta(hours=1))
    assert verify(badge).verdict is Verdict.VALID
    clock.advance(hours=2)
    assert "dates.expired" in codes(verify(badge))
    clock.advance(days=-30)
    assert "dates.not_yet_valid" in codes(verify(badge))


def test_moments_are_written_in_utc_even_at_the_edge_of_the_calendar() -> None:
    assert iso(datetime.fromisoformat("2026-11-25T19:00:00.5+09:00")) == "2026-11-25T10:00:00Z"
    edge = moment("9999-12-31T23:59:59-14:00")
    assert edge is not None
    assert iso(edge) == "9999-12-31T23:59:59-14:00"
    assert moment("tomorrow") is None
    assert moment(None) is None

"""Dates of proofs: the standard's form, which is neither Python's nor everybody's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from testamur.errors import Malformed
from testamur.proofs import date_time
from testamur.proofs.date_time import format_date_time_stamp, parse_date_time_stamp

NOON = datetime(2026, 2, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-24T12:00:00Z", NOON),
        ("2026-02-24T12:00:00+00:00", NOON),
        ("2026-02-24T12:00:00-00:00", NOON),
        ("2026-02-24T21:00:00+09:00", NOON),
        ("2026-02-24T12:00:00.000Z", NOON),
        ("2026-02-24T12:00:00.5Z", NOON + timedelta(milliseconds=500)),
        ("2026-02-24T12:00:00.123456789012Z", NOON + timedelta(microseconds=123456)),
        ("2026-02-23T24:00:00Z", datetime(2026, 2, 24, tzinfo=UTC)),
        ("2026-02-23T24:00:00.00Z", datetime(2026, 2, 24, tzinfo=UTC)),
        ("2024-02-29T00:00:00+14:00", datetime(2024, 2, 28, 10, tzinfo=UTC)),
    ],
)
def test_the_forms_of_the_standard_are_read(text: str, moment: datetime) -> None:
    assert parse_date_time_stamp(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-24T12:00:00",
        "2026-02-24",
        "2026-02-24 12:00:00Z",
        "2026-02-24t12:00:00z",
        "2026-02-24T12:00Z",
        "2026-02-24T12:00:00+0900",
        "2026-02-24T12:00:00+14:01",
        "2026-02-24T12:00:00.Z",
        "2026-02-24T12:00:60Z",
        "2026-02-24T24:00:01Z",
        "2026-02-24T24:00:00.01Z",
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T24:00:00Z",
        "٢٠٢٦-02-24T12:00:00Z",
        "2026-02-24T12:00:00Z\n",
        " 2026-02-24T12:00:00Z",
        "",
        None,
        1771934400,
    ],
)
def test_every_other_form_is_refused(text: object) -> None:
    with pytest.raises(Malformed) as caught:
        parse_date_time_stamp(text)
    assert caught.value.code == "input.date_time"


def test_written_in_utc_with_whole_seconds() -> None:
    seoul = timezone(timedelta(hours=9))
    assert format_date_time_stamp(datetime(2026, 2, 24, 21, 0, 0, 999, seoul)) == "2026-02-24T12:00:00Z"
    with pytest.raises(Malformed):
        format_date_time_stamp(datetime(2026, 2, 24))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-24T09:30:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-02-24T24:00:00Z",
        "2026-02-30T09:30:00Z",
        "2026-02-24T09:30:60Z",
        "2026-02-24T09:60:00Z",
        "0000-01-01T00:00:00Z",
        "2026-02-24 09:30:00Z",
        "2026-02-24T09:30:00z",
        "2026-W09-2T09:30:00Z",
        "2026-02-24T0930:00.Z",
        "２026-02-24T09:30:00Z",
        "2026-02-24T09:3٠:00Z",
        "2026-02-24T09:30:0 Z",
        "2026-02-24T+9:30:00Z",
        "2026-02-24T09:30:00\n",
    ],
)
def test_the_usual_form_is_read_as_any_other(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def outcome() -> object:
        try:
            return parse_date_time_stamp(text)
        except Malformed as error:
            return error.code

    quick = outcome()
    monkeypatch.setattr(date_time, "usual_stamp", lambda _: None)
    assert outcome() == quick

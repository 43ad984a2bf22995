"""Token Status List: the examples of the draft, and one change at a time."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.errors import Malformed
from testamur.status import StatusOutcome, StatusReference, read_token_status, status_reference

ADDRESS = "https://status.example/lists/1"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
HEADER = {"alg": "ES256", "typ": "statuslist+jwt"}


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).rstrip(b"=").decode()


def payload(content: bytes = b"\xb9\xa3", bits: Any = 1, **more: Any) -> dict[str, Any]:
    return {"sub": ADDRESS, "iat": 1_700_000_000, "status_list": {"bits": bits, "lst": packed(content)}, **more}


def ask(index: int, list_payload: dict[str, Any], header: dict[str, Any] = HEADER) -> tuple[StatusOutcome, str]:
    result = read_token_status(StatusReference(index, ADDRESS), header, list_payload, now=NOW)
    return result.outcome, result.code


def test_one_bit_for_each_token() -> None:
    """§4.1, example 1: the statuses 1 0 0 1 1 1 0 1 1 1 0 0 0 1 0 1 are the bytes B9 A3."""
    expected = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    codes = [ask(index, payload())[1] for index in range(16)]
    assert codes == ["status.revoked" if value else "status.clear" for value in expected]


def test_two_bits_for_each_token() -> None:
    """§4.1, example 2: the statuses 1 2 0 3 0 1 0 1 1 2 3 3 are the bytes C9 44 F9."""
    codes = {0: "status.clear", 1: "status.revoked", 2: "status.suspended", 3: "status.purpose_unknown"}
    expected = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    found = [ask(index, payload(b"\xc9\x44\xf9", 2))[1] for index in range(12)]
    assert found == [codes[value] for value in expected]


def test_the_text_of_the_draft() -> None:
    """§4.2: the same list as it is written in the draft."""
    written = {**payload(), "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}}
    assert ask(0, written) == (StatusOutcome.FAILED, "status.revoked")
    assert ask(1, written) == (StatusOutcome.PASSED, "status.clear")


@pytest.mark.parametrize("bits", [4, 8])
def test_wider_statuses(bits: int) -> None:
    assert ask(0, payload(b"\x12\x00", bits))[1] == ("status.suspended" if bits == 4 else "status.purpose_unknown")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sub": "https://status.example/lists/2"}, "status.list_other"),
        ({"sub": None}, "status.list_other"),
        ({"iat": None}, "status.list_malformed"),
        ({"iat": True}, "status.list_malformed"),
        ({"iat": 10**30}, "status.list_malformed"),
        ({"iat": 1_900_000_000}, "status.list_not_yet_valid"),
        ({"exp": 1_750_000_000}, "status.list_expired"),
        ({"status_list": None}, "status.list_malformed"),
        ({"status_list": {"bits": 3, "lst": "eNrbuRgAAhcBXQ"}}, "status.list_malformed"),
        ({"status_list": {"bits": True, "lst": "eNrbuRgAAhcBXQ"}}, "status.list_malformed"),
        ({"status_list": {"bits": 1, "lst": "!"}}, "status.list_malformed"),
        ({"status_list": {"bits": 1, "lst": packed(b"\0" * 17 * 1024 * 1024)}}, "status.list_too_large"),
    ],
)
def test_a_list_that_does_not_say(change: dict[str, Any], code: str) -> None:
    assert ask(1, payload()) == (StatusOutcome.PASSED, "status.clear")
    assert ask(1, payload(**change)) == (StatusOutcome.UNKNOWN, code)


def test_the_type_and_the_length_matter() -> None:
    assert ask(16, payload()) == (StatusOutcome.UNKNOWN, "status.index_out_of_range")
    assert ask(1, payload(), {"typ": "JWT"}) == (StatusOutcome.UNKNOWN, "status.list_type")
    assert ask(1, payload(), {"typ": "application/statuslist+jwt"})[1] == "status.clear"


def test_references() -> None:
    claims = {"status": {"status_list": {"idx": 3, "uri": ADDRESS}}}
    assert status_reference(claims) == StatusReference(3, ADDRESS)
    assert status_reference({}) is None
    assert status_reference({"status": {"other": {}}}) is None


@pytest.mark.parametrize(
    "entry",
    [3, {}, {"idx": -1, "uri": ADDRESS}, {"idx": "3", "uri": ADDRESS}, {"idx": 3}, {"idx": True, "uri": ADDRESS}],
)
def test_references_that_lead_nowhere(entry: Any) -> None:
    with pytest.raises(Malformed):
        status_reference({"status": {"status_list": entry}})


@given(
    st.dictionaries(
        st.sampled_from(["sub", "iat", "exp", "status_list"]),
        st.none()
        | st.integers()
        | st.text()
        | st.dictionaries(st.sampled_from(["bits", "lst"]), st.integers() | st.text()),
    )
)
def test_no_list_is_an_exception(list_payload: dict[str, Any]) -> None:
    assert ask(0, list_payload)[0] is StatusOutcome.UNKNOWN

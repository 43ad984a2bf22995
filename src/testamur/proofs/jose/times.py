"""The dates of a token (RFC 7519 §4.1.4 to §4.1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from testamur.proofs.result import failed

MAX_SECONDS = 253_402_300_799  # the end of the year 9999, the last that a clock here can hold


def check_times(claims: Mapping[str, Any], now: datetime) -> None:
    """`nbf` and `exp` against `now` (aware). Raises `Decided` (failed): `jose.time_invalid`, `jose.not_yet_valid`, `jose.expired`."""
    if "nbf" in claims and now < numeric_date(claims, "nbf"):
        raise failed("jose.not_yet_valid", nbf=claims["nbf"])
    if "exp" in claims and now >= numeric_date(claims, "exp"):
        raise failed("jose.expired", exp=claims["exp"])


def numeric_date(claims: Mapping[str, Any], name: str) -> datetime:
    """The moment of a NumericDate claim. Raises `Decided` (failed, `jose.time_invalid`) for what is no number of seconds."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_SECONDS:
        raise failed("jose.time_invalid", claim=name)
    return datetime.fromtimestamp(value, UTC)

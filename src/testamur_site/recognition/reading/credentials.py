"""What a decision looks at, out of what a confirmed document says of itself (`Report.subject`). No Django."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ..rules import Sent

_EQF = ("European Qualifications Framework", "EQF")


def sent_of(subject: Mapping[str, Any], *, valid: bool, shown: bool) -> Sent:
    achievement, issuer, holder = (_mapping(subject.get(name)) for name in ("achievement", "issuer", "holder"))
    tags = achievement.get("tag")
    categories = [*tags] if isinstance(tags, list) else []
    categories += str(achievement.get("fieldOfStudy", "")).split(";")
    return Sent(
        issuer=_text(issuer.get("id")),
        achievement=_text(achievement.get("id") or achievement.get("humanCode")),
        name=_text(subject.get("name") or achievement.get("name")),
        issuer_name=_text(issuer.get("name") or issuer.get("id")),
        categories=frozenset(text for each in categories if (text := _text(each))),
        level=_level(achievement),
        credits=_number(subject.get("creditsEarned", achievement.get("creditsAvailable"))),
        holder=_text(holder.get("name")),
        valid=valid,
        shown=shown,
    )


def _level(achievement: Mapping[str, Any]) -> int | None:
    """The level in the European Qualifications Framework, where the credential states one."""
    for one in achievement.get("alignment") or ():
        alignment = _mapping(one)
        code = str(alignment.get("targetCode", "")).strip()
        if (
            any(name in str(alignment.get("targetFramework", "")) for name in _EQF)
            and code.isdecimal()
            and len(code) < 3
        ):
            return int(code)
    return None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    # Bounded: what does not fit a column is no number of credits.
    return number.quantize(Decimal("0.01")) if number.is_finite() and 0 <= number < 10_000 else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return " ".join(value.split())[:300] if isinstance(value, str) else ""

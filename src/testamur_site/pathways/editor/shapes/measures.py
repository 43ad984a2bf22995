"""What is asked of all that counts in a requirement together: from how many different places, alike in what, with which mean, within what
time, and whether it may count elsewhere too. See `requirement`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap

from .values import amount, count, fits, flow, listed, number, set_or_drop, several

ALIKE = ("issuer", "language", "term", "mode", "type", "category", "year", "achievement")
"""By what credentials are told apart; a rule may also name an attribute that documents state."""
DATES = ("started", "completed", "enrolled", "awarded")

_MEAN = {"scale": "mean_of", "at_least": "mean_least", "weights": "mean_weights", "over": "mean_over"}
_DISTINCT = {"of": "distinct_of", "at_least": "distinct_least", "at_most": "distinct_most"}
_WITHIN = {"period": "within_period", "from": "within_from", "to": "within_to"}


def read(seen: dict[str, Any], remaining: dict[str, Any]) -> None:
    """Take what the form has a field for out of `remaining`."""
    distinct = remaining.get("distinct")
    if isinstance(distinct, Mapping) and all(count(each) for key, each in distinct.items() if key != "of"):
        _take(seen, remaining.pop("distinct"), _DISTINCT)
    mean = remaining.get("mean")
    if isinstance(mean, Mapping) and fits(mean.get("at_least")):
        _take(seen, remaining.pop("mean"), _MEAN)
        if "where" in mean:
            remaining["mean"] = {"where": mean["where"]}
    within = remaining.get("within")
    if isinstance(within, Mapping) and isinstance(within.get("period"), str):
        _take(seen, remaining.pop("within"), _WITHIN)
    if "same" in remaining and (same := listed(remaining["same"])) is not None:
        seen["same"] = same
        remaining.pop("same")
    if isinstance(remaining.get("shares"), str):
        seen["shares"] = remaining.pop("shares")
    if isinstance(remaining.get("divisible"), bool):
        seen["divisible"] = remaining.pop("divisible")


def write(part: CommentedMap, now: Mapping[str, Any], changed: set[str]) -> None:
    for key, fields, needed in (
        ("distinct", _DISTINCT, ("distinct_of",)),
        ("mean", _MEAN, ("mean_of", "mean_least")),
        ("within", _WITHIN, ("within_period",)),
    ):
        if changed & set(fields.values()):
            _write(part, key, fields, now, needed)
    if "same" in changed:
        names = list(now["same"] or ())
        set_or_drop(part, "same", names[0] if len(names) == 1 else several(names))
    if "shares" in changed:
        set_or_drop(part, "shares", now["shares"])
    if "divisible" in changed:
        set_or_drop(part, "divisible", now["divisible"] or None)


def _take(seen: dict[str, Any], given: Mapping[str, Any], fields: Mapping[str, str]) -> None:
    for key, field in fields.items():
        if key in given:
            seen[field] = number(given[key])


def _write(
    part: CommentedMap, key: str, fields: Mapping[str, str], now: Mapping[str, Any], needed: tuple[str, ...]
) -> None:
    if not all(now.get(field) for field in needed):
        part.pop(key, None)
        return
    given = part.get(key)
    if not isinstance(given, CommentedMap):
        given = part[key] = flow()
    for name, field in fields.items():
        value = now.get(field)
        if name in ("at_least", "at_most") and value:
            value = amount(value)
        if str(given.get(name, "")) != str(value or ""):
            set_or_drop(given, name, value)

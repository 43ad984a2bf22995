"""Values that a description must not hold, wherever it comes from: a form, a file, another system.

This is not about completeness (see `rules.py`): a draft may lack anything, but what it has must be what it says it is, because
credentials are made of it, links are drawn from it and it is calculated with.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from testamur.model import AchievementType, AlignmentTargetType, ResultType

from .duration import parse_duration
from .elements import Description
from .tasks import is_count, is_percent, task_faults

_LINKS = {"homepage", "url", "body_url"}
_DURATIONS = {"workload", "maximum_duration", "validity", "due_after"}
_DECIMALS = {"points", "minimum", "maximum", "weight"}
_PERCENTS = {"pass_mark", "peer_weight", "moderate_from"}
_COUNTS = {"assessors", "peers", "industry", "attempts", "evidence_minimum"}
# Numbers that are calculated with and so are never left empty.
_CALCULATED = {"weight", *_PERCENTS, *_COUNTS}
_TERMS = {
    "achievement_type": {str(term) for term in AchievementType},
    "result_type": {str(term) for term in ResultType},
    "target_type": {str(term) for term in AlignmentTargetType},
}
_REFERENCES = {"assessed_by", "awarded_by", "directed_by", "awarding_bodies"}


@dataclass(frozen=True)
class Fault:
    """`code` is `not_a_link`, `not_a_duration`, `not_a_number`, `not_a_percentage`, `not_a_count`, `not_a_term`,
    `no_such_organisation`, or one of those of `tasks.task_faults`."""

    code: str
    path: str
    value: str


def faults(description: Description) -> list[Fault]:
    """Every value that cannot be what its field says."""
    keys = {organisation.key for organisation in description.organisations}
    partners = (
        Fault("no_such_organisation", f"partners/{index}/organisation", partner.organisation[:200])
        for index, partner in enumerate(description.partners)
        if partner.organisation not in keys
    )
    among = (Fault(*found) for found in task_faults(description))
    return [*_faults(description, "", keys), *partners, *among]


def _faults(value: Any, path: str, keys: set[str]) -> Iterator[Fault]:
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _faults(item, f"{path}/{index}", keys)
    if not dataclasses.is_dataclass(value):
        return
    for item in dataclasses.fields(value):
        member, place = getattr(value, item.name), f"{path}/{item.name}".lstrip("/")
        if isinstance(member, str) and member:
            code = _fault_of(item.name, member)
            if code:
                yield Fault(code, place, member[:200])
        elif member == "" and item.name in _CALCULATED:
            yield Fault("not_a_number", place, "")
        elif item.name in _REFERENCES:
            yield from (Fault("no_such_organisation", place, key[:200]) for key in member if key not in keys)
        else:
            yield from _faults(member, place, keys)


def _fault_of(name: str, value: str) -> str:
    if name in _LINKS and not is_link(value):
        return "not_a_link"
    if name in _DURATIONS and parse_duration(value) is None:
        return "not_a_duration"
    if name in _DECIMALS and not is_decimal(value):
        return "not_a_number"
    if name in _PERCENTS and not is_percent(value):
        return "not_a_percentage"
    if name in _COUNTS and not is_count(value):
        return "not_a_count"
    if name in _TERMS and value not in _TERMS[name]:
        return "not_a_term"
    return ""


def is_link(value: str) -> bool:
    """An absolute http(s) address without credentials, spaces or control characters: safe to draw as a link."""
    if len(value) > 2000 or any(character <= " " or character in '<>"\\^`{|}' for character in value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


_DECIMAL = re.compile(r"\d{1,5}(\.\d{1,2})?", re.ASCII)


def is_decimal(value: str) -> bool:
    """A plain decimal number from 0 to 99999.99: `2`, `2.5`. No sign, no exponent, no other digits than ours."""
    return _DECIMAL.fullmatch(value) is not None

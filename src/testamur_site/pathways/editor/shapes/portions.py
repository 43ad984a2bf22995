"""Portions of what counts: at least a share from here, at most so much from elsewhere. See `requirement`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from .values import amount, commented, fits, flow, number, plain

KEYS = ("including", "at_most")
_RESIDENCY = {"issuer": {"list": "awarding_body"}}
_CAPS = {"transfer_cap": "transferred", "prior_cap": "recognised_prior_learning"}
_CAP_NAMES = {"transfer_cap": "credits from elsewhere", "prior_cap": "recognised prior learning"}


def read(seen: dict[str, Any], remaining: dict[str, Any]) -> None:
    """Take the portions that the form has a field for out of `remaining`."""
    for key in KEYS:
        entries = remaining.get(key)
        if not isinstance(entries, list):
            continue
        left = []
        for each in entries:
            name = _field_of(key, each)
            if name and name not in seen:
                seen[name] = str(each["share"]).rstrip("%") if name == "residency" else number(each["credits"])
            else:
                left.append(each)
        remaining.pop(key)
        if left:
            remaining[key] = left


def write(part: CommentedMap, now: Mapping[str, Any], changed: set[str]) -> None:
    for name in ("residency", *_CAPS):
        if name in changed:
            _write(part, name, now[name])


def replace(part: CommentedMap, key: str, entries: list[Any]) -> None:
    """Put `entries` in the place of those that no field shows."""
    old = part.get(key)
    seen: set[str] = set()
    kept = []
    for each in old if isinstance(old, list) else ():
        name = _field_of(key, plain(each))
        if name and name not in seen:
            seen.add(name)
            kept.append(each)
    made = CommentedSeq([*kept, *(commented(each) for each in entries)])
    if made:
        part[key] = made
    else:
        part.pop(key, None)


def _field_of(key: str, each: Any) -> str:
    """The field of the form that a portion is; '' for one that it does not know."""
    if not isinstance(each, Mapping):
        return ""
    keys, share = set(each) - {"name"}, each.get("share")
    if key == "including" and keys == {"where", "share"} and each["where"] == _RESIDENCY:
        return "residency" if isinstance(share, str) and share.endswith("%") and _fits(share) else ""
    if key == "at_most" and keys == {"where", "credits"} and fits(each["credits"], least=Decimal(0)):
        return next((name for name, source in _CAPS.items() if each["where"] == {"source": source}), "")
    return ""


def _fits(share: str) -> bool:
    return fits(share.rstrip("%"), least=Decimal(1), most=100, places=1)


def _write(part: CommentedMap, name: str, most: Any) -> None:
    key = "including" if name == "residency" else "at_most"
    entries = part.get(key)
    if not isinstance(entries, CommentedSeq):
        entries = CommentedSeq()
    at = next((at for at, each in enumerate(entries) if _field_of(key, plain(each)) == name), None)
    if most in (None, ""):
        if at is not None:
            del entries[at]
    elif name == "residency":
        share = f"{most}%"
        if at is not None:
            entries[at]["share"] = share
        else:
            entries.append(flow(name="residency", where=flow(issuer=flow(list="awarding_body")), share=share))
    elif at is not None:
        entries[at]["credits"] = amount(most)
    else:
        entries.append(flow(name=_CAP_NAMES[name], where=flow(source=_CAPS[name]), credits=amount(most)))
    if entries:
        part[key] = entries
    else:
        part.pop(key, None)

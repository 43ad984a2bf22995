"""A requirement that asks for a fact about the person, the application or the day. See `requirement`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from .values import commented, flow, lines, said, scalar, set_or_drop, typed

COMPARISONS = ("is", "is_not", "at_least", "at_most", "more_than", "less_than", "from", "until", "after", "before")
SEVERAL = ("is", "is_not")
"""Of these a rule may name several values, of which one must match."""


def read(seen: dict[str, Any], remaining: dict[str, Any]) -> None:
    """Take a condition of one fact with one comparison out of `remaining`, and what becomes of who does not meet it."""
    condition = remaining.get("condition")
    fact = condition.get("fact") if isinstance(condition, Mapping) and len(condition) == 1 else None
    if isinstance(fact, Mapping) and len(fact) == 2 and "name" in fact:
        how = next(key for key in fact if key != "name")
        values = fact[how] if isinstance(fact[how], list) and how in SEVERAL else [fact[how]]
        known = all(scalar(each) or isinstance(each, bool) for each in values) and lines(
            [said(each) for each in values]
        )
        if how in COMPARISONS and values and known:
            seen |= {"fact_name": str(fact["name"]), "fact_how": how, "fact_value": [said(each) for each in values]}
            remaining.pop("condition")
    if "otherwise" in remaining:
        seen["refer"] = remaining.pop("otherwise") == "refer"
    if isinstance(remaining.get("refer_to"), str):
        seen["refer_to"] = remaining.pop("refer_to")


def write(part: CommentedMap, now: Mapping[str, Any], changed: set[str]) -> None:
    if changed & {"fact_name", "fact_how", "fact_value"} and now.get("fact_name") and now.get("fact_value"):
        values = [commented(typed(each)) for each in now["fact_value"]]
        value: Any = values[0]
        if len(values) > 1:
            value = CommentedSeq(values)
            value.fa.set_flow_style()
        part["condition"] = flow(fact=flow(**{"name": now["fact_name"], now["fact_how"]: value}))
    if "refer" in changed:
        set_or_drop(part, "otherwise", "refer" if now["refer"] else None)
    if "refer_to" in changed:
        set_or_drop(part, "refer_to", now["refer_to"])

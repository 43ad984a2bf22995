"""What the form shows of the programme as a whole, and how it is written. No Django. See `fields` for the requirements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from .fields import titles_of, write_titles

_EXCLUSIVE = "exclusive use"


def settings_of(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The form's values, and which of its fields the text says more of than the form can show."""
    seen: dict[str, Any] = {**titles_of(values), "unit": values.get("unit", "")}
    rest = [] if isinstance(values.get("unit", ""), str) else ["unit"]
    reevaluation = values.get("reevaluation")
    if isinstance(reevaluation, Mapping):
        days = _days(reevaluation.get("grace"))
        if days is None:
            rest.append("grace")
        else:
            seen["grace"] = days
        text = titles_of({"title": reevaluation.get("text")})
        seen["grace_en"], seen["grace_ko"] = text["title_en"], text["title_ko"]
    clauses = values.get("exclusive_use")
    if clauses and clauses != [{"name": _EXCLUSIVE, "among": {}}]:
        rest.append("exclusive")
    else:
        seen["exclusive"] = bool(clauses)
    return seen, rest


def write_settings(document: CommentedMap, seen: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Write what differs between `seen` and `now`; a key that `now` lacks is left alone."""
    changed = {key for key in now if (now[key] or None) != (seen.get(key) or None)}
    if changed & {"title_en", "title_ko"}:
        write_titles(document, now)
    if "unit" in changed:
        if now["unit"]:
            document["unit"] = now["unit"]
            document["unstated_unit"] = now["unit"]
        else:
            document.pop("unit", None)
            document.pop("unstated_unit", None)
    if changed & {"grace", "grace_en", "grace_ko"}:
        _write_grace(document, now)
    if "exclusive" in changed:
        if now["exclusive"]:
            document["exclusive_use"] = CommentedSeq([CommentedMap(name=_EXCLUSIVE, among=CommentedMap())])
        else:
            document.pop("exclusive_use", None)


def own_body(document: CommentedMap, did: str) -> None:
    """Name the awarding body where the text does not, because a requirement asks for its credentials."""
    if "awarding_body" not in document and did:
        place = list(document).index("title") + 1 if "title" in document else 0
        document.insert(place, "awarding_body", did)


def _write_grace(document: CommentedMap, now: Mapping[str, Any]) -> None:
    part = document.get("reevaluation")
    if not isinstance(part, CommentedMap):
        part = CommentedMap()
    if "grace" in now:
        if now["grace"] is None:
            document.pop("reevaluation", None)
            return
        part["grace"] = f"{now['grace']} days"
    said = {tag: now[f"grace_{tag}"] for tag in ("en", "ko") if now.get(f"grace_{tag}")}
    if said:
        part["text"] = CommentedMap(said)
    else:
        part.pop("text", None)
    if "grace" in part:
        document["reevaluation"] = part


def _days(grace: Any) -> int | None:
    """`30 days` as a number; None for anything else."""
    if not isinstance(grace, str):
        return None
    number, _, word = grace.partition(" ")
    return (
        int(number) if word in ("day", "days") and number.isascii() and number.isdigit() and len(number) < 5 else None
    )

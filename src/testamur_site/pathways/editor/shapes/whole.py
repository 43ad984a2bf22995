"""What the form shows of the programme as a whole, and how it is written. No Django. See `requirement` for the requirements, `pools` for
`sharing` and `trial` for the tests. What no form shows is edited as a part of the text (`further_parts`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from .requirement import titles_of, write_titles
from .values import commented, flow, set_or_drop

_EXCLUSIVE = "exclusive use"
SHOWN = (
    "language", "title", "unit", "unstated_unit", "reevaluation", "exclusive_use", "validity", "versions", "repeats", "sharing",
    "conditions", "requires", "awards", "tests",
)  # fmt: skip
"""What panels and forms show of a programme."""
_VALIDITY = {"lasts": "validity_lasts", "from": "validity_from", "grace": "validity_grace"}


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
    _validity_of(values.get("validity"), seen, rest)
    seen["as_named"] = values.get("versions") == "as_named"
    seen["repeats"] = values.get("repeats") == "allowed"
    return seen, rest


def further_parts(values: Mapping[str, Any]) -> list[str]:
    """The parts of a programme that no panel and no form shows, in the order of the text."""
    return [key for key in values if key not in SHOWN]


def _validity_of(given: Any, seen: dict[str, Any], rest: list[str]) -> None:
    seen.update(dict.fromkeys(_VALIDITY.values(), ""), validity_lapse_en="", validity_lapse_ko="")
    if not isinstance(given, Mapping):
        return
    if not all(isinstance(given[key], str) for key in _VALIDITY if key in given):
        rest += [*_VALIDITY.values(), "validity_lapse_en", "validity_lapse_ko"]
        return
    seen.update({field: given[key] for key, field in _VALIDITY.items() if key in given})
    text = titles_of({"title": given.get("lapse")})
    seen["validity_lapse_en"], seen["validity_lapse_ko"] = text["title_en"], text["title_ko"]


def write_settings(document: CommentedMap, seen: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Write what differs between `seen` and `now`; a key that `now` lacks is left alone."""
    changed = {key for key in now if (now[key] or None) != (seen.get(key) or None)}
    if changed & {"title_en", "title_ko"}:
        write_titles(document, now)
    if "unit" in changed:
        if now["unit"]:
            document["unit"] = document["unstated_unit"] = commented(now["unit"])
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
    if any(key.startswith("validity_") for key in changed):
        _write_validity(document, now, changed)
    if "as_named" in changed:
        set_or_drop(document, "versions", "as_named" if now["as_named"] else None)
    if "repeats" in changed:
        set_or_drop(document, "repeats", "allowed" if now["repeats"] else None)


def own_body(document: CommentedMap, did: str) -> None:
    """Name the awarding body where the text does not, because a requirement asks for its credentials."""
    if "awarding_body" not in document and did:
        place = list(document).index("title") + 1 if "title" in document else 0
        document.insert(place, "awarding_body", did)


def _write_validity(document: CommentedMap, now: Mapping[str, Any], changed: set[str]) -> None:
    if not now["validity_lasts"]:
        document.pop("validity", None)
        return
    part = document.get("validity")
    if not isinstance(part, CommentedMap):
        part = document["validity"] = CommentedMap()
    for key, field in _VALIDITY.items():
        if field in changed:
            set_or_drop(part, key, now[field])
    if changed & {"validity_lapse_en", "validity_lapse_ko"}:
        said = {tag: now[f"validity_lapse_{tag}"] for tag in ("en", "ko") if now[f"validity_lapse_{tag}"]}
        set_or_drop(part, "lapse", flow(**said))


def _write_grace(document: CommentedMap, now: Mapping[str, Any]) -> None:
    part = document.get("reevaluation")
    if not isinstance(part, CommentedMap):
        part = CommentedMap()
    if "grace" in now:
        if now["grace"] is None:
            document.pop("reevaluation", None)
            return
        part["grace"] = f"{now['grace']} days"
    said = {tag: commented(now[f"grace_{tag}"]) for tag in ("en", "ko") if now.get(f"grace_{tag}")}
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

"""What the form shows of a requirement, and how it is written. No Django.

The form has a field for each shape that is common; whatever else stands in a requirement it shows as text of its own (`further`), so that
all of it can be changed there. Reading and writing are each other's inverse: what was read and not changed is not written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap

from ..tree import inside_of
from . import facts, measures, portions
from .values import (
    amount,
    commented,
    count,
    fits,
    flow,
    lines,
    lines_of,
    listed,
    number,
    of_lines,
    put,
    scalar,
    set_or_drop,
    several,
)

OWN = "own"
"""The value of `issuer` that means the programme's own awarding body."""

_RECENT = "decision - "
_SCALE = {"level": "framework", "grade": "scale"}
_CHILDREN = ("name", "title", "all", "any")


def kind_of(value: Mapping[str, Any]) -> str:
    """`all`, `any`, `choose`, `condition`, `each` (all of the credentials named) or `take` (so many of those that fit)."""
    for kind in ("all", "any", "choose", "condition"):
        if kind in value:
            return kind
    return "each" if "all_of" in value else "take"


def fields_of(value: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What the form shows of a requirement, and the names of what it shows as text (`further`)."""
    seen, remaining = _read(value)
    seen["further"] = lines_of(remaining)
    return seen, [name for key, each in remaining.items() for name in _names(key, each)]


def write_fields(part: CommentedMap, value: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Write what differs between the requirement and the form: `value` is what stands in `part` as the library reads it, `now` has the keys
    of `fields_of`. Raises NotAProgramme for a `further` that is not readable; then nothing was written."""
    before, _ = fields_of(value)
    changed = {key for key in now if (now[key] or None) != (before.get(key) or None)}
    further = of_lines(now["further"]) if "further" in changed else None
    if further is not None:
        _write_further(part, _read(value)[1], further)
    if changed & {"title_en", "title_ko"}:
        write_titles(part, now)
    if "condition" in part:
        facts.write(part, now, changed)
        return
    if inside_of(part, ()) is not None:
        _write_group(part, now, changed)
    else:
        if changed & {"kind", "achievement"}:
            _write_achievements(part, now)
        _write_from(part, now, changed - {"achievement"})
    _write_bounds(part, now, changed, told=further or {})
    portions.write(part, now, changed)
    measures.write(part, now, changed)
    if inside_of(part, ()) is None and not any(key in part for key in _ASKS):
        part["count"] = 1  # a requirement that asks for nothing is none


_ASKS = ("all_of", "credits", "count", "including", "distinct", "mean")


def titles_of(value: Mapping[str, Any]) -> dict[str, str]:
    title = value.get("title")
    words = title if isinstance(title, Mapping) else {"en": title} if isinstance(title, str) else {}
    return {"title_en": str(words.get("en", "")), "title_ko": str(words.get("ko", ""))}


def write_titles(part: CommentedMap, now: Mapping[str, Any]) -> None:
    title = part.get("title")
    if not isinstance(title, CommentedMap):
        title = flow()
    for tag, key in (("en", "title_en"), ("ko", "title_ko")):
        set_or_drop(title, tag, now.get(key))
    if title:
        put(part, "title", title, after="name")
    else:
        part.pop("title", None)


# --- reading --------------------------------------------------------------------------------------------------------------------------


def _read(value: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields, and the values that no field shows, by key."""
    kind = kind_of(value)
    seen: dict[str, Any] = {"kind": kind, **titles_of(value)}
    remaining = {key: each for key, each in value.items() if key not in _CHILDREN}
    if kind == "condition":
        facts.read(seen, remaining)
        return seen, remaining
    if kind == "choose" and isinstance(remaining["choose"], Mapping):
        _choose(remaining.pop("choose"), seen, remaining)
    seen["achievement"] = listed(remaining.pop("all_of", [])) or []
    if isinstance(where := remaining.get("from"), Mapping):
        left = _from(where, seen)
        remaining.pop("from")
        if left:
            remaining["from"] = left
    for key in ("credits", "count"):
        if key in remaining and _range(key, remaining[key], seen):
            remaining.pop(key)
    if isinstance(remaining.get("unit"), str):
        seen["unit"] = remaining.pop("unit")
    if "after" in remaining and (after := listed(remaining["after"])) is not None:
        seen["after"] = after
        remaining.pop("after")
    portions.read(seen, remaining)
    measures.read(seen, remaining)
    return seen, remaining


def _names(key: str, value: Any) -> list[str]:
    """What the panel calls something that no field shows: `from: not`, `including: practice`."""
    if key in ("from", "mean") and isinstance(value, Mapping):
        return [f"{key}: {each}" for each in value]
    if key in portions.KEYS and isinstance(value, list):
        return [f"{key}: {each.get('name', '') if isinstance(each, Mapping) else ''}".rstrip(": ") for each in value]
    return [key]


def _choose(chosen: Mapping[str, Any], seen: dict[str, Any], remaining: dict[str, Any]) -> None:
    bounds = {key: each for key, each in chosen.items() if key != "of"}
    if all(count(each) for each in bounds.values()):
        seen["at_least"], seen["at_most"] = bounds.get("at_least", 1), bounds.get("at_most")
    else:
        remaining["choose"] = bounds


def _from(where: Mapping[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    """What of the conditions no field shows."""
    left: dict[str, Any] = {}
    for key, asked in where.items():
        texts = listed(asked)
        match key, asked:
            case "achievement", _ if texts is not None and not seen["achievement"]:
                seen[key] = texts
            case (("category" | "skill"), _) if texts is not None and lines(texts):
                seen[key] = texts
            case "issuer", {"list": "awarding_body"} if len(asked) == 1:
                seen["issuer"] = OWN
            case (("level" | "grade"), {"at_least": least}) if (
                len(asked) == 2 and _SCALE[key] in asked and scalar(least)
            ):
                seen[f"{key}_of"], seen[f"{key}_least"] = str(asked[_SCALE[key]]), number(least)
            case "version", {"at_least": least} if len(asked) == 1 and scalar(least):
                seen["version_least"] = number(least)
            case "awarded", {"from": str(moment)} if len(asked) == 1 and moment.startswith(_RECENT):
                seen["recent"] = moment.removeprefix(_RECENT)
            case _:
                left[key] = asked
    return left


def _range(key: str, value: Any, seen: dict[str, Any]) -> bool:
    """A least amount, or the least and the most; whether the form can show it."""
    fit = count if key == "count" else fits
    if isinstance(value, Mapping):
        if not set(value) <= {"min", "max"} or not all(fit(each) for each in value.values()):
            return False
        for end, field in (("min", key), ("max", f"{key}_most")):
            if end in value:
                seen[field] = number(value[end])
        return True
    if fit(value):
        seen[key] = number(value)
        return True
    return False


# --- writing --------------------------------------------------------------------------------------------------------------------------


def _write_further(part: CommentedMap, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    for key in dict.fromkeys([*before, *now]):
        if before.get(key) == now.get(key):
            continue
        old, new = before.get(key), now.get(key)
        if (
            key in ("from", "mean", "choose")
            and isinstance(part.get(key), CommentedMap)
            and isinstance(new, (Mapping, type(None)))
        ):
            for each in old if isinstance(old, Mapping) else ():
                part[key].pop(each, None)
            part[key].update(commented(new or {}))
            if not part[key]:
                del part[key]
        elif key in portions.KEYS and isinstance(new, (list, type(None))):
            portions.replace(part, key, new or [])
        elif new is None:
            part.pop(key, None)
        else:
            part[key] = commented(new)


def _write_group(part: CommentedMap, now: Mapping[str, Any], changed: set[str]) -> None:
    kind, before = now["kind"], kind_of(part)
    if kind not in ("all", "any", "choose") or not changed & {"kind", "at_least", "at_most"}:
        return
    children = part["choose"]["of"] if before == "choose" else part[before]
    if kind != before:
        place = list(part).index(before)
        del part[before]
        part.insert(place, kind, CommentedMap(of=children) if kind == "choose" else children)
    if kind == "choose" and "at_least" in now:
        chosen = part["choose"]
        least, most = min(now.get("at_least") or 1, len(children)), now.get("at_most")
        put(chosen, "at_least", least, after="")  # the numbers are read before the children
        if most:
            put(chosen, "at_most", max(most, least), after="at_least")
        else:
            chosen.pop("at_most", None)


def _write_achievements(part: CommentedMap, now: Mapping[str, Any]) -> None:
    named = list(now.get("achievement") or ())
    if now["kind"] == "each" and named:
        where = part.get("from")
        if isinstance(where, CommentedMap):
            where.pop("achievement", None)
            if not where:
                del part["from"]
        put(part, "all_of", several(named), after="title" if "title" in part else "name")
        return
    part.pop("all_of", None)
    where = part.get("from")
    if named:
        if not isinstance(where, CommentedMap):
            where = CommentedMap()
            put(part, "from", where, after="title" if "title" in part else "name")
        where["achievement"] = several(named)
    elif isinstance(where, CommentedMap):
        where.pop("achievement", None)


def _write_from(part: CommentedMap, now: Mapping[str, Any], changed: set[str]) -> None:
    wanted: dict[str, Any] = {}
    for key in ("category", "skill"):
        if key in changed:
            wanted[key] = several(now[key] or ())
    if "issuer" in changed:
        wanted["issuer"] = flow(list="awarding_body") if now["issuer"] == OWN else None
    for key, of in _SCALE.items():
        if changed & {f"{key}_of", f"{key}_least"}:
            name, least = now.get(f"{key}_of"), now.get(f"{key}_least")
            wanted[key] = flow(**{of: name, "at_least": amount(least)}) if name and least else None
    if "version_least" in changed:
        wanted["version"] = flow(at_least=amount(now["version_least"])) if now["version_least"] else None
    if "recent" in changed:
        wanted["awarded"] = flow(**{"from": f"{_RECENT}{now['recent']}"}) if now["recent"] else None
    if not wanted:
        return
    where = part.get("from")
    if not isinstance(where, CommentedMap):
        where = CommentedMap()
    for key, value in wanted.items():
        set_or_drop(where, key, value)
    if where:
        put(part, "from", where, after="title" if "title" in part else "name")
    else:
        part.pop("from", None)


def _write_bounds(part: CommentedMap, now: Mapping[str, Any], changed: set[str], told: Mapping[str, Any]) -> None:
    """`told`: what was just written as text. A field that is emptied because it now stands there does not take it away again."""
    for key in ("credits", "count"):
        if changed & {key, f"{key}_most"}:
            least, most = now.get(key), now.get(f"{key}_most")
            if not least and not most and key in told:
                continue
            if most:
                part[key] = flow(**{end: amount(each) for end, each in (("min", least), ("max", most)) if each})
            else:
                set_or_drop(part, key, amount(least) if least else None)
    if "unit" in changed and (now["unit"] or "unit" not in told):
        set_or_drop(part, "unit", now["unit"])
    if "after" in changed and (now["after"] or "after" not in told):
        set_or_drop(part, "after", several(now["after"] or ()))

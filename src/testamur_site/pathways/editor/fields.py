"""What the form shows of a requirement, and how it is written. No Django.

The form knows some shapes of the language. Whatever else stands in a requirement is left as it is and named (`rest`), so that the page can
say “edited in text”. Reading and writing are each other's inverse: what was read and not changed is not written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from .tree import inside_of

OWN = "own"
"""The value of `issuer` that means the programme's own awarding body."""

_RESIDENCY = {"issuer": {"list": "awarding_body"}}
_CAPS = {"transfer_cap": "transferred", "prior_cap": "recognised_prior_learning"}
_CAP_NAMES = {"transfer_cap": "credits from elsewhere", "prior_cap": "recognised prior learning"}
_RECENT = "decision - "
_SCALE = {"level": "framework", "grade": "scale"}


def kind_of(value: Mapping[str, Any]) -> str:
    """`all`, `any`, `choose`, `condition`, `each` (all of the credentials named) or `take` (so many of those that fit)."""
    for kind in ("all", "any", "choose", "condition"):
        if kind in value:
            return kind
    return "each" if "all_of" in value else "take"


def fields_of(value: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What the form shows of a requirement, and the names of what it leaves alone."""
    seen: dict[str, Any] = {"kind": kind_of(value), **titles_of(value)}
    rest = [key for key in value if key not in _KNOWN and key not in ("name", "title", "all", "any", "condition")]
    if seen["kind"] == "choose":
        _choose(value["choose"], seen, rest)
    seen["achievement"] = _listed(value.get("all_of", [])) or []
    _from(value.get("from"), seen, rest)
    for key in ("credits", "count"):
        if key in value:
            amount = _least(value[key])
            if amount is None:
                rest.append(key)
            else:
                seen[key] = amount
    if isinstance(value.get("unit"), str):
        seen["unit"] = value["unit"]
    if "after" in value:
        seen["after"] = _listed(value["after"]) or []
    _portions(value, seen, rest)
    return seen, rest


def titles_of(value: Mapping[str, Any]) -> dict[str, str]:
    title = value.get("title")
    said = title if isinstance(title, Mapping) else {"en": title} if isinstance(title, str) else {}
    return {"title_en": str(said.get("en", "")), "title_ko": str(said.get("ko", ""))}


def write_fields(part: CommentedMap, now: Mapping[str, Any], rest: list[str]) -> None:
    """Write what differs between the requirement and the form. `now` has the keys of `fields_of`; what is in `rest` is left alone."""
    before, _ = fields_of(_plain(part))
    changed = {key for key in now if (now[key] or None) != (before.get(key) or None)}
    if changed & {"title_en", "title_ko"}:
        write_titles(part, now)
    if inside_of(part, ()) is not None:
        _write_group(part, now)
        _write_bounds(part, now, changed, rest)
        return
    if before["kind"] == "condition":
        return
    if changed & {"kind", "achievement"} or (now["kind"] == "each") != ("all_of" in part):
        _write_achievements(part, now)
    _write_from(part, now, changed - {"achievement"})
    _write_bounds(part, now, changed, rest)
    if not any(key in part for key in ("all_of", "credits", "count", "including", "distinct", "mean")):
        part["count"] = 1  # a requirement that asks for nothing is none


def write_titles(part: CommentedMap, now: Mapping[str, Any]) -> None:
    title = part.get("title")
    if not isinstance(title, CommentedMap):
        title = CommentedMap()
        title.fa.set_flow_style()
    for tag, key in (("en", "title_en"), ("ko", "title_ko")):
        if now.get(key):
            title[tag] = now[key]
        else:
            title.pop(tag, None)
    if title:
        _put(part, "title", title, after="name")
    else:
        part.pop("title", None)


# --- reading --------------------------------------------------------------------------------------------------------------------------

_KNOWN = {"choose", "all_of", "from", "credits", "count", "unit", "after", "including", "at_most"}


def _choose(chosen: Any, seen: dict[str, Any], rest: list[str]) -> None:
    least, most = chosen.get("at_least", 1), chosen.get("at_most")
    if isinstance(least, int) and (most is None or isinstance(most, int)):
        seen["at_least"], seen["at_most"] = least, most
    else:
        rest.append("choose")


def _from(where: Any, seen: dict[str, Any], rest: list[str]) -> None:
    if where is None:
        return
    for key, asked in where.items():
        match key, asked:
            case (("achievement" | "category" | "skill"), _) if (listed := _listed(asked)) is not None:
                seen[key] = listed
            case "issuer", {"list": "awarding_body"} if len(asked) == 1:
                seen["issuer"] = OWN
            case (("level" | "grade"), {"at_least": least}) if _compared(key, asked) and _scalar(least):
                seen[f"{key}_of"], seen[f"{key}_least"] = str(asked[_SCALE[key]]), str(least)
            case "awarded", {"from": str(moment)} if len(asked) == 1 and moment.startswith(_RECENT):
                seen["recent"] = moment.removeprefix(_RECENT)
            case _:
                rest.append(f"from: {key}")


def _compared(key: str, asked: Mapping[str, Any]) -> bool:
    return len(asked) == 2 and _SCALE[key] in asked


def _portions(value: Mapping[str, Any], seen: dict[str, Any], rest: list[str]) -> None:
    for key, each in _entries(value):
        name = _portion_of(key, each)
        if name and name not in seen:
            seen[name] = str(each["share"]).rstrip("%") if name == "residency" else _number(each["credits"])
            continue
        rest.append(f"{key}: {each.get('name', '') if isinstance(each, Mapping) else ''}".rstrip(": "))


def _entries(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in ("including", "at_most"):
        for each in value.get(key, ()) if isinstance(value.get(key), list) else ():
            yield key, each


def _portion_of(key: str, each: Any) -> str:
    """The field of the form that a portion is; '' for one that it does not know."""
    if not isinstance(each, Mapping):
        return ""
    keys = set(each) - {"name"}
    share = each.get("share")
    if key == "including" and keys == {"where", "share"} and each["where"] == _RESIDENCY:
        return "residency" if isinstance(share, str) and share.endswith("%") else ""
    if key == "at_most" and keys == {"where", "credits"} and _scalar(each["credits"]):
        for name, source in _CAPS.items():
            if each["where"] == {"source": source}:
                return name
    return ""


# --- writing --------------------------------------------------------------------------------------------------------------------------


def _write_group(part: CommentedMap, now: Mapping[str, Any]) -> None:
    kind, before = now["kind"], kind_of(part)
    inside = inside_of(part, ())
    if kind not in ("all", "any", "choose") or inside is None:
        return
    children = part["choose"]["of"] if before == "choose" else part[before]
    if kind != before:
        place = list(part).index(before)
        del part[before]
        part.insert(place, kind, CommentedMap(of=children) if kind == "choose" else children)
    if kind == "choose":
        chosen = part["choose"]
        # The numbers are read before the children.
        most = now.get("at_most")
        for name in ("at_least", "at_most"):
            chosen.pop(name, None)
        chosen.insert(0, "at_least", min(now.get("at_least") or 1, len(children)))
        if most:
            chosen.insert(1, "at_most", max(most, chosen["at_least"]))


def _write_achievements(part: CommentedMap, now: Mapping[str, Any]) -> None:
    named = list(now.get("achievement") or ())
    if now["kind"] == "each" and named:
        where = part.get("from")
        if isinstance(where, CommentedMap):
            where.pop("achievement", None)
            if not where:
                del part["from"]
        _put(part, "all_of", CommentedSeq(named), after="title" if "title" in part else "name")
        return
    part.pop("all_of", None)
    where = part.get("from")
    if named:
        if not isinstance(where, CommentedMap):
            where = CommentedMap()
            _put(part, "from", where, after="title" if "title" in part else "name")
        where["achievement"] = CommentedSeq(named)
    elif isinstance(where, CommentedMap):
        where.pop("achievement", None)


def _write_from(part: CommentedMap, now: Mapping[str, Any], changed: set[str]) -> None:
    wanted: dict[str, Any] = {}
    if "category" in changed:
        wanted["category"] = list(now["category"] or ())
    if "skill" in changed:
        wanted["skill"] = list(now["skill"] or ())
    if "issuer" in changed:
        wanted["issuer"] = _flow(list="awarding_body") if now["issuer"] == OWN else None
    for key, of in _SCALE.items():
        if changed & {f"{key}_of", f"{key}_least"}:
            name, least = now.get(f"{key}_of"), now.get(f"{key}_least")
            wanted[key] = _flow(**{of: name, "at_least": _amount(least)}) if name and least else None
    if "recent" in changed:
        wanted["awarded"] = _flow(**{"from": f"{_RECENT}{now['recent']}"}) if now["recent"] else None
    if not wanted:
        return
    where = part.get("from")
    if not isinstance(where, CommentedMap):
        where = CommentedMap()
    for key, value in wanted.items():
        if value:
            where[key] = value
        else:
            where.pop(key, None)
    if where:
        _put(part, "from", where, after="title" if "title" in part else "name")
    else:
        part.pop("from", None)


def _write_bounds(part: CommentedMap, now: Mapping[str, Any], changed: set[str], rest: list[str]) -> None:
    for key in ("credits", "count"):
        if key in changed and key not in rest:
            if now[key]:
                part[key] = _amount(now[key])
            else:
                part.pop(key, None)
    if "unit" in changed:
        if now["unit"]:
            part["unit"] = now["unit"]
        else:
            part.pop("unit", None)
    if "after" in changed:
        if now["after"]:
            part["after"] = CommentedSeq(now["after"])
        else:
            part.pop("after", None)
    for name in ("residency", *_CAPS):
        if name in changed:
            _write_portion(part, name, now[name])


def _write_portion(part: CommentedMap, name: str, amount: Any) -> None:
    key = "including" if name == "residency" else "at_most"
    entries = part.get(key)
    if not isinstance(entries, CommentedSeq):
        entries = CommentedSeq()
    at = next((at for at, each in enumerate(entries) if _portion_of(key, _plain(each)) == name), None)
    if not amount:
        if at is not None:
            del entries[at]
    elif name == "residency":
        share = f"{amount}%"
        if at is not None:
            entries[at]["share"] = share
        else:
            entries.append(_flow(name="residency", where=_flow(issuer=_flow(list="awarding_body")), share=share))
    elif at is not None:
        entries[at]["credits"] = _amount(amount)
    else:
        entries.append(_flow(name=_CAP_NAMES[name], where=_flow(source=_CAPS[name]), credits=_amount(amount)))
    if entries:
        part[key] = entries
    else:
        part.pop(key, None)


# --- values ---------------------------------------------------------------------------------------------------------------------------


def _listed(value: Any) -> list[str] | None:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [str(each) for each in value]
    return None


def _least(value: Any) -> str | None:
    if isinstance(value, Mapping):
        return _number(value["min"]) if set(value) == {"min"} and _scalar(value["min"]) else None
    return _number(value) if _scalar(value) else None


def _scalar(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal, str)) and not isinstance(value, bool)


def _number(value: Any) -> str:
    return str(value)


def _amount(text: Any) -> Any:
    """A whole number as one, a decimal one as the float that is written the same, a word (a grade) as it is."""
    text = str(text)
    if text.isascii() and text.isdigit() and len(text) < 12:
        return int(text)
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    return float(number) if number.is_finite() and len(text) < 12 else text


def _flow(**values: Any) -> CommentedMap:
    made = CommentedMap(values)
    made.fa.set_flow_style()
    return made


def _put(part: CommentedMap, key: str, value: Any, *, after: str) -> None:
    """Set a key; a new one stands behind `after`, where people look for it."""
    if key in part:
        part[key] = value
    else:
        part.insert(list(part).index(after) + 1 if after in part else 0, key, value)


def _plain(value: Any) -> Any:
    """Commented values as plain ones, to be read like those of the library."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value

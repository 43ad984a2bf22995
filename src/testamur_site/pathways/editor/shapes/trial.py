"""An embedded test of a rule: a case, and what is to come out. As fields of a form and rows for its credentials.

What has no field stands as text: beside each credential what else it says, and for the test as a whole what was decided by hand. Like
everywhere here, what was read and not changed is not written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from ..tree import RuleTree
from .values import (
    amount,
    commented,
    flow,
    inside,
    lines_of,
    listed,
    number,
    of_lines,
    of_text,
    said,
    scalar,
    set_or_drop,
    typed,
    whole,
)

MOST_ROWS = 12
"""Credentials of one test that are shown as rows; further ones stay as they are."""
MAPPINGS = ("used", "refused", "missing", "reclassified")
LISTS = ("open", "impossible", "undecided", "labels", "consequences", "audit", "debits")
EXPECTED = ("outcome", "award", "counted", "count", "state")
_TEXTS = ("achievement", "issuer", "awarded")


def trial_of(test: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a test: `name`, `on`, `facts` (lines), `expect_…` of what is expected, `further` (lines of what else there is), and
    `credentials`, a list of rows."""
    remaining = {key: each for key, each in test.items() if key not in ("name", "credentials", "expect")}
    seen: dict[str, Any] = {"name": str(test.get("name", "")), "on": "", "facts": ""}
    if isinstance(remaining.get("on"), str):
        seen["on"] = remaining.pop("on")
    if isinstance(remaining.get("facts"), Mapping):
        seen["facts"] = lines_of(remaining.pop("facts"))
    seen["further"] = lines_of(remaining)
    expect = test.get("expect")
    expect = expect if isinstance(expect, Mapping) else {}
    for key in EXPECTED:
        seen[f"expect_{key}"] = number(expect[key]) if key in expect else ""
    for key in (*MAPPINGS, *LISTS):
        seen[f"expect_{key}"] = _expected_lines(expect.get(key))
    credentials = test.get("credentials")
    rows = credentials if isinstance(credentials, list) else []
    seen["credentials"] = [row_of(each) for each in rows[:MOST_ROWS] if isinstance(each, Mapping)]
    seen["more"] = max(0, len(rows) - MOST_ROWS)
    return seen


def row_of(credential: Mapping[str, Any]) -> dict[str, Any]:
    """One credential: `id`, `achievement`, `issuer`, `credits`, `category`, `awarded`, `valid`, `copies`, and `further` as text."""
    remaining = dict(credential)
    row: dict[str, Any] = {"id": str(remaining.pop("id", ""))}
    for key in _TEXTS:
        row[key] = remaining.pop(key) if isinstance(remaining.get(key), str) else ""
    row["credits"] = number(remaining.pop("credits")) if scalar(remaining.get("credits")) else ""
    category = listed(remaining.get("category", []))
    row["category"] = ""
    if category and not any("," in each or each != each.strip() or not each for each in category):
        row["category"] = ", ".join(category)
        remaining.pop("category")
    row["valid"] = said(remaining.pop("valid")) if remaining.get("valid") in (True, False, "unknown") else ""
    row["copies"] = number(remaining.pop("copies")) if whole(remaining.get("copies")) else ""
    row["further"] = inside(remaining)
    return row


def write_trial(part: CommentedMap, value: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Write what differs between the test and the form: `value` is what stands in `part` as the library reads it, `now` has the keys of
    `trial_of`. A row's `was` is its number before, or None for a new one. Raises NotAProgramme where a text of the form is not readable;
    then nothing was written.
    """
    before = trial_of(value)
    changed = {key for key in now if now[key] != before.get(key)}
    facts = of_lines(now["facts"]) if "facts" in changed else None
    further = of_lines(now["further"]) if "further" in changed else None
    rows = [(row, of_text(row["further"])) for row in _numbered(now["credentials"], len(before["credentials"]))]
    expected = {key: of_lines(now[f"expect_{key}"]) for key in MAPPINGS}
    if "name" in changed:
        part["name"] = commented(now["name"])
    if "on" in changed:
        _set(part, "on", commented(now["on"]))
    if facts is not None:
        _set(part, "facts", commented(facts))
    if further is not None:
        for key in of_lines(before["further"]):
            if key not in further:
                part.pop(key, None)
        for key, value in further.items():
            part[key] = commented(value)
    _write_rows(part, before["credentials"], rows)
    expect = part.get("expect")
    if not isinstance(expect, CommentedMap):
        expect = part["expect"] = flow()
    for key in EXPECTED:
        if f"expect_{key}" in changed:
            set_or_drop(
                expect, key, amount(now[f"expect_{key}"]) if key in ("counted", "count") else now[f"expect_{key}"]
            )
    for key in (*MAPPINGS, *LISTS):
        if f"expect_{key}" in changed:
            _write_expected(expect, key, now[f"expect_{key}"], expected.get(key))


def _numbered(rows: Sequence[Mapping[str, Any]], there: int) -> list[dict[str, Any]]:
    """The rows, each with the number that it had: one that is not there, or is named twice, is a new one."""
    seen: set[int] = set()
    found = []
    for row in rows:
        was = row.get("was")
        known = was is not None and 0 <= was < there and was not in seen
        seen |= {was} if known else set()
        found.append({**row, "was": was if known else None})
    return found


def add_trial(tree: RuleTree, test: Mapping[str, Any]) -> int:
    """Put a test in plain values behind the others, each of its credentials on one line. Its number."""
    made = CommentedMap({key: commented(value) for key, value in test.items()})
    if "credentials" in test:
        made["credentials"] = CommentedSeq(commented(each) for each in test["credentials"])
    tests = tree.document.setdefault("tests", CommentedSeq())
    tests.append(made)
    return len(tests) - 1


def is_editable(test: Any) -> bool:
    """Whether a form can show a test: it and its credentials are mappings."""
    credentials = test.get("credentials", []) if isinstance(test, Mapping) else None
    return isinstance(credentials, list) and all(isinstance(each, Mapping) for each in credentials)


def _set(part: CommentedMap, key: str, value: Any) -> None:
    """Set or drop a key of a test; a new one stands behind the name."""
    if value in (None, "", {}, []):
        part.pop(key, None)
    elif key in part:
        part[key] = value
    else:
        part.insert(1, key, value)


def _write_rows(
    part: CommentedMap, before: Sequence[Mapping[str, Any]], rows: Sequence[tuple[Mapping[str, Any], dict[str, Any]]]
) -> None:
    old = part.get("credentials")
    had = list(old) if isinstance(old, list) else []
    kept = [row.get("was") for row, _ in rows]
    for row, further in rows:
        at = row.get("was")
        if at is not None:
            _write_row(had[at], before[at], row, further)
    if kept == list(range(len(before))):
        return
    made = old if isinstance(old, CommentedSeq) else CommentedSeq()
    rest = had[MOST_ROWS:]
    values = [had[row["was"]] if row.get("was") is not None else _new_row(row, further) for row, further in rows]
    made[:] = []
    made.extend([*values, *rest])
    if "credentials" not in part:
        part.insert(list(part).index("expect") if "expect" in part else len(part), "credentials", made)


def _new_row(row: Mapping[str, Any], further: dict[str, Any]) -> CommentedMap:
    made = flow()
    made["id"] = commented(row["id"])
    _write_row(made, {**dict.fromkeys(row, ""), "id": row["id"]}, row, further)
    return made


def _write_row(part: CommentedMap, before: Mapping[str, Any], row: Mapping[str, Any], further: dict[str, Any]) -> None:
    changed = {key for key in row if row[key] != before.get(key)}
    for key in ("id", *_TEXTS):
        if key in changed:
            set_or_drop(part, key, commented(row[key]))
    if "credits" in changed:
        set_or_drop(part, "credits", amount(row["credits"]) if row["credits"] else None)
    if "category" in changed:
        names = [each for name in row["category"].split(",") if (each := name.strip())]
        set_or_drop(part, "category", commented(names) if len(names) > 1 else (names or [None])[0])
    if "valid" in changed:
        if row["valid"]:
            part["valid"] = typed(row["valid"])
        else:
            part.pop("valid", None)
    if "copies" in changed:
        set_or_drop(part, "copies", amount(row["copies"]) if row["copies"] else None)
    if "further" in changed:
        for key in of_text(before.get("further") or ""):
            if key not in further:
                part.pop(key, None)
        for key, value in further.items():
            part[key] = commented(value)


def _expected_lines(value: Any) -> str:
    if isinstance(value, Mapping):
        return lines_of(value)
    return "\n".join(listed(value) or ()) if value else ("–" if value == [] else "")


def _write_expected(expect: CommentedMap, key: str, text: str, mapping: dict[str, Any] | None) -> None:
    if mapping is not None:
        set_or_drop(expect, key, commented(mapping))
        return
    names = [line.strip() for line in text.splitlines() if line.strip()]
    if not names:
        expect.pop(key, None)
    else:  # a dash says that there is none
        expect[key] = commented([] if names == ["–"] else names)

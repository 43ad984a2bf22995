"""Pools in which a credential may serve several requirements (`sharing`), as rows of a form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap

from ..tree import RuleTree
from .values import amount, flow, number, scalar, set_or_drop, whole


def pools_of(values: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The pools as rows (`was` and `name`, `uses`, `credits`), and the names of those that only the text can show."""
    rows, rest = [], []
    sharing = values.get("sharing")
    for name, given in sharing.items() if isinstance(sharing, Mapping) else ():
        if isinstance(given, Mapping) and whole(given.get("uses")) and scalar(given.get("credits", 0)):
            most = number(given["credits"]) if "credits" in given else ""
            rows.append({"was": name, "name": name, "uses": given["uses"], "credits": most})
        else:
            rest.append(name)
    return rows, rest


def write_pools(tree: RuleTree, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the pools as the rows say. One that got another name keeps its place, and the requirements that use it follow; one that is no
    row any more goes, and nothing shares in it. What no row can show stays."""
    before, _ = pools_of(tree.values)
    known = {row["was"]: row for row in before}
    wanted = {row["was"]: row for row in rows if row["was"] in known}
    added = [row for row in rows if row["was"] not in known]
    document = tree.document
    old = document.get("sharing")
    pools = old if isinstance(old, CommentedMap) else CommentedMap()
    for name in known:
        row = wanted.get(name)
        if row is None:
            del pools[name]
            _follow(tree, name, None)
        elif row["name"] != name:
            place = list(pools).index(name)
            pools.insert(place, row["name"], pools.pop(name))
            _follow(tree, name, row["name"])
    for row in [*wanted.values(), *added]:
        pool = pools.get(row["name"])
        if not isinstance(pool, CommentedMap):
            pool = pools[row["name"]] = flow()
        if pool.get("uses") != row["uses"]:
            pool["uses"] = row["uses"]
        if amount(pool.get("credits", "")) != amount(row["credits"] or ""):
            set_or_drop(pool, "credits", amount(row["credits"]) if row["credits"] else None)
    if not pools:
        document.pop("sharing", None)
    elif "sharing" not in document:
        place = next((list(document).index(key) for key in ("requires", "awards") if key in document), len(document))
        document.insert(place, "sharing", pools)


def _follow(tree: RuleTree, name: str, now: str | None) -> None:
    for part in _sharing(tree, name):
        set_or_drop(part, "shares", now)


def _sharing(tree: RuleTree, name: str) -> Iterator[CommentedMap]:
    for path, _ in tree.requirements():
        part = tree.part(path)
        if part.get("shares") == name:
            yield part

"""The file that TESTAMUR_ANCHORING names: which chains there are, by what node, at what price at most. TOML; read again
when it changes.

The tables `[chain.NAME]` are read here, `[[anchor]]` and `[costs]` by the log (`log.anchoring`). A mistake in the file
switches nothing off but what it configures: everybody who asks gets `Misconfigured`, with words for whoever runs the
site.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from django.conf import settings

MAX_BYTES = 200_000
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ALLOWED = {"id", "node", "confirmations", "most_gwei", "currency", "worth", "blockcerts", "since_block"}
_Kind = TypeVar("_Kind", str, int, bool)


class Misconfigured(Exception):
    """The file cannot be read. `place` says where (`chain.mainnet.node`), `problem` is a code: missing, unreadable,
    unknown, wrong."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place, self.problem = place, problem


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain by the name that the file gives it. `most_gwei` is the most that is paid for a unit of gas; `worth` is of
    one unit of `currency` (ETH) in the currency of the page about costs, where that is known; `since_block` is where
    events are looked for."""

    name: str
    id: int
    node: str
    confirmations: int = 12
    most_gwei: int = 50
    currency: str = "ETH"
    worth: Decimal | None = None
    blockcerts: bool = False
    since_block: int = 0


def anchoring_file() -> Mapping[str, Any]:
    """The whole file as it is written; empty where none is named. Raises Misconfigured."""
    path: Path | None = settings.TESTAMUR_ANCHORING
    if path is None:
        return MappingProxyType({})
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise Misconfigured(path.name, "missing") from error
    return _read(path, changed)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Mapping[str, Any]:
    try:
        content = path.read_bytes()
        if len(content) > MAX_BYTES:
            raise Misconfigured(path.name, "unreadable")
        return MappingProxyType(tomllib.loads(content.decode()))
    except (OSError, ValueError) as error:
        raise Misconfigured(path.name, "unreadable") from error


def chains() -> dict[str, Chain]:
    """Every chain of the file, by its name. Raises Misconfigured."""
    tables = anchoring_file().get("chain", {})
    if not isinstance(tables, Mapping):
        raise Misconfigured("chain", "wrong")
    return {name: _chain(name, table) for name, table in tables.items()}


def chain_named(name: str) -> Chain | None:
    """None where the file names no such chain (any more). Raises Misconfigured."""
    return chains().get(name)


def _chain(name: str, table: Any) -> Chain:
    place = f"chain.{name}"
    if not _NAME.fullmatch(name) or not isinstance(table, Mapping):
        raise Misconfigured(place, "wrong")
    if unknown := sorted(set(table) - _ALLOWED):
        raise Misconfigured(f"{place}.{unknown[0]}", "unknown")
    node = taken(table, place, "node", str)
    if not node.startswith(("https://", "http://")):
        raise Misconfigured(f"{place}.node", "wrong")
    made = Chain(
        name,
        taken(table, place, "id", int),
        node,
        taken(table, place, "confirmations", int, 12),
        taken(table, place, "most_gwei", int, 50),
        taken(table, place, "currency", str, "ETH"),
        amount(table, place, "worth"),
        taken(table, place, "blockcerts", bool, False),
        taken(table, place, "since_block", int, 0),
    )
    for member in ("id", "confirmations", "most_gwei"):
        if not 1 <= getattr(made, member) < 1 << 53:
            raise Misconfigured(f"{place}.{member}", "wrong")
    if not 0 <= made.since_block < 1 << 53 or not 1 <= len(made.currency) <= 10:
        raise Misconfigured(place, "wrong")
    return made


def taken(table: Mapping[str, Any], place: str, name: str, kind: type[_Kind], otherwise: _Kind | None = None) -> _Kind:
    """A member of a table, of that type; `otherwise` where it is not there, or Misconfigured where it must be."""
    value = table.get(name, otherwise)
    if value is None:
        raise Misconfigured(f"{place}.{name}", "missing")
    if type(value) is not kind:
        raise Misconfigured(f"{place}.{name}", "wrong")
    return value


def amount(table: Mapping[str, Any], place: str, name: str) -> Decimal | None:
    """A number of money that may be left out."""
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**12:
        raise Misconfigured(f"{place}.{name}", "wrong")
    return Decimal(str(value))

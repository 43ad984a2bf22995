"""Of what a value is made: the question that `quick` asks before `orjson` writes it. As a kernel it has a compiled form."""

from __future__ import annotations

from typing import Any

COMPILED: bool = False  # the other form says otherwise
MOST_NODES: int = 50_000

_EXACT: int = 2**53 - 1
_LEAVES = frozenset({str, bool, type(None)})
_PLAIN = _LEAVES | {dict, list, int}


def brackets(data: bytes) -> int:
    """How many brackets are opened in a JSON text, those in its strings among them."""
    if not COMPILED:
        return data.count(b"{") + data.count(b"[")
    source, found = data, 0
    for at in range(len(data)):
        found += (source[at] | 0x20) == 0x7B  # they differ in that bit alone
    return found


def is_plain(value: Any, ascii_keys: bool) -> bool:
    """Whether `value` is made of dictionaries, lists, texts, truth values, null and integers that a double holds exactly, alone; with
    `ascii_keys` also whether all keys are ASCII. False for more than `MOST_NODES` (a value that contains itself, perhaps)."""
    waiting = [value]
    for each in waiting:  # it grows meanwhile
        if COMPILED:
            if not is_plain_node(each, ascii_keys, waiting):
                return False
        elif not _is_plain_node(each, ascii_keys, waiting):
            return False
        if len(waiting) > MOST_NODES:
            return False
    return True


def is_plain_node(node: Any, ascii_keys: bool, waiting: list[Any]) -> bool:
    """The same for one of them, without those in it, which are put behind `waiting`. Made for the compiled form (`_is_plain_node` for the
    other)."""
    if type(node) is dict:
        members: dict[Any, Any] = node
        for key, member in members.items():
            if ascii_keys and (type(key) is not str or not key.isascii()):
                return False
            if not is_plain_member(member, waiting):
                return False
        return True
    if type(node) is list:
        items: list[Any] = node
        for member in items:  # noqa: SIM110 - a generator costs more there
            if not is_plain_member(member, waiting):
                return False
        return True
    return is_plain_member(node, [])


def is_plain_member(member: Any, waiting: list[Any]) -> bool:
    """The same for what stands in one of them."""
    kind = type(member)
    if kind is str or member is None or kind is bool:
        return True
    if kind is dict or kind is list:
        waiting.append(member)
        return True
    return kind is int and -_EXACT <= member <= _EXACT


def _is_plain_node(node: Any, ascii_keys: bool, waiting: list[Any]) -> bool:
    kind = type(node)
    if kind is dict:
        if ascii_keys and not "".join(node).isascii():
            return False
        members = node.values()
    elif kind is list:
        members = node
    else:
        members = (node,)
    kinds = set(map(type, members))
    if kinds <= _LEAVES:
        return True
    if not kinds <= _PLAIN:
        return False
    for member in members:
        kind = type(member)
        if kind is dict or kind is list:
            waiting.append(member)
        elif kind is int and not -_EXACT <= member <= _EXACT:
            return False
    return True

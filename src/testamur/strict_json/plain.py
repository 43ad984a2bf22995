"""Of what a value is made: the question that `quick` asks before `orjson` writes it. As a kernel it has a compiled form."""

from __future__ import annotations

from typing import Any

COMPILED: bool = False  # the other form says otherwise
MOST_NODES: int = 50_000
MOST_LEVELS: int = 200
TOO_DEEP: int = -2

_EXACT: int = 2**53 - 1
_LEAVES = frozenset({str, bool, type(None)})
_PLAIN = _LEAVES | {dict, list, int}


def brackets(data: bytes) -> int:
    """How many brackets are opened in a JSON text, those in its strings among them."""
    if not COMPILED:
        return data.count(b"{") + data.count(b"[")
    source, found, start = data, 0, 0
    while start < len(data):
        end, few = min(start + 255, len(data)), 0  # so few are counted in a byte, many bytes at a time
        for at in range(start, end):
            few += (source[at] | 0x20) == 0x7B  # they differ in that bit alone
        found, start = found + few, end
    return found


def is_plain(value: Any, ascii_keys: bool) -> bool:
    """Whether `value` is made of dictionaries, lists, texts, truth values, null and integers that a double holds exactly, alone; with
    `ascii_keys` also whether all keys are ASCII. False for more than `MOST_NODES` (a value that contains itself, perhaps)."""
    if COMPILED:
        left = plain_left(value, ascii_keys, MOST_LEVELS, MOST_NODES)
        if left != TOO_DEEP:
            return left >= 0
    waiting = [value]
    for each in waiting:  # it grows meanwhile
        if not _is_plain_node(each, ascii_keys, waiting):
            return False
        if len(waiting) > MOST_NODES:
            return False
    return True


def plain_left(node: Any, ascii_keys: bool, levels: int, left: int) -> int:
    """How many further dictionaries and lists there may be behind this one, of `left`: -1 where it is not plain or there are too many,
    `TOO_DEEP` below so many `levels`. Made for the compiled form, which may call itself cheaply (`_is_plain_node` for the other)."""
    kind = type(node)
    if kind is str or node is None or kind is bool:
        return left
    if kind is dict or kind is list:
        if left <= 0:
            return -1
        if levels <= 0:
            return TOO_DEEP
        left -= 1
    if kind is dict:
        members: dict[Any, Any] = node
        for key, member in members.items():
            if ascii_keys and (type(key) is not str or not key.isascii()):
                return -1
            left = plain_left(member, ascii_keys, levels - 1, left)
            if left < 0:
                return left
        return left
    if kind is list:
        items: list[Any] = node
        for member in items:
            left = plain_left(member, ascii_keys, levels - 1, left)
            if left < 0:
                return left
        return left
    return left if kind is int and -_EXACT <= node <= _EXACT else -1


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

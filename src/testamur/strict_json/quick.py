"""The same readings and writings by `orjson`, where it is installed and where it is certain that they are the same.

`orjson` does not say when a key stands twice, reads integers beyond 64 bits as floating-point numbers, writes those in another way than
RFC 8785, and sorts keys by code points. Each function here proves for one text or value that none of this matters, or leaves it open; then
the careful way decides, and it alone finds the words for what is refused. What is installed never decides what is accepted.
"""

from __future__ import annotations

from typing import Any, Final

from testamur.accelerated import quickest
from testamur.strict_json import plain

try:
    import orjson
except ImportError:
    AVAILABLE = False
else:
    AVAILABLE = True
    _LAYOUTS: Final = {b'{"': None, b"{\n": orjson.OPT_INDENT_2, b"[{": None, b'["': None, b"{}": None}

KERNEL: Any = quickest(plain)
UNSURE: Final = object()
"""The answer where the careful way has to decide."""


def loads(data: bytes, max_depth: int) -> Any:
    """The value in `data`, or `UNSURE`. Only where `AVAILABLE`.

    1. *Depth.* Not more brackets in all than levels are allowed.
    2. *Syntax and encoding.* `orjson` takes it; it takes nothing that RFC 8259 forbids, and no half of a surrogate pair.
    3. *The rest.* Written again, without blanks or indented by two, the value is the very text that was read: so nothing of it was lost
       (a key that stands twice) or changed (a number).
    """
    beginning = data[:2]
    if type(data) is not bytes or beginning not in _LAYOUTS or KERNEL.brackets(data) > max_depth:
        return UNSURE
    try:
        value = orjson.loads(data)
        return value if orjson.dumps(value, option=_LAYOUTS[beginning]) == data else UNSURE
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return UNSURE


def loads_known(data: bytes) -> Any:
    """The value in `data`, of which it is known that `loads` would be certain of it. Only where `AVAILABLE`."""
    return orjson.loads(data)


def dumps(value: Any) -> bytes | None:
    """`value` as compact JSON with its keys in their own order, or None where the careful way has to decide. Only where `AVAILABLE`.

    The two writers differ in floating-point numbers, in integers beyond 64 bits and in values that are no JSON.
    """
    try:
        return orjson.dumps(value) if KERNEL.is_plain(value, False) else None
    except (orjson.JSONEncodeError, TypeError):  # half a surrogate pair, more than 254 levels; keys that are no texts
        return None


def jcs(value: Any) -> bytes | None:
    """The canonical form (RFC 8785) of `value`, or None where the careful way has to decide. Only where `AVAILABLE`.

    The two writers differ as they do for `dumps`, and where keys sort otherwise by code points than by UTF-16 units, which only keys
    outside ASCII can.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) if KERNEL.is_plain(value, True) else None
    except (orjson.JSONEncodeError, TypeError):
        return None


def is_plain(value: Any) -> bool:
    """Whether `dumps` writes `value`, as far as its form decides that: the types in it, its names and its numbers."""
    return AVAILABLE and KERNEL.is_plain(value, False)


def dumps_plain(value: Any) -> bytes | None:
    """As `dumps`, for a value of which it is known that it `is_plain`."""
    try:
        return orjson.dumps(value)
    except (orjson.JSONEncodeError, TypeError):
        return None

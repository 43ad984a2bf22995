"""JSON, read without trust and written without surprise.

Two readers of one document must see the same document, or a signature over it says nothing. The standard library's reader lets
pass what readers understand differently (a key given twice, `NaN`, half a surrogate pair) and can be driven to exhaustion (deep
nesting, numbers of thousands of digits). This module refuses all of that by name, with the place where it stands:

1. the size, before anything is decoded;
2. the encoding: UTF-8 only, one leading byte order mark is tolerated and dropped (RFC 8259 §8.1);
3. the depth, by one linear pass over the tokens, before a recursive parser sees the text;
4. the syntax, numbers and duplicate keys, by the standard parser with hooks;
5. lone surrogates, which have no UTF-8 form and therefore could never be signed (RFC 8785 §3.2.2.2, RFC 7493 §2.1).
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import rfc8785

from testamur.errors import Malformed, TooLarge
from testamur.strict_json import quick

MAX_BYTES = 1_000_000
MAX_DEPTH = 64
MAX_NUMBER_CHARACTERS = 64  # a double needs at most 24 characters, a 128-bit integer 39

_BOM = "\ufeff"

# A string to its closing quote, or to the end of the text when it is never closed (so that the scan stays linear), or one
# structural character. The quantifiers are possessive: no backtracking, whatever the input.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_COLON_FOLLOWS = re.compile(r"[ \t\n\r]*:")


class _DuplicateKey(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def loads(data: bytes | str, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Read one JSON value (RFC 8259 with the restrictions of I-JSON, RFC 7493) of at most `max_bytes` and `max_depth` levels.

    Raises `TooLarge` (`input.too_large`, `input.json_depth`) or `Malformed` (`input.json_encoding`, `input.json_syntax`,
    `input.json_duplicate_key`, `input.json_number`, `input.json_surrogate`). The facts name the place: `line` and `column`
    count characters from 1, `offset` from 0.
    """
    if quick.AVAILABLE and isinstance(data, bytes) and len(data) <= max_bytes:
        known = quick.loads(data, max_depth)
        if known is not quick.UNSURE:
            return known
    text = _decode(data, max_bytes)
    _refuse_depth(text, max_depth)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Malformed(
            f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).",
            code="input.json_syntax",
            facts={"line": error.lineno, "column": error.colno, "offset": error.pos},
        ) from None
    except _DuplicateKey as error:
        raise Malformed(
            f"The key {error.key[:64]!r} stands twice in one object.",
            code="input.json_duplicate_key",
            facts={"key": error.key[:64], **_place_of_duplicate(text, error.key)},
        ) from None
    except _RefusedNumber as error:
        literal = str(error)
        raise Malformed(
            f"The number {literal[:24]!r} cannot be represented.",
            code="input.json_number",
            facts={"number": literal[:24], **_place_of_number(text, literal)},
        ) from None
    except RecursionError:  # the caller stands near the end of the stack already
        raise _too_deep(max_depth) from None
    if _SURROGATE_ESCAPE.search(text):
        _refuse_surrogates(text)
    return value


def dumps(value: Any) -> bytes:
    """Write `value` as compact UTF-8 JSON, keys in their own order.

    Raises `Malformed` (`input.json_number` for NaN and infinities, `input.json_surrogate`, `input.json_type`) or `TooLarge`
    (`input.json_depth`).
    """
    if quick.AVAILABLE and (written := quick.dumps(value)) is not None:
        return written
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        raise _unpaired() from None
    except ValueError as error:  # NaN, infinity or a circular reference
        code = "input.json_depth" if "ircular" in str(error) else "input.json_number"
        raise Malformed(f"This value has no JSON form: {error}.", code=code) from None
    except TypeError as error:
        raise Malformed(f"This value has no JSON form: {error}.", code="input.json_type") from None
    except RecursionError:
        raise _too_deep(None) from None


def jcs(value: Any) -> bytes:
    """Write `value` in the JSON Canonicalization Scheme (RFC 8785).

    Raises as `dumps` does; integers beyond ±(2^53 - 1) are refused (`input.json_number`), because RFC 8785 reads every number as
    a double and two different integers would then sign alike.
    """
    if quick.AVAILABLE and (written := quick.jcs(value)) is not None:
        return written
    try:
        return rfc8785.dumps(value)
    except (rfc8785.IntegerDomainError, rfc8785.FloatDomainError) as error:
        raise Malformed(f"This number has no canonical form: {error}.", code="input.json_number") from None
    except UnicodeEncodeError:
        raise _unpaired() from None
    except rfc8785.CanonicalizationError as error:
        if isinstance(error.__cause__, UnicodeEncodeError):
            raise _unpaired() from None
        raise Malformed(f"This value has no canonical form: {error}.", code="input.json_type") from None
    except RecursionError:
        raise _too_deep(None) from None


# --- reading, step by step -----------------------------------------------------------------------------------------------


def _decode(data: bytes | str, max_bytes: int) -> str:
    if isinstance(data, str):
        if len(data) > max_bytes:
            raise _too_large(len(data), max_bytes)
        try:
            size = len(data.encode("utf-8"))
        except UnicodeEncodeError as error:
            raise _unpaired(_place(data, error.start)) from None
        if size > max_bytes:
            raise _too_large(size, max_bytes)
        text = data
    else:
        if len(data) > max_bytes:
            raise _too_large(len(data), max_bytes)
        try:
            text = bytes(data).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed(
                f"This is not UTF-8 text (byte {error.start}).",
                code="input.json_encoding",
                facts={"offset": error.start},
            ) from None
    return text.removeprefix(_BOM)


def _refuse_depth(text: str, max_depth: int) -> None:
    if text.count("{") + text.count("[") <= max_depth:
        return
    depth = 0
    for token in _TOKEN.finditer(text):
        match text[token.start()]:
            case "{" | "[":
                depth += 1
                if depth > max_depth:
                    raise _too_deep(max_depth, _place(text, token.start()))
            case "}" | "]":
                depth -= 1


class _RefusedNumber(Exception):
    pass


def _integer(literal: str) -> int:
    if len(literal) > MAX_NUMBER_CHARACTERS:
        raise _RefusedNumber(literal)
    return int(literal)


def _real(literal: str) -> float:
    if len(literal) > MAX_NUMBER_CHARACTERS:
        raise _RefusedNumber(literal)
    number = float(literal)
    if number in (float("inf"), float("-inf")):
        raise _RefusedNumber(literal)
    return number


def _constant(literal: str) -> NoReturn:
    raise _RefusedNumber(literal)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKey(key)
            seen.add(key)
    return members


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant)


def _refuse_surrogates(text: str) -> None:
    for token in _TOKEN.finditer(text):
        literal = token.group()
        if literal[0] == '"' and _SURROGATE_ESCAPE.search(literal) and _SURROGATE.search(json.loads(literal)):
            raise _unpaired(_place(text, token.start()))


# --- saying where --------------------------------------------------------------------------------------------------------


def _place(text: str, offset: int) -> dict[str, int]:
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return {"line": line, "column": column, "offset": offset}


def _place_of_duplicate(text: str, key: str) -> dict[str, int]:
    """Where `key` stands the second time. The parser's hook does not know it, so this looks again; only ever after a refusal."""
    seen: list[bool] = []  # for each open object or array: has it had the key?
    for token in _TOKEN.finditer(text):
        literal = token.group()
        if literal in ("{", "["):
            seen.append(False)
        elif literal in ("}", "]"):
            seen.pop()
        elif _COLON_FOLLOWS.match(text, token.end()) and json.loads(literal) == key:
            if seen[-1]:
                return _place(text, token.start())
            seen[-1] = True
    return {}


def _place_of_number(text: str, literal: str) -> dict[str, int]:
    """The first place outside a string where `literal` stands."""
    start = 0
    for token in _TOKEN.finditer(text):
        found = text.find(literal, start, token.start())
        if found >= 0:
            return _place(text, found)
        start = token.end()
    found = text.find(literal, start)
    return _place(text, found) if found >= 0 else {}


def _too_large(size: int, limit: int) -> TooLarge:
    return TooLarge(f"This document has {size} bytes; at most {limit} are read.", facts={"size": size, "limit": limit})


def _too_deep(limit: int | None, place: dict[str, int] | None = None) -> TooLarge:
    facts: dict[str, int] = {**({"limit": limit} if limit is not None else {}), **(place or {})}
    return TooLarge("This document is nested too deeply.", code="input.json_depth", facts=facts)


def _unpaired(place: dict[str, int] | None = None) -> Malformed:
    return Malformed(
        "This text holds half of a surrogate pair, which is no character.", code="input.json_surrogate", facts=place
    )

"""Values as they stand in a form and as they stand in a text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from testamur.pathways import NotAProgramme
from testamur.pathways.reading import read_values

_PLAIN = re.compile(r"[^\W\d_][\w./+%-]*( [\w./+%-]+)*\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_WORDS = {"true", "false", "null"}


def scalar(value: Any) -> bool:
    """A number or a text; `true` and `{value: …}` are none."""
    return isinstance(value, (int, float, Decimal, str)) and not isinstance(value, bool)


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def fits(value: Any, *, least: Decimal = Decimal("0.01"), most: int = 10_000, places: int = 2) -> bool:
    """Whether a field for amounts can show it: a number from `least` to `most` with so many decimals."""
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return False
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and least <= number <= most and exponent >= -places and scalar(value)


def count(value: Any) -> bool:
    """Whether a field for whole numbers from 1 can show it."""
    return whole(value) and 1 <= value <= 500


def lines(texts: list[str] | None) -> bool:
    """Whether a field with one text a line can show them."""
    return texts is not None and all(text and text == text.strip() and len(text.splitlines()) == 1 for text in texts)


def listed(value: Any) -> list[str] | None:
    """A text or a list of texts as a list; None for anything else."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [str(each) for each in value]
    return None


def amount(text: Any) -> Any:
    """A whole number as one, a decimal one as the float that is written the same, a word (a grade) as it is."""
    text = str(text)
    if text.isascii() and text.isdigit() and len(text) < 12:
        return int(text)
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    return float(number) if number.is_finite() and len(text) < 12 else text


def said(value: Any) -> str:
    """A value as it is typed: `true`, a number, a text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def typed(text: str) -> Any:
    """What somebody typed, as a value: `true` and `false` are truths, numbers are numbers, everything else is a text."""
    return text == "true" if text in ("true", "false") else amount(text)


def flow(**values: Any) -> CommentedMap:
    """A mapping in braces."""
    made = CommentedMap({key: commented(each) if isinstance(each, str) else each for key, each in values.items()})
    made.fa.set_flow_style()
    return made


def several(texts: Iterable[str]) -> CommentedSeq:
    """A list of texts, one a line."""
    return CommentedSeq(commented(each) for each in texts)


def put(part: CommentedMap, key: str, value: Any, *, after: str) -> None:
    """Set a key; a new one stands behind `after`, where people look for it."""
    if key in part:
        part[key] = value
    else:
        part.insert(list(part).index(after) + 1 if after in part else 0, key, value)


def number(value: Any) -> str:
    return str(value)


def set_or_drop(part: CommentedMap, key: str, value: Any) -> None:
    """Set a key, or take it out where the value is nothing."""
    if value in (None, "", [], {}):
        part.pop(key, None)
    else:
        part[key] = commented(value) if isinstance(value, str) else value


def plain(value: Any) -> Any:
    """Commented values as plain ones, to be read like those of the library."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, str) else value


def commented(value: Any) -> Any:
    """Plain values as the writer of the text takes them, each on one line."""
    if isinstance(value, Mapping):
        return flow(**{str(key): commented(each) for key, each in value.items()})
    if isinstance(value, list):
        made = CommentedSeq(commented(each) for each in value)
        made.fa.set_flow_style()
        return made
    if isinstance(value, str):
        return _as_written(value)
    return amount(value) if isinstance(value, Decimal) else value


def _as_written(text: str) -> Any:
    """A text without quotes only where both readers see a text in it: the rules of the notation about that differ in their corners."""
    if _DAY.match(text):
        with suppress(ValueError):
            return date.fromisoformat(text)  # else the writer would put quotes about it
    return text if _PLAIN.match(text) and text not in _WORDS else DoubleQuotedScalarString(text)


# --- a part on one line -------------------------------------------------------------------------------------------------------------------


def as_text(value: Any) -> str:
    """Plain values on one line, as the language writes them in braces: `{letter: A}`."""
    if isinstance(value, Mapping):
        return "{" + inside(value) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(as_text(each) for each in value) + "]"
    if isinstance(value, str):
        return (
            value
            if (_PLAIN.match(value) and value not in _WORDS) or _DAY.match(value)
            else json.dumps(value, ensure_ascii=False)
        )
    return "null" if value is None else said(value)


def inside(values: Mapping[str, Any]) -> str:
    """A mapping on one line without its braces: `grade: {letter: A}, attempt: 2`."""
    return ", ".join(f"{as_text(str(key))}: {as_text(each)}" for key, each in values.items())


def of_text(text: str) -> dict[str, Any]:
    """The inverse of `inside`, for what somebody typed. Raises NotAProgramme."""
    values, _ = read_values("{" + text.strip().rstrip(",") + "\n}")
    return values if isinstance(values, dict) else {}


def lines_of(values: Mapping[str, Any]) -> str:
    """A mapping with one line for each key: what `of_lines` reads."""
    return "\n".join(f"{as_text(str(key))}: {as_text(each)}" for key, each in values.items())


def of_lines(text: str) -> dict[str, Any]:
    """What somebody typed as lines of the language. Raises NotAProgramme."""
    values, places = read_values(text)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise NotAProgramme((places.mistake((), "type", here="", types=["object"]),))
    return values

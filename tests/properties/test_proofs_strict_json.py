"""The reader answers with a value or a named refusal, never otherwise, and agrees with the standard reader on what it accepts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from testamur import strict_json
from testamur.accelerated import compiled
from testamur.errors import InputError
from testamur.strict_json import plain, quick

# the same examples each time, however busy the machine is
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

# RFC 8785 writes a double below 10^21 as an integer; beyond 2^53 such an integer is refused when it is signed again.
reals = st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not 2**53 <= abs(number) < 1e21)
strings = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | reals | strings,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(strings, inner, max_size=4),
    max_leaves=20,
)
fragments = st.lists(
    st.sampled_from(
        [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            '"',
            "\\",
            '"a"',
            '"b"',
            "1",
            "-",
            "e9",
            "NaN",
            "Infinity",
            "\\ud800",
            "\\udc00",
            " ",
            "\n",
            "true",
            "\ufeff",
        ]
    ),
    max_size=60,
).map("".join)


@given(values)
@STEADY
def test_what_is_written_is_read_back(value: object) -> None:
    assert strict_json.loads(strict_json.dumps(value)) == value
    assert strict_json.loads(strict_json.jcs(value)) == value
    assert strict_json.jcs(strict_json.loads(strict_json.jcs(value))) == strict_json.jcs(value)


@given(fragments | st.text(max_size=40) | st.binary(max_size=40))
@example("[" * 5000)
@example('{"a":' * 5000)
@STEADY
def test_every_input_is_read_or_refused_by_name(data: str | bytes) -> None:
    try:
        value = strict_json.loads(data)
    except InputError as error:
        refusal: str | None = error.code
    else:
        refusal = None
    if refusal is None:
        text = (data if isinstance(data, str) else data.decode()).removeprefix("\ufeff")
        assert value == json.loads(text)
        strict_json.dumps(value)
    else:
        assert refusal.startswith("input.")


# --- the quick way gives what the careful one gives, or leaves it to that -------------------------------------------------------------

every_number = st.integers(-(2**70), 2**70) | st.floats()
hostile_keys = st.sampled_from(["", "a", "b", "é", "\uffff", "😀", '"', '":', "a:b", "\\", "\x00"])
hostile = st.recursive(
    st.none() | st.booleans() | every_number | strings | hostile_keys,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(strings | hostile_keys, inner, max_size=5),
    max_leaves=20,
)
layouts = st.sampled_from(
    [((",", ":"), None), ((",", ": "), 2), ((", ", ": "), None), ((",", ":"), 1), ((",", " : "), None)]
)


def outcome(work: Callable[[], Any]) -> tuple[str, str]:
    """The value with its types and its order, or the refusal with its facts."""
    try:
        return "value", repr(work())
    except InputError as error:
        return error.code, f"{error} {dict(error.facts)}"


def both(work: Callable[[], Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick, "AVAILABLE", False)
        careful = outcome(work)
    return outcome(work), careful


@given(hostile, layouts, st.booleans(), st.integers(1, 70))
@STEADY
def test_a_text_reads_the_same_in_the_quick_way(value: Any, layout: Any, escaped: bool, depth: int) -> None:
    separators, indent = layout
    text = json.dumps(value, separators=separators, indent=indent, ensure_ascii=escaped).encode(
        "utf-8", "surrogatepass"
    )
    first, second = both(lambda: strict_json.loads(text, max_depth=depth))
    assert first == second


@given(fragments.map(str.encode) | st.binary(max_size=40))
@example(b'{"a":1,"a":2}')
@example(b'{"a":1,"\\u0061":2}')
@example(b'{"a":{"b":1,"b":2},"c":"\\":"}')
@example(b'{"a" :1,"a":"\\":"}')
@example(b'{"":0,"":"\\":"}')
@example(b"18446744073709551616")
@example(b'"\\ud800"')
@example(b"-0")
@STEADY
def test_whatever_is_no_json_is_refused_in_the_same_words(text: bytes) -> None:
    first, second = both(lambda: strict_json.loads(text))
    assert first == second


@given(st.lists(st.tuples(hostile_keys, hostile), max_size=6))
@STEADY
def test_a_key_that_stands_twice_is_found_in_the_quick_way_too(members: list[tuple[str, Any]]) -> None:
    text = "{" + ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in members) + "}"
    first, second = both(lambda: strict_json.loads(text.encode()))
    assert first == second


class Word(StrEnum):
    ONE = "one"


@given(hostile)
@example({"\ue000": 1, "😀": 2})
@example({"a": 2**53 - 1, "b": -(2**53)})
@example({"a": Word.ONE})
@example({"a": uuid.UUID(int=1)})
@example({"a": ("b", 1)})
@example({1: 2})
@example([[[]] * 3] * 3)
@STEADY
def test_what_is_written_is_the_same_in_the_quick_way(value: Any) -> None:
    for write in (strict_json.jcs, strict_json.dumps):
        first, second = both(lambda write=write: write(value))
        assert first == second


def test_a_value_that_contains_itself_is_left_to_the_careful_way() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert quick.jcs(endless) is quick.dumps(endless) is None


def test_ordinary_documents_take_the_quick_way() -> None:
    text = b'{"a":[{"b":"c"},1,true,null,2.5],"d":{"e":"f"}}'
    assert quick.loads(text, 64) == json.loads(text)
    indented = json.dumps(json.loads(text), indent=2).encode()
    assert quick.loads(indented, 64) == json.loads(text)
    assert quick.loads(text + b" ", 64) is quick.UNSURE
    assert quick.jcs(json.loads(text.replace(b",2.5", b""))) == text.replace(b",2.5", b"")


nodes = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**54), 2**54), st.floats(), st.text(max_size=3), st.sampled_from([2**53 - 1, -(2**53) + 1])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.tuples(inner), st.dictionaries(st.text("aé", max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(nodes, st.booleans())
def test_what_a_value_is_made_of_is_seen_alike_in_every_form(value: Any, ascii_keys: bool) -> None:
    def is_plain(node: Any) -> bool:
        if type(node) is dict:
            return all(is_plain(each) and (name.isascii() or not ascii_keys) for name, each in node.items())
        if type(node) is list:
            return all(map(is_plain, node))
        return node is None or type(node) in (str, bool) or (type(node) is int and abs(node) < 2**53)

    for form in filter(None, (plain, compiled(plain))):
        assert form.is_plain(value, ascii_keys) is is_plain(value)


def test_a_value_in_itself_is_not_plain() -> None:
    endless: list[Any] = []
    endless.append(endless)
    for form in filter(None, (plain, compiled(plain))):
        assert form.is_plain(endless, False) is False


def test_deep_and_many_are_plain_alike_in_every_form() -> None:
    deep: Any = 2**53
    for _ in range(500):
        deep = [deep]
    for form in filter(None, (plain, compiled(plain))):
        assert [form.is_plain(each, False) for each in (deep, [deep[0], "\x00"], [deep[0], {}])] == [False] * 3
        assert form.is_plain([[]] * (plain.MOST_NODES - 1), False) is True
        assert form.is_plain([[]] * plain.MOST_NODES, False) is False
    deep[:] = []
    for _ in range(500):
        deep = [deep]
    for form in filter(None, (plain, compiled(plain))):
        assert form.is_plain(deep, False) is True


@given(st.one_of(st.binary(max_size=80), st.text('{}[]"; ', max_size=80).map(str.encode)))
def test_brackets_are_counted_alike_in_every_form(data: bytes) -> None:
    for text in (data, data * 40, data + b"[" * 600):
        for form in filter(None, (plain, compiled(plain))):
            assert form.brackets(text) == text.count(b"{") + text.count(b"[")

"""The reader refuses, by name and place, whatever two readers could understand differently."""

from __future__ import annotations

import math

import pytest

from testamur import strict_json
from testamur.errors import InputError, Malformed, TooLarge


def refusal(data: bytes | str, **limits: int) -> InputError:
    with pytest.raises(InputError) as caught:
        strict_json.loads(data, **limits)
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        (' {"a" : [1, 2.5, true, null, "b"]} ', {"a": [1, 2.5, True, None, "b"]}),
        ('"\\ud83c\\udf93"', "🎓"),
        ('{"a":{"x":1},"b":{"x":1}}', {"a": {"x": 1}, "b": {"x": 1}}),
        ("0", 0),
        ("-1e-5", -1e-5),
        (str(2**64), 2**64),
        ('"[[[[{{{{ \\" ]"', '[[[[{{{{ " ]'),
    ],
)
def test_what_json_is_for_is_read(text: str, value: object) -> None:
    assert strict_json.loads(text) == value
    assert strict_json.loads(text.encode()) == value


def test_one_byte_order_mark_is_dropped_and_a_second_is_refused() -> None:
    assert strict_json.loads(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
    assert strict_json.loads('\ufeff{"a":1}') == {"a": 1}
    assert refusal(b'\xef\xbb\xbf\xef\xbb\xbf{"a":1}').code == "input.json_syntax"


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":', '[{"\\"[":'])
def test_depth_a_hundred_thousand_is_refused_before_it_is_parsed(opening: str) -> None:
    error = refusal(opening * (100_000 if len(opening) == 1 else 50_000))
    assert isinstance(error, TooLarge)
    assert error.code == "input.json_depth"
    assert error.facts["limit"] == 64


def test_the_last_allowed_level_is_read_and_the_next_is_not() -> None:
    assert strict_json.loads("[" * 64 + "]" * 64)
    error = refusal("[" * 65 + "]" * 65)
    assert (error.code, error.facts["offset"], error.facts["column"]) == ("input.json_depth", 64, 65)


def test_brackets_inside_strings_are_not_levels() -> None:
    assert strict_json.loads('["' + "[" * 1000 + '"]') == ["[" * 1000]
    assert strict_json.loads('["\\"' + "[" * 1000 + '\\\\"]') == ['"' + "[" * 1000 + "\\"]


def test_many_levels_side_by_side_are_not_deep() -> None:
    assert len(strict_json.loads("[" + ",".join(["[]"] * 1000) + "]")) == 1000


@pytest.mark.parametrize("text", ['"' + '\\"' * 200_000, '["' + "\\" * 399_999, "[" * 65 + '"' * 300_000])
def test_hostile_strings_are_scanned_in_linear_time(text: str) -> None:
    refusal(text)  # quadratic scanning would hang here


@pytest.mark.parametrize(
    ("text", "key", "line", "column"),
    [
        ('{"a":1,"a":2}', "a", 1, 8),
        ('{"a":1,\n "\\u0061":1}', "a", 2, 2),
        ('{"b":[{"a":{"id":1},\n"c":2,"a":3}]}', "a", 2, 7),
        ('{"x":{"a":1},"y":["a",{"a":1,"a":1}]}', "a", 1, 30),
        ('{"":1,"":2}', "", 1, 7),
    ],
)
def test_a_key_twice_is_refused_with_its_place(text: str, key: str, line: int, column: int) -> None:
    error = refusal(text)
    assert isinstance(error, Malformed)
    assert error.code == "input.json_duplicate_key"
    assert (error.facts["key"], error.facts["line"], error.facts["column"]) == (key, line, column)


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000, "1." + "0" * 5000, "-" + "1" * 64]
)
def test_numbers_without_a_value_are_refused_with_their_place(number: str) -> None:
    error = refusal('{"' + number + '":\n [1, ' + number + "]}")
    assert error.code == "input.json_number"
    assert (error.facts["line"], error.facts["column"]) == (2, 6)
    assert len(error.facts["number"]) <= 24


def test_a_number_of_the_greatest_length_is_read() -> None:
    assert strict_json.loads("1" * strict_json.MAX_NUMBER_CHARACTERS) == int("1" * strict_json.MAX_NUMBER_CHARACTERS)


@pytest.mark.parametrize(
    ("text", "column"),
    [('["\\ud800"]', 2), ('["ok","\\udc00\\ud800"]', 7), ('{"\\uDFFF":1}', 2), ('["\\ud83c\\udf93","\\ud83cx"]', 17)],
)
def test_half_a_surrogate_pair_is_refused(text: str, column: int) -> None:
    error = refusal(text)
    assert (error.code, error.facts["column"]) == ("input.json_surrogate", column)


def test_a_backslash_before_u_d800_is_no_surrogate() -> None:
    assert strict_json.loads('"\\\\ud800"') == "\\ud800"


def test_a_surrogate_in_a_python_string_is_refused() -> None:
    assert refusal('"\ud800"').code == "input.json_surrogate"


@pytest.mark.parametrize(
    "data",
    [
        b'"\xff"',
        b'"\xc0\xaf"',
        b'"\xe0\x80\xaf"',
        b'"\xed\xa0\x80"',
        b'"\xf4\x90\x80\x80"',
        b'"\xe2\x82',
        '{"a":1}'.encode("utf-16"),
    ],
    ids=["byte ff", "overlong slash", "overlong in three", "surrogate", "beyond unicode", "cut", "UTF-16"],
)
def test_what_is_not_utf8_is_refused(data: bytes) -> None:
    error = refusal(data)
    assert isinstance(error, Malformed)
    assert error.code == "input.json_encoding"
    assert "offset" in error.facts


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "[1,]",
        '{"a":1,}',
        "{'a':1}",
        '{"a" 1}',
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "[1] 2",
        "tru",
        '"\t"',
        '"\\x41"',
        "\u00a01",
        "// x\n1",
    ],
)
def test_what_is_not_json_is_refused_with_its_place(text: str) -> None:
    error = refusal(text)
    assert error.code == "input.json_syntax"
    assert {"line", "column", "offset"} <= error.facts.keys()


def test_the_size_is_counted_in_bytes_before_anything_else() -> None:
    assert strict_json.loads('"é"', max_bytes=4) == "é"
    error = refusal('"é"', max_bytes=3)
    assert isinstance(error, TooLarge)
    assert (error.code, error.facts) == ("input.too_large", {"size": 4, "limit": 3})
    assert refusal(b"\xff" * 4, max_bytes=3).code == "input.too_large"


def test_written_compactly_in_the_given_order_and_in_utf8() -> None:
    assert strict_json.dumps({"b": [1, 2.5, None], "a": "한국"}) == '{"b":[1,2.5,null],"a":"한국"}'.encode()


def circular() -> list[object]:
    ring: list[object] = []
    ring.append(ring)
    return ring


def deep() -> object:
    value: object = 1
    for _ in range(100_000):
        value = [value]
    return value


UNWRITABLE = [
    (math.nan, "input.json_number"),
    (math.inf, "input.json_number"),
    ("\ud800", "input.json_surrogate"),
    ({"\ud800": 1}, "input.json_surrogate"),
    (object(), "input.json_type"),
    (b"bytes", "input.json_type"),
    (circular(), "input.json_depth"),
    (deep(), "input.json_depth"),
]


@pytest.mark.parametrize(("value", "code"), UNWRITABLE, ids=range(len(UNWRITABLE)))
@pytest.mark.parametrize("write", [strict_json.dumps, strict_json.jcs])
def test_what_has_no_json_form_is_refused_on_writing(write: object, value: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        write(value)  # type: ignore[operator]
    assert caught.value.code == code


def test_jcs_follows_rfc_8785() -> None:
    document = {
        "\u20ac": "Euro Sign",
        "\r": "CR",
        "\ufb33": "Hebrew",
        "1": "One",
        "😀": "Smiley",
        "\u0080": "Control",
        "ö": "o",
    }
    assert list(strict_json.loads(strict_json.jcs(document))) == ["\r", "1", "\u0080", "ö", "\u20ac", "😀", "\ufb33"]
    numbers = [
        333333333.33333329,
        1e30,
        4.50,
        2e-3,
        0.000000000000000000000000001,
        -0.0,
        1e21,
        1e-7,
        123456789012345680000.0,
    ]
    assert strict_json.jcs(numbers) == b"[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21,1e-7,123456789012345680000]"
    assert strict_json.jcs('\u20ac$\u000f\nA\'B"\\"/\u007f') == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\"/\u007f"'.encode()


def test_jcs_refuses_integers_that_a_double_cannot_tell_apart() -> None:
    assert strict_json.jcs(2**53 - 1) == b"9007199254740991"
    with pytest.raises(Malformed) as caught:
        strict_json.jcs(2**53)
    assert caught.value.code == "input.json_number"


def test_jcs_refuses_a_key_that_is_no_string() -> None:
    with pytest.raises(Malformed) as caught:
        strict_json.jcs({1: 2})
    assert caught.value.code == "input.json_type"

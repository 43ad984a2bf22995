"""The reader answers with a value or a named refusal, never otherwise, and agrees with the standard reader on what it accepts."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from testamur import strict_json
from testamur.errors import InputError

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

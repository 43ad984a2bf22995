"""A status list says of every index what was set, whatever spelling it travels in, and no text makes reading it an accident."""

from __future__ import annotations

import base64
import gzip
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.status.test_bitstring_status_list import NOW

from testamur.errors import InputError
from testamur.status import (
    MINIMUM_ENTRIES,
    Bits,
    StatusOutcome,
    decode,
    encode,
    list_credential,
    read_status,
    status_entry,
)
from testamur.status.bits import QUICK

ALL_REVOKED = list_credential(
    "https://u.example/s", "did:web:u.example", Bits(b"\xff" * (MINIMUM_ENTRIES // 8)), valid_from=NOW
)
indexes = st.sets(st.integers(0, MINIMUM_ENTRIES - 1), max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(indexes, st.integers(0, MINIMUM_ENTRIES - 1))
def test_every_bit_survives(chosen: set[int], asked: int) -> None:
    bits = decode(encode(Bits.from_indexes(chosen)))
    assert set(bits.indexes()) == chosen
    made = list_credential("https://u.example/s", "did:web:u.example", bits, valid_from=NOW)
    expected = StatusOutcome.FAILED if asked in chosen else StatusOutcome.PASSED
    assert read_status(status_entry("https://u.example/s", asked), made).outcome is expected


@settings(max_examples=40, deadline=None)
@given(indexes, st.sampled_from(["u", "", "m"]), st.booleans(), st.booleans(), st.integers(0, 9))
def test_spellings_mean_the_same(chosen: set[int], prefix: str, padded: bool, urlsafe: bool, level: int) -> None:
    bits = Bits.from_indexes(chosen)
    packed = gzip.compress(bytes(bits), level, mtime=0)
    text = (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(packed).decode()
    assert decode(prefix + (text if padded else text.rstrip("="))) == bits


@settings(max_examples=40, deadline=None)
@given(
    indexes | st.sampled_from([frozenset(range(0, MINIMUM_ENTRIES, 3)), frozenset(range(MINIMUM_ENTRIES))]),
    st.integers(0, 5),
)
def test_both_writers_write_lists_that_every_reader_reads_alike(chosen: set[int], more: int) -> None:
    bits = Bits.from_indexes(chosen, MINIMUM_ENTRIES + 8 * more)
    written = []
    for quick in (False, QUICK):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("testamur.status.bits.QUICK", quick)
            written.append(encode(bits))
            assert encode(bits) == written[-1]
    for text in written:
        packed = base64.urlsafe_b64decode(text[1:] + "=" * (-(len(text) - 1) % 4))
        assert gzip.decompress(packed) == bytes(bits), "by the standard library, with its checksum"
        assert zlib.decompress(packed, 16 + zlib.MAX_WBITS) == bytes(bits)
        assert decode(text) == bits
        assert text.startswith("uH4sI")


@settings(deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: "u" + base64.urlsafe_b64encode(data).decode()))
def test_any_text_is_a_list_or_refused(text: str) -> None:
    with suppress(InputError):  # anything else is an accident
        assert len(decode(text, max_bytes=1000)) <= 8000


@settings(deadline=None)
@given(json_values, json_values)
def test_junk_is_undecided(entry: Any, found: Any) -> None:
    assert read_status(entry, found).outcome is StatusOutcome.UNKNOWN


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["type", "statusPurpose", "statusListIndex", "statusListCredential", "statusSize", "statusMessage", "id"]
        ),
        json_values,
    )
)
def test_an_entry_that_is_half_right_never_passes_by_accident(changes: dict[str, Any]) -> None:
    result = read_status({**status_entry("https://u.example/s", 7), **changes}, ALL_REVOKED)
    assert result.outcome is not StatusOutcome.PASSED

from __future__ import annotations

import base64
import gzip
import zlib

import pytest
from tests.shared import shared

from testamur.errors import Malformed, TooLarge
from testamur.status import MINIMUM_ENTRIES, Bits, decode, encode


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(gzip.compress(data, mtime=0)).decode().rstrip("=")


def test_index_zero_is_the_most_significant_bit() -> None:
    assert bytes(Bits.from_indexes([0, 7, 8], size=16)) == b"\x81\x80"


def test_setting_and_clearing() -> None:
    bits = Bits()
    bits.set(94567)
    assert (bits.get(94567), bits.get(94566), bits.count(), list(bits.indexes())) == (True, False, 1, [94567])
    bits.set(94567, False)
    assert bits == Bits()


@pytest.mark.parametrize("index", [-1, MINIMUM_ENTRIES])
def test_an_index_outside_is_refused(index: int) -> None:
    with pytest.raises(IndexError):
        Bits().get(index)
    with pytest.raises(IndexError):
        Bits().set(index)


def test_a_list_is_written_as_the_standard_asks() -> None:
    encoded = encode(Bits.from_indexes([94567]))
    assert encoded.startswith("uH4sI")
    assert "=" not in encoded
    assert len(gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=="))) == MINIMUM_ENTRIES // 8
    assert encode(Bits.from_indexes([94567])) == encoded


def test_a_short_list_is_not_written() -> None:
    with pytest.raises(ValueError, match="131072"):
        encode(Bits.from_indexes([1], size=MINIMUM_ENTRIES - 8))


@pytest.mark.parametrize("size", [0, -8, 12])
def test_a_size_that_is_none(size: int) -> None:
    with pytest.raises(ValueError, match="multiple of 8"):
        Bits.from_indexes([], size=size)


def test_the_list_of_the_standard_is_read() -> None:
    bits = decode("uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA")
    assert (len(bits), bits.count()) == (131_072, 0)


@pytest.mark.parametrize(
    "spell",
    [
        lambda text: "u" + text,
        lambda text: text,
        lambda text: text + "=" * (-len(text) % 4),
        lambda text: "u" + text + "=" * (-len(text) % 4),
        lambda text: text.replace("-", "+").replace("_", "/"),
        lambda text: "m" + text.replace("-", "+").replace("_", "/"),
        lambda text: " \n" + text[:20] + "\n" + text[20:],
    ],
)
def test_spellings_in_the_wild(spell) -> None:
    bits = Bits.from_indexes(range(0, MINIMUM_ENTRIES, 77))
    assert decode(spell(packed(bytes(bits)))) == bits


def test_zlib_is_read_like_gzip() -> None:
    bits = Bits.from_indexes([5])
    assert decode(base64.urlsafe_b64encode(zlib.compress(bytes(bits))).decode()) == bits


def test_a_bomb_is_refused() -> None:
    bomb = packed(bytes(64 << 20))
    with pytest.raises(TooLarge) as refused:
        decode(bomb)
    assert refused.value.code == "status.list_too_large"


def test_the_limit_is_exact() -> None:
    assert len(decode(packed(bytes(1000)), max_bytes=1000)) == 8000
    with pytest.raises(TooLarge):
        decode(packed(bytes(1001)), max_bytes=1000)
    with pytest.raises(TooLarge):
        decode("A" * 3000, max_bytes=1000)


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "u",
        "not base64!",
        "uAAAA",
        packed(b""),
        packed(bytes(16384))[:-30],
        packed(bytes(16384)) + packed(b"more"),
        "zH4sIAAAA",
    ],
)
def test_what_is_no_list_is_refused(encoded: str) -> None:
    with pytest.raises(Malformed) as refused:
        decode(encoded)
    assert refused.value.code == "status.list_malformed"


def test_statuses_of_several_bits() -> None:
    bits = Bits.from_indexes([2, 3], size=16)  # 00 11 00 …
    assert [bits.number(index, 2) for index in range(3)] == [0, 3, 0]


def test_every_list_of_the_shared_vectors_is_read() -> None:
    lists = [
        example
        for path in sorted(shared("vectors/w3c/bitstring-status-list/examples").glob("*.json"))
        if '"encodedList"' in (example := path.read_text())
    ]
    assert len(lists) == 2
    for text in lists:
        encoded = text.split('"encodedList": "')[1].split('"')[0]
        assert len(decode(encoded)) == MINIMUM_ENTRIES

"""A list of bits and its two forms: packed bytes, and the compressed text of W3C Bitstring Status List 1.0 §3.3 and §3.4.

Written strictly: gzip, base64url without padding, the multibase prefix `u`, at least 131,072 entries. The same installation writes the same
text for the same bits; one with `isal` (the extra `fast`) writes some hundreds of lists in the time of one, a tenth longer (decision 0053).
Read leniently, because lists in the wild lack the prefix, are padded, or use the other base64 alphabet; but always bounded: a text of
a megabyte can hold a gigabyte of zeros.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Final, Self

from testamur.errors import Malformed, TooLarge

try:
    from isal import isal_zlib
except ImportError:
    QUICK = False
else:
    QUICK = True

MINIMUM_ENTRIES: Final = 131_072
"""Fewer entries would let a reader guess whose status is asked for (Bitstring Status List 1.0 §5.1, §3.3)."""

MAX_BYTES: Final = 16 * 1024 * 1024
"""Uncompressed bytes of a list that is read: 134 million entries."""

_GZIP_HEADER: Final = (
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # no name, no time, best compression, unknown system: always the same
)


class Bits:
    """Bits by index; index 0 is the most significant bit of the first byte. The length is a multiple of eight."""

    __slots__ = ("_bytes",)

    def __init__(self, packed: bytes | bytearray = bytes(MINIMUM_ENTRIES // 8)) -> None:
        self._bytes = bytearray(packed)

    @classmethod
    def from_indexes(cls, indexes: Iterable[int], size: int = MINIMUM_ENTRIES) -> Self:
        """A list of `size` bits (a multiple of 8) in which those at `indexes` are set. Raises ValueError or IndexError."""
        if size <= 0 or size % 8:
            raise ValueError("the number of entries is a positive multiple of 8")
        bits = cls(bytes(size // 8))
        for index in indexes:
            bits.set(index)
        return bits

    def __len__(self) -> int:
        return len(self._bytes) * 8

    def __bytes__(self) -> bytes:
        return bytes(self._bytes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bits) and self._bytes == other._bytes

    __hash__ = None  # type: ignore[assignment]  # it can change

    def __repr__(self) -> str:
        return f"Bits({len(self)} entries, {self.count()} set)"

    def get(self, index: int) -> bool:
        """Whether the bit at `index` is set. Raises IndexError outside 0 … len - 1."""
        self._check(index)
        return bool(self._bytes[index >> 3] & (0x80 >> (index & 7)))

    def set(self, index: int, value: bool = True) -> None:
        """Set or clear the bit at `index`. Raises IndexError outside 0 … len - 1."""
        self._check(index)
        mask = 0x80 >> (index & 7)
        if value:
            self._bytes[index >> 3] |= mask
        else:
            self._bytes[index >> 3] &= ~mask

    def number(self, index: int, size: int) -> int:
        """The status of `size` bits that is the `index`-th of its kind (statusSize of the standard), as a number."""
        if size < 1:
            raise ValueError("a status has at least one bit")
        if size == 1:
            return int(self.get(index))
        value = 0
        for position in range(index * size, (index + 1) * size):
            value = value << 1 | self.get(position)
        return value

    def count(self) -> int:
        """How many bits are set."""
        return int.from_bytes(self._bytes, "big").bit_count()

    def indexes(self) -> Iterator[int]:
        """The indexes of the set bits, ascending."""
        for position, byte in enumerate(self._bytes):
            if byte:
                for offset in range(8):
                    if byte & (0x80 >> offset):
                        yield position * 8 + offset

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise IndexError(f"no status at {index}: the list has {len(self)} entries")


def encode(bits: Bits) -> str:
    """The encodedList of `bits`: `u` and the base64url of its gzip; the same text for the same bits, on one installation.

    Raises ValueError below `MINIMUM_ENTRIES`.
    """
    if len(bits) < MINIMUM_ENTRIES:
        raise ValueError(f"a status list has at least {MINIMUM_ENTRIES} entries, not {len(bits)}")
    packed = bytes(bits)
    body = _deflate_quickly(packed) if QUICK else _deflate(packed)
    trailer = zlib.crc32(packed).to_bytes(4, "little") + (len(packed) & 0xFFFFFFFF).to_bytes(4, "little")
    return "u" + base64.urlsafe_b64encode(_GZIP_HEADER + body + trailer).decode().rstrip("=")


def _deflate(packed: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(packed) + compressor.flush()


def _deflate_quickly(packed: bytes) -> bytes:
    compressor = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -zlib.MAX_WBITS)
    return bytes(compressor.compress(packed) + compressor.flush())


def decode(encoded: str, *, max_bytes: int = MAX_BYTES) -> Bits:
    """The bits of an encodedList, however it spells base64, in at most `max_bytes` uncompressed.

    Raises `Malformed` (`status.list_malformed`) or `TooLarge` (`status.list_too_large`).
    """
    if len(encoded) > max_bytes * 2:
        raise _too_large(max_bytes)
    compressed = _base64(encoded)
    # 32 + MAX_WBITS reads gzip and zlib alike. One byte more than allowed is asked for, so that "exactly full" and "more" differ.
    decompressor = zlib.decompressobj(32 + zlib.MAX_WBITS)
    try:
        packed = decompressor.decompress(compressed, max_bytes + 1)
    except zlib.error as error:
        raise Malformed("The status list is not a gzip stream", code="status.list_malformed") from error
    if len(packed) > max_bytes:
        raise _too_large(max_bytes)
    if not decompressor.eof:
        raise Malformed("The status list breaks off in the middle", code="status.list_malformed")
    if decompressor.unused_data:
        raise Malformed("Something follows the status list in its text", code="status.list_malformed")
    if not packed:
        raise Malformed("The status list is empty", code="status.list_malformed")
    return Bits(packed)


def _base64(encoded: str) -> bytes:
    """The bytes of the text: with or without a multibase prefix, padded or not, in either alphabet."""
    text = "".join(encoded.split())
    # `H4sI` is how every gzip stream begins in base64, `eJ` and its kin how zlib does; what stands before is a multibase prefix.
    if re.match(r"[umUM](H4sI|eJ|eN|eA|eF)", text):
        text = text[1:]
    text = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("The status list is not base64", code="status.list_malformed") from error


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The status list has more than {limit} bytes", code="status.list_too_large", facts={"limit": limit}
    )

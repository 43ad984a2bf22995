"""Signatures as digits in base 58 and back, for the compiled form: in numbers of 64 bits, which is quick for 64 bytes (`proofs.base58` has
any length). One source for two forms, as the other kernels.
"""

from __future__ import annotations

from testamur.proofs.encodings import multibase_encode

COMPILED: bool = False  # the other form says otherwise
_ALPHABET: bytes = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS: bytes = bytes(_ALPHABET.index(byte) if byte in _ALPHABET else 255 for byte in range(256))


def digits(signature: bytes) -> bytes:
    """A signature as multibase text in base 58."""
    if COMPILED and len(signature) == 64:
        return base58(signature)
    return multibase_encode(signature).encode()


def all_digits(signatures: list[bytes]) -> list[bytes]:
    """What `digits` gives for each."""
    return [digits(signature) for signature in signatures]


def base58(data: bytes) -> bytes:
    """The base-58 digits of 64 bytes, with the `z` of multibase before them. Made for the compiled form (`encodings` for the other)."""
    if len(data) != 64:
        raise ValueError("64 bytes")
    source = data
    # Places of five digits each, the least first: 58 ** 5 is below 2 ** 30, so a place and 32 more bits fit into 64.
    places = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    for at in range(0, 64, 4):
        carry = 0
        for byte in range(at, at + 4):
            carry = (carry << 8) | source[byte]
        for place in range(18):
            carry += places[place] << 32
            places[place] = carry % 656_356_768
            carry //= 656_356_768
    digits = bytearray(90)
    written = digits
    at = 90
    for place in range(18):
        carry = places[place]
        for _ in range(5):
            at -= 1
            written[at] = _ALPHABET[carry % 58]
            carry //= 58
    zeros = len(data) - len(data.lstrip(b"\0"))
    return b"z" + b"1" * zeros + bytes(digits).lstrip(b"1")


def from_base58(text: bytes) -> bytes | None:
    """The bytes of at most 100 base-58 digits that follow a `z`; None for anything else."""
    size = len(text)
    if not 1 < size <= 101 or text[0] != 0x7A:
        return None
    # Places of 32 bits, the least first; 100 digits need 19 of them.
    places = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    low = 0xFFFFFFFF
    at = 1
    while at < size:
        carry = 0
        power = 1
        for _ in range(5):
            if at == size:
                break
            digit = _DIGITS[text[at]]
            if digit == 255:
                return None
            carry = carry * 58 + digit
            power *= 58
            at += 1
        for place in range(20):
            carry += places[place] * power
            places[place] = carry & low
            carry >>= 32
    data = bytearray(80)
    written = data
    for place in range(20):
        carry = places[19 - place]
        written[4 * place] = carry >> 24
        written[4 * place + 1] = (carry >> 16) & 255
        written[4 * place + 2] = (carry >> 8) & 255
        written[4 * place + 3] = carry & 255
    zeros = size - 1 - len(text[1:].lstrip(b"1"))
    return b"\0" * zeros + bytes(data).lstrip(b"\0")

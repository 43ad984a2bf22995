"""The digits of base 58, for signatures and keys. Runs as Python as it stands here, and quicker where this module was compiled
(`testamur.accelerated`). `encodings` is the door: it looks at the text first.
"""

from __future__ import annotations

COMPILED: bool = False  # the other form says otherwise
ALPHABET: str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LETTERS: bytes = ALPHABET.encode()
_DIGITS: bytes = bytes(_LETTERS.index(byte) if byte in _LETTERS else 255 for byte in range(256))
_PAIR: int = 58**2
_TEN: int = 58**10
"""The largest even power below 2**60: Python divides by it quickly."""
# By value: two digits at a time, for the form that is not compiled.
_PAIRS: list[str] = [first + second for first in ALPHABET for second in ALPHABET]
_OF_PAIR: dict[str, int] = {pair: value for value, pair in enumerate(_PAIRS)}


def encode(data: bytes) -> str:
    """Base-58-btc: the digits of `data` as a number, and a `1` for each zero byte at its beginning."""
    number = int.from_bytes(data, "big")
    zeros = len(data) - len(data.lstrip(b"\0"))
    if not COMPILED:
        return "1" * zeros + _by_pairs(number)
    alphabet = _LETTERS
    digits = bytearray(len(data) * 7 // 5 + 20)
    at = len(digits)
    while number:
        number, ten = divmod(number, _TEN)
        for _ in range(10):
            at -= 1
            digits[at] = alphabet[ten % 58]
            ten //= 58
    text = bytes(digits[at:]).lstrip(b"1")
    return (b"1" * zeros + text).decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of a base-58-btc text; its characters are of the alphabet (the caller has looked)."""
    if not COMPILED:
        return _of_pairs(text)
    letters = text.encode("ascii")
    size = len(letters)
    digits = _DIGITS
    number = 0
    at = 0
    end = size % 10
    while True:
        ten = 0
        while at < end:
            ten = ten * 58 + digits[letters[at]]
            at += 1
        number = number * _TEN + ten
        if at >= size:
            break
        end = at + 10
    zeros = size - len(letters.lstrip(b"1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _by_pairs(number: int) -> str:
    parts = []
    while number:
        number, ten = divmod(number, _TEN)
        ten, e = divmod(ten, _PAIR)
        ten, d = divmod(ten, _PAIR)
        ten, c = divmod(ten, _PAIR)
        a, b = divmod(ten, _PAIR)
        parts.append(_PAIRS[a] + _PAIRS[b] + _PAIRS[c] + _PAIRS[d] + _PAIRS[e])
    parts.reverse()
    return "".join(parts).lstrip("1")


def _of_pairs(text: str) -> bytes:
    digits = "1" * (-len(text) % 10) + text
    pair = _OF_PAIR
    number = 0
    for at in range(0, len(digits), 10):
        ten = (pair[digits[at : at + 2]] * _PAIR + pair[digits[at + 2 : at + 4]]) * _PAIR + pair[
            digits[at + 4 : at + 6]
        ]
        number = number * _TEN + (ten * _PAIR + pair[digits[at + 6 : at + 8]]) * _PAIR + pair[digits[at + 8 : at + 10]]
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")

"""ML-DSA-44 (FIPS 204, algorithms 3 and 8), only the checking: the second signature under the checkpoints of a log.

A polynomial is a list of 256 integers modulo `_Q`. The steps of `verify` are those of algorithm 8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Protocol

_Q, _D, _N = 8380417, 13, 256
_K, _L = 4, 4
_TAU, _GAMMA_1, _GAMMA_2, _BETA, _OMEGA = 39, 2**17, (8380417 - 1) // 88, 78, 80
_CHALLENGE_BYTES = 32
_Z_BYTES = 32 * 18

PUBLIC_BYTES = 32 + _K * 320
SIGNATURE_BYTES = _CHALLENGE_BYTES + _L * _Z_BYTES + _OMEGA + _K

_Polynomial = list[int]


def verify(public: bytes, signature: bytes, message: bytes, context: bytes = b"") -> bool:
    """Whether `signature` (2,420 bytes) is that of `public` (1,312 bytes) over `message`."""
    if len(public) != PUBLIC_BYTES or len(signature) != SIGNATURE_BYTES or len(context) > 255:
        return False
    seed, packed = public[:32], public[32:]
    challenge = signature[:_CHALLENGE_BYTES]
    z = [_read_z(signature[_CHALLENGE_BYTES + i * _Z_BYTES :][:_Z_BYTES]) for i in range(_L)]
    hints = _read_hints(signature[-(_OMEGA + _K) :])
    if hints is None or any(abs(value) >= _GAMMA_1 - _BETA for row in z for value in row):
        return False
    digest = _shake_256(public, 64)
    representative = _shake_256(digest + bytes((0, len(context))) + context + message, 64)
    c = _transformed(_ball(challenge))
    z = [_transformed(row) for row in z]
    encoded = bytearray()
    for i in range(_K):
        t = _transformed([value << _D for value in _read(packed[i * 320 : (i + 1) * 320], 10)])
        total = [-a * b for a, b in zip(c, t, strict=True)]
        for j in range(_L):
            row = _uniform(seed + bytes((j, i)))
            total = [x + a * b for x, a, b in zip(total, row, z[j], strict=True)]
        approximate = _back([value % _Q for value in total])
        encoded += _six_bits([_use_hint(hint, value) for hint, value in zip(hints[i], approximate, strict=True)])
    return _shake_256(representative + bytes(encoded), _CHALLENGE_BYTES) == challenge


def _shake_256(data: bytes, length: int) -> bytes:
    return hashlib.shake_256(data).digest(length)


def _read(data: bytes, width: int) -> list[int]:
    """Numbers of `width` bits, the least significant bit first (SimpleBitUnpack)."""
    number, mask = int.from_bytes(data, "little"), (1 << width) - 1
    return [number >> shift & mask for shift in range(0, 8 * len(data), width)]


def _read_z(data: bytes) -> _Polynomial:
    return [_GAMMA_1 - value for value in _read(data, 18)]


def _six_bits(values: list[int]) -> bytes:
    number = 0
    for position, value in enumerate(values):
        number |= value << 6 * position
    return number.to_bytes(192, "little")


def _read_hints(data: bytes) -> list[_Polynomial] | None:
    """HintBitUnpack: only the one spelling of a hint is read."""
    rows, index = [[0] * _N for _ in range(_K)], 0
    for i in range(_K):
        end, first = data[_OMEGA + i], index
        if not index <= end <= _OMEGA:
            return None
        while index < end:
            if index > first and data[index - 1] >= data[index]:
                return None
            rows[i][data[index]] = 1
            index += 1
    return None if any(data[index:_OMEGA]) else rows


def _ball(seed: bytes) -> _Polynomial:
    """SampleInBall: τ coefficients are ±1, the others 0."""
    stream = _stream(hashlib.shake_256(seed))
    signs = int.from_bytes(bytes(next(stream) for _ in range(8)), "little")
    c = [0] * _N
    for i in range(_N - _TAU, _N):
        j = next(stream)
        while j > i:
            j = next(stream)
        c[i], c[j] = c[j], 1 - 2 * (signs & 1)
        signs >>= 1
    return c


def _uniform(seed: bytes) -> _Polynomial:
    """RejNTTPoly: a uniform polynomial in the transformed domain."""
    stream = _stream(hashlib.shake_128(seed))
    found: _Polynomial = []
    while len(found) < _N:
        value = next(stream) | next(stream) << 8 | (next(stream) & 0x7F) << 16
        if value < _Q:
            found.append(value)
    return found


class _Shake(Protocol):
    def digest(self, length: int, /) -> bytes: ...


def _stream(shake: _Shake) -> Iterator[int]:
    """The output of a SHAKE, byte by byte, as far as it is asked for."""
    given, length = 0, 1024
    while True:
        output = shake.digest(length)
        yield from output[given:]
        given, length = length, 2 * length


def _reversed_bits(number: int) -> int:
    return int(f"{number:08b}"[::-1], 2)


_ZETAS = [pow(1753, _reversed_bits(k), _Q) for k in range(_N)]


def _transformed(polynomial: _Polynomial) -> _Polynomial:
    """The number-theoretic transform (algorithm 41)."""
    w, k, length = [value % _Q for value in polynomial], 0, 128
    while length:
        for start in range(0, _N, 2 * length):
            k += 1
            zeta = _ZETAS[k]
            for j in range(start, start + length):
                t = zeta * w[j + length] % _Q
                w[j + length], w[j] = (w[j] - t) % _Q, (w[j] + t) % _Q
        length //= 2
    return w


def _back(polynomial: _Polynomial) -> _Polynomial:
    """The inverse transform (algorithm 42)."""
    w, k, length = polynomial[:], _N, 1
    while length < _N:
        for start in range(0, _N, 2 * length):
            k -= 1
            zeta = -_ZETAS[k]
            for j in range(start, start + length):
                t = w[j]
                w[j], w[j + length] = (t + w[j + length]) % _Q, zeta * (t - w[j + length]) % _Q
        length *= 2
    return [value * 8347681 % _Q for value in w]  # 256⁻¹


def _use_hint(hint: int, value: int) -> int:
    """UseHint (algorithm 40): the high bits, corrected by one where the hint says so."""
    low = value % (2 * _GAMMA_2)
    if low > _GAMMA_2:
        low -= 2 * _GAMMA_2
    if value - low == _Q - 1:
        high, low = 0, low - 1
    else:
        high = (value - low) // (2 * _GAMMA_2)
    if not hint:
        return high
    return (high + 1) % 44 if low > 0 else (high - 1) % 44

"""The two hashes of block chains that the standard library has not, or not everywhere: Keccak-256 and RIPEMD-160 of SHA-256."""

from __future__ import annotations

import hashlib
from typing import Final

_MASK: Final = (1 << 64) - 1
_RATE: Final = 136  # bytes of Keccak-256
_ROUNDS: Final = 24


def keccak_256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum has it: the submission of 2011, which differs from SHA3-256 (FIPS 202) in its padding alone."""
    padded = bytearray(data) + bytearray(_RATE - len(data) % _RATE)
    padded[len(data)] ^= 0x01
    padded[-1] ^= 0x80
    state = [0] * 25
    for start in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            state[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def hash_160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256, as Bitcoin's addresses have it. Raises ValueError where the computer's cryptography has no RIPEMD-160."""
    return hashlib.new("ripemd160", hashlib.sha256(data).digest()).digest()


def _permute(lanes: list[int]) -> None:
    """Keccak-f[1600], FIPS 202 §3.2 and §3.3: theta, rho and pi, chi, iota, twenty-four times. Lane (x, y) is `lanes[x + 5 * y]`."""
    shift = 1
    for _ in range(_ROUNDS):
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        parities = [columns[(x - 1) % 5] ^ _rotated(columns[(x + 1) % 5], 1) for x in range(5)]
        for at in range(25):
            lanes[at] ^= parities[at % 5]
        x, y, moved = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            lanes[x + 5 * y], moved = _rotated(moved, (step + 1) * (step + 2) // 2 % 64), lanes[x + 5 * y]
        for row in range(0, 25, 5):
            five = lanes[row : row + 5]
            for x in range(5):
                lanes[row + x] = five[x] ^ (~five[(x + 1) % 5] & _MASK & five[(x + 2) % 5])
        for bit in range(7):
            if shift & 1:
                lanes[0] ^= 1 << ((1 << bit) - 1)
            shift = (shift << 1) ^ (0x171 if shift & 0x80 else 0)


def _rotated(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & _MASK

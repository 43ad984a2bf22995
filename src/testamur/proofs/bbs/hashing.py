"""From bytes to scalars and points (the draft's §4.1 and §4.2, RFC 9380)."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence

from py_arkworks_bls12381 import G1Point, Scalar

CIPHERSUITE = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_"
API = CIPHERSUITE + b"H2G_HM2S_"
EXPAND_LENGTH = 48  # bytes: 128 bits more than the order of the group, so that the remainder is not skewed
ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001


def expand_message(message: bytes, dst: bytes, length: int) -> bytes:
    """`expand_message_xmd` with SHA-256 (RFC 9380 §5.3.1); `length` at most 8160 bytes."""
    blocks = -(-length // 32)
    if blocks > 255:
        raise ValueError("at most 8160 bytes can be drawn from one message")
    tag = dst + bytes([len(dst)])
    first = hashlib.sha256(bytes(64) + message + length.to_bytes(2, "big") + b"\0" + tag).digest()
    drawn = [hashlib.sha256(first + b"\1" + tag).digest()]
    for number in range(2, blocks + 1):
        mixed = bytes(a ^ b for a, b in zip(first, drawn[-1], strict=True))
        drawn.append(hashlib.sha256(mixed + bytes([number]) + tag).digest())
    return b"".join(drawn)[:length]


def hash_to_scalar(message: bytes, dst: bytes = API + b"H2S_") -> Scalar:
    return Scalar.from_be_bytes_mod_order(expand_message(message, dst, EXPAND_LENGTH))


def message_scalars(messages: Sequence[bytes]) -> list[Scalar]:
    """Each message as a scalar (`messages_to_scalars`)."""
    return [hash_to_scalar(message, API + b"MAP_MSG_TO_SCALAR_AS_HASH_") for message in messages]


def generators(count: int) -> list[G1Point]:
    """The first `count` generators: `Q_1`, then one for each message. They are the same for everybody, so they are kept."""
    return _TABLE.first(count)


class _Table:
    """The generators drawn so far. Each comes from the one before it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._points: list[G1Point] = []
        self._seed = expand_message(API + b"MESSAGE_GENERATOR_SEED", API + b"SIG_GENERATOR_SEED_", EXPAND_LENGTH)

    def first(self, count: int) -> list[G1Point]:
        with self._lock:
            while len(self._points) < count:
                number = (len(self._points) + 1).to_bytes(8, "big")
                self._seed = expand_message(self._seed + number, API + b"SIG_GENERATOR_SEED_", EXPAND_LENGTH)
                self._points.append(G1Point.hash_to_curve(self._seed, API + b"SIG_GENERATOR_DST_"))
            return self._points[:count]


_TABLE = _Table()

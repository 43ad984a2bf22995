"""Addresses of a key on the chains, and the hashes below them: values that everybody knows."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from tests.simulator.institution import key_from

from testamur.formats.blockcerts import addresses_of, hashes
from testamur.proofs.keys import PublicKey

GENERATOR = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    ],
)
def test_keccak(data: bytes, digest: str) -> None:
    assert hashes.keccak_256(data).hex() == digest


@pytest.mark.parametrize("length", [0, 1, 135, 136, 137, 271, 272, 273, 1000])
def test_keccak_differs_from_sha3_in_its_padding_alone(length: int) -> None:
    data = bytes(range(256)) * 4
    ours = hashes.keccak_256
    source_padding = 0x06  # FIPS 202 §6.1 puts two more bits before the first padding bit

    def sha3(value: bytes) -> bytes:
        padded = bytearray(value) + bytearray(136 - len(value) % 136)
        padded[len(value)] ^= source_padding
        padded[-1] ^= 0x80
        state = [0] * 25
        for start in range(0, len(padded), 136):
            for lane in range(17):
                state[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
            hashes._permute(state)
        return b"".join(lane.to_bytes(8, "little") for lane in state[:4])

    assert sha3(data[:length]) == hashlib.sha3_256(data[:length]).digest()
    assert ours(data[:length]) != hashlib.sha3_256(data[:length]).digest()


def test_the_addresses_of_the_first_key() -> None:
    """Those of the secret key 1, published in BIP 173 and known to every explorer."""
    found = addresses_of(PublicKey.from_raw("secp256k1", bytes.fromhex(GENERATOR)))
    assert {
        "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
        "1EHNa6Q4Jz2uvNExL497mE43ikXhwF6kZm",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
        "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r",
        "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf",
    } < found


def test_without_ripemd_the_addresses_of_bitcoin_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(name: str, data: bytes = b"", **_: Any) -> Any:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashes.hashlib, "new", unavailable)
    key = PublicKey.from_raw("secp256k1", bytes.fromhex(GENERATOR))
    assert addresses_of(key) == {"0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"}


def test_a_key_of_another_kind_has_none() -> None:
    assert addresses_of(key_from("somebody").public) == frozenset()

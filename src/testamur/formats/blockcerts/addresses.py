"""The addresses that a key has on the chains: how the sender of a transaction is known to be the holder of a key in a DID document."""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from testamur.formats.blockcerts.hashes import hash_160, keccak_256
from testamur.proofs.encodings import base58_encode
from testamur.proofs.keys import PublicKey

_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)

# For each network: the version bytes of "pay to public key hash" and of "pay to script hash", and the prefix of segregated witness.
_BITCOIN: Final = ((b"\x00", b"\x05", "bc"), (b"\x6f", b"\xc4", "tb"))


def addresses_of(key: PublicKey) -> frozenset[str]:
    """Every usual address of a secp256k1 `key`: Ethereum's (in small letters), and Bitcoin's of both networks in its four forms.

    Those of Bitcoin are absent where the computer's cryptography has no RIPEMD-160. Empty for a key of another kind.
    """
    if key.algorithm != "secp256k1":
        return frozenset()
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), key.raw)
    long = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    found = {"0x" + keccak_256(long[1:])[-20:].hex()}
    try:
        short, script = hash_160(key.raw), hash_160(b"\x00\x14" + hash_160(key.raw))
        uncompressed = hash_160(long)
    except ValueError:
        return frozenset(found)
    for to_key, to_script, prefix in _BITCOIN:
        found |= {_checked(to_key + short), _checked(to_key + uncompressed), _checked(to_script + script)}
        found.add(_segregated(prefix, short))
    return frozenset(found)


def _checked(data: bytes) -> str:
    """Base58Check: the first four bytes of the double SHA-256 follow the data."""
    return base58_encode(data + hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4])


def _segregated(prefix: str, program: bytes) -> str:
    """Bech32 of a witness program of version 0 (BIP 173)."""
    number = int.from_bytes(program, "big")
    values = [0, *(number >> shift & 31 for shift in range(len(program) * 8 - 5, -1, -5))]
    spread = [*(ord(sign) >> 5 for sign in prefix), 0, *(ord(sign) & 31 for sign in prefix)]
    remainder = _remainder([*spread, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    check = [remainder >> shift & 31 for shift in (25, 20, 15, 10, 5, 0)]
    return prefix + "1" + "".join(_BECH32[value] for value in [*values, *check])


def _remainder(values: list[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check

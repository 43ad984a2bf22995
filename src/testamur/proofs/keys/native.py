"""Ed25519 of many texts by libsodium, through PyNaCl's own door. Compiled, `ed25519_kernel.pxd` does the same without an object and a
copy around each (`linked_data.shapes.native` is the like for hashing)."""

from __future__ import annotations

from nacl import bindings
from nacl.exceptions import CryptoError

SIGNATURE_BYTES = 64


def signatures(secret: bytes, texts: list[bytes]) -> list[bytes]:
    """The signature over each text. `secret` is the seed and, behind it, the public key."""
    return [signature_of(secret, text) for text in texts]


def signature_of(secret: bytes, text: bytes) -> bytes:
    """The signature over one text."""
    return bindings.crypto_sign(text, secret)[:SIGNATURE_BYTES]


def accepted(public: bytes, signed: list[bytes], texts: list[bytes]) -> list[bool]:
    """Of each signature and the text to which it belongs: does libsodium take it?"""
    return [
        len(signature) == SIGNATURE_BYTES and accepted_one(public, signature, text)
        for signature, text in zip(signed, texts, strict=True)
    ]


def accepted_one(public: bytes, signature: bytes, text: bytes) -> bool:
    """Does libsodium take a signature of 64 bytes?"""
    try:
        bindings.crypto_sign_open(signature + text, public)
    except CryptoError:
        return False
    return True


def found_libsodium(sign: int, opened: int) -> bool:  # noqa: ARG001 - as the compiled form
    """Takes the addresses of `crypto_sign` and `crypto_sign_open`. Never in Python, which has PyNaCl's door."""
    return False

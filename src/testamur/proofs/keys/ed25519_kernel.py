"""Ed25519 by libsodium for many texts at once: what `fast_ed25519` offers to others. As a kernel it has a compiled form, which calls the
libsodium that PyNaCl has loaded, and lets other threads run meanwhile.

Imported only where PyNaCl is installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from testamur.proofs.keys.native import accepted, accepted_one, found_libsodium, signature_of, signatures

COMPILED: bool = False  # the other form says otherwise

_FUNCTION = "int(*)(unsigned char *, unsigned long long *, unsigned char *, unsigned long long, unsigned char *)"


def sign_many(secret: bytes, texts: list[bytes]) -> list[bytes]:
    """The signature over each of `texts`. `secret` is the seed and, behind it, the public key: 64 bytes."""
    if len(secret) != 64:
        raise ValueError("64 bytes")
    return signatures(secret, texts)


def sign(secret: bytes, text: bytes) -> bytes:
    """`sign_many` of one."""
    if len(secret) != 64:
        raise ValueError("64 bytes")
    return signature_of(secret, text)


def certainly_true_many(public: bytes, signed: list[bytes], texts: list[bytes]) -> list[bool]:
    """For each signature and its text, True when libsodium takes it; False says nothing. `public` has 32 bytes."""
    if len(public) != 32 or len(signed) != len(texts):
        raise ValueError("32 bytes, and a text for each signature")
    return accepted(public, signed, texts)


def certainly_true(public: bytes, signature: bytes, text: bytes) -> bool:
    """`certainly_true_many` of one."""
    if len(public) != 32:
        raise ValueError("32 bytes")
    return len(signature) == 64 and accepted_one(public, signature, text)


def address(name: str) -> int:
    """Where a function of PyNaCl's libsodium is, if it has the form that is foreseen; else 0."""
    try:
        library = import_module("nacl._sodium")
        ffi = library.ffi
        function: Any = ffi.addressof(library.lib, name)
        return int(ffi.cast("uintptr_t", function)) if ffi.typeof(function) is ffi.typeof(_FUNCTION) else 0
    except (ImportError, AttributeError, TypeError):
        return 0


USABLE: bool = not COMPILED or found_libsodium(address("crypto_sign"), address("crypto_sign_open"))
"""Was everything found that this form needs?"""

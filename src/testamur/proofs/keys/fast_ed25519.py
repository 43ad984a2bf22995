"""Ed25519 by libsodium where PyNaCl is installed (`testamur[fast]`): the same signatures and verdicts as by OpenSSL, in half the time.

Signatures are the same because RFC 8032 leaves no choice. Verdicts need care: libsodium refuses a few signatures that OpenSSL takes (a
commitment of small order), which only the owner of a key can make. What it takes, OpenSSL takes; so its *yes* counts, and its *no* is only
a reason to ask OpenSSL. What is installed must not decide whether a credential is valid.
"""

from __future__ import annotations

try:
    from nacl import bindings
    from nacl.exceptions import CryptoError
except ImportError:
    AVAILABLE = False
else:
    AVAILABLE = True

SIGNATURE_BYTES = 64
BINDING = "libsodium" if AVAILABLE else "OpenSSL"


def sign(seed: bytes, public: bytes, data: bytes) -> bytes:
    """The signature over `data`. Only where `AVAILABLE`."""
    return bindings.crypto_sign(data, seed + public)[:SIGNATURE_BYTES]


def certainly_true(public: bytes, signature: bytes, data: bytes) -> bool:
    """True when libsodium takes the signature; False says nothing. Only where `AVAILABLE`."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        bindings.crypto_sign_open(signature + data, public)
    except CryptoError:
        return False
    return True

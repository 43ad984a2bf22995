"""Ed25519 by libsodium where PyNaCl is installed (`testamur[fast]`): the same signatures and verdicts as by OpenSSL, in half the time.

Signatures are the same because RFC 8032 leaves no choice. Verdicts need care: libsodium refuses a few signatures that OpenSSL takes (a
commitment of small order), which only the owner of a key can make. What it takes, OpenSSL takes; so its *yes* counts, and its *no* is only
a reason to ask OpenSSL. What is installed must not decide whether a credential is valid.
"""

from __future__ import annotations

from typing import Any

from testamur.accelerated import quickest

KERNEL: Any = None
try:
    from testamur.proofs.keys import ed25519_kernel
except ImportError:
    AVAILABLE = False
else:
    AVAILABLE = True
    KERNEL = quickest(ed25519_kernel)
    if not KERNEL.USABLE:
        KERNEL = ed25519_kernel

SIGNATURE_BYTES = 64
BINDING = "libsodium" if AVAILABLE else "OpenSSL"


def sign(seed: bytes, public: bytes, data: bytes) -> bytes:
    """The signature over `data`. Only where `AVAILABLE`."""
    if type(data) is not bytes:
        return sign_many(seed, public, [data])[0]
    signature: bytes = KERNEL.sign(seed + public, data)
    return signature


def sign_many(seed: bytes, public: bytes, texts: list[bytes]) -> list[bytes]:
    """The signature over each of `texts`. Only where `AVAILABLE`."""
    signatures: list[bytes] = KERNEL.sign_many(seed + public, texts)
    return signatures


def certainly_true(public: bytes, signature: bytes, data: bytes) -> bool:
    """True when libsodium takes the signature; False says nothing. Only where `AVAILABLE`."""
    if type(signature) is not bytes or type(data) is not bytes:
        return certainly_true_many(public, [signature], [data])[0]
    verdict: bool = KERNEL.certainly_true(public, signature, data)
    return verdict


def certainly_true_many(public: bytes, signatures: list[bytes], texts: list[bytes]) -> list[bool]:
    """The same for each signature and the text to which it belongs. Only where `AVAILABLE`."""
    verdicts: list[bool] = KERNEL.certainly_true_many(public, signatures, texts)
    return verdicts

"""P-256 (ES256) by the libcrypto that `hashlib` has loaded, where the kernels are compiled: the same verdicts as by `cryptography`.

As in `fast_ed25519`, a *yes* counts, and a *no* is only a reason to ask again: what is installed must not decide whether a credential is
valid.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from testamur.accelerated import quickest
from testamur.proofs.keys import p256_kernel

KERNEL: Any = quickest(p256_kernel)
AVAILABLE: bool = KERNEL.USABLE


_held = lru_cache(maxsize=256)(KERNEL.held)  # one key makes many signatures


def certainly_true(public: bytes, signature: bytes, data: bytes) -> bool:
    """True when libcrypto takes the signature (r‖s); False says nothing. `public` is the compressed point. Only where `AVAILABLE`."""
    if type(signature) is not bytes or type(data) is not bytes:
        return certainly_true_many(public, [signature], [data])[0]
    verdict: bool = KERNEL.certainly_true(_held(public), signature, data)
    return verdict


def certainly_true_many(public: bytes, signatures: list[bytes], texts: list[bytes]) -> list[bool]:
    """The same for each signature and the text to which it belongs. Only where `AVAILABLE`."""
    verdicts: list[bool] = KERNEL.certainly_true_many(_held(public), signatures, texts)
    return verdicts

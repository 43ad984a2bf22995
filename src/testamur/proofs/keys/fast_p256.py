"""P-256 (ES256) by the libcrypto that `hashlib` has loaded, where the kernels are compiled: the same verdicts as by `cryptography`.

As in `fast_ed25519`, a *yes* counts, and a *no* is only a reason to ask again: what is installed must not decide whether a credential is
valid.
"""

from __future__ import annotations

from typing import Any

from testamur.accelerated import quickest
from testamur.proofs.keys import p256_kernel

KERNEL: Any = quickest(p256_kernel)
AVAILABLE: bool = KERNEL.USABLE


def certainly_true_many(public: bytes, signatures: list[bytes], texts: list[bytes]) -> list[bool]:
    """True for each signature (r‖s) that libcrypto takes for its text; False says nothing. `public` is the compressed point. Only where
    `AVAILABLE`."""
    verdicts: list[bool] = KERNEL.certainly_true_many(public, signatures, texts)
    return verdicts

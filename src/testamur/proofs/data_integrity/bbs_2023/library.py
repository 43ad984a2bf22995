"""The door to `proofs.bbs`, whose pairing library is an extra of the installation."""

from __future__ import annotations

from types import ModuleType

from testamur.errors import ProofError


def bbs() -> ModuleType:
    """The module `testamur.proofs.bbs`. Raises `ProofError` (`bbs.not_installed`) where its library is not there."""
    try:
        from testamur.proofs import bbs as module
    except ImportError:
        raise ProofError("bbs-2023 needs testamur[bbs] to be installed.", code="bbs.not_installed") from None
    return module

"""What the kernel of P-256 leaves to C where it is compiled: `p256_kernel.pxd` is that form. In Python it is nothing, and needs nothing: a
verifier without any native package has this module too."""

from __future__ import annotations

from typing import Any


def held_p256(info: bytes) -> Any:  # noqa: ARG001 - as the compiled form
    """The key that `info`, its SubjectPublicKeyInfo, describes, to be asked. In Python nothing is."""
    return None


def accepted_one_p256(key: Any, signature: bytes, text: bytes) -> bool:  # noqa: ARG001 - as the compiled form
    """Does libcrypto take a signature of 64 bytes? In Python it is not asked."""
    return False


def accepted_p256(key: Any, signed: list[bytes], texts: list[bytes]) -> list[bool]:  # noqa: ARG001 - as the compiled form
    """The same of each signature and the text to which it belongs."""
    return [False] * len(texts)


def found_p256(path: bytes) -> bool:  # noqa: ARG001 - as the compiled form
    """Finds what is needed in the libcrypto with which the library at `path` is linked. Never in Python."""
    return False

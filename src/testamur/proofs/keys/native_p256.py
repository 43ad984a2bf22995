"""What the kernel of P-256 leaves to C where it is compiled: `p256_kernel.pxd` is that form. In Python it is nothing, and needs nothing: a
verifier without any native package has this module too."""

from __future__ import annotations


def accepted_p256(info: bytes, signed: list[bytes], texts: list[bytes]) -> list[bool]:  # noqa: ARG001 - as the compiled form
    """Of each signature of P-256 and the text to which it belongs: does libcrypto take it? In Python it is not asked."""
    return [False] * len(texts)


def found_p256(path: bytes) -> bool:  # noqa: ARG001 - as the compiled form
    """Finds what is needed in the libcrypto with which the library at `path` is linked. Never in Python."""
    return False

"""The passphrases of update keys: made here, written down by people. Pure."""

from __future__ import annotations

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
"""32 signs, five bits each; none of I, L, O and U, which are misread or make words."""

GROUPS, GROUP = 6, 4

_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def grouped(signs: str) -> str:
    """`ABCD-EFGH-…`, as it is shown and written down."""
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))


def read(written: str) -> str:
    """What was written down, as it was meant: case, spaces, hyphens and the four misread signs do not matter."""
    kept = "".join(sign for sign in written.upper() if sign.isalnum())
    return kept.translate(_MISREAD)

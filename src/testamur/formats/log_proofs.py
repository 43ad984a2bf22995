"""Proofs from a transparency log beside a credential: the same in every container, and never in the way of the credential.

A proof (C2SP tlog-proof) is a text that anybody can put beside a credential, since no signature covers it. So what cannot be
read as one is still handed on, as it stands and cut off at the limit: it is the report that says what is wrong with it, and
a damaged proof never keeps anybody from reading the credential. Nothing of it is verified here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from testamur.errors import Malformed, TooLarge

MAX_LOG_PROOF: Final = 256 * 1024
"""Bytes of a proof; of a longer one so many and one more are handed on, which its reader refuses as too large."""
MAX_LOG_PROOFS: Final = 4
"""Proofs of one document: the logs of a few years, or of a few places. Of more only the first ones are looked at."""
NAME: Final = "tlog-proof"
FILE_NAME: Final = "credential.tlog-proof"
_HEADER: Final = b"c2sp.org/tlog-proof@"


def proof_text(proof: bytes) -> str:
    """The text that is to be put beside a credential. Raises `Malformed` (`log_proof.not_text`) for what is no text that every
    container can carry, and `TooLarge` (`log_proof.too_large`)."""
    if len(proof) > MAX_LOG_PROOF:
        raise TooLarge(
            f"A proof from a log has at most {MAX_LOG_PROOF} bytes",
            code="log_proof.too_large",
            facts={"limit": MAX_LOG_PROOF},
        )
    try:
        text = proof.decode()
    except UnicodeDecodeError:
        text = ""
    if not text.startswith(_HEADER.decode()) or any(character < " " and character != "\n" for character in text):
        raise Malformed("That is no proof from a log", code="log_proof.not_text")
    return text


def bounded(proofs: Iterable[bytes]) -> tuple[bytes, ...]:
    """The first few of `proofs`, each once and cut off at the limit."""
    kept: dict[bytes, None] = {}
    for proof in proofs:
        if len(kept) == MAX_LOG_PROOFS:
            break
        kept[proof[: MAX_LOG_PROOF + 1]] = None
    return tuple(kept)


def is_log_proof(content: bytes, name: str = "") -> bool:
    """Whether a file means to be a proof: by its first line, or, damaged as it may be, by its name."""
    return content.startswith(_HEADER) or name.casefold().endswith("." + NAME)

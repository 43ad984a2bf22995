"""Credentials inside images: a picture that carries its own credential.

Open Badges 3.0, "File formats": PNG carries it in an iTXt chunk, SVG in an element. What goes in comes out byte for byte. Images
of OB 2.0 and of CLR 2.0 are read too; only OB 3.0 is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from testamur import strict_json
from testamur.errors import Malformed, TooLarge

MAX_CREDENTIAL: Final = strict_json.MAX_BYTES
"""Bytes of a credential in an image: what the JSON reader reads as well."""

Standard = Literal["open_badges_3", "clr_2", "open_badges_2"]


@dataclass(frozen=True, slots=True)
class Baked:
    """What was found in an image: which standard's keyword or element carried it, and its bytes (JSON, a compact JWS, or in OB 2.0
    the address of a hosted assertion)."""

    standard: Standard
    credential: bytes


def credential_text(credential: bytes) -> str:
    """The text that is to be baked. Raises `Malformed` (`baked.not_text`) for what is empty or not UTF-8, or `TooLarge`."""
    if len(credential) > MAX_CREDENTIAL:
        raise credential_too_large()
    try:
        text = credential.decode()
    except UnicodeDecodeError:
        raise Malformed("Only a credential in UTF-8 can be baked", code="baked.not_text") from None
    if not text.strip():
        raise Malformed("There is no credential to bake", code="baked.not_text")
    return text


def credential_too_large() -> TooLarge:
    return TooLarge(
        f"The credential in this image has more than {MAX_CREDENTIAL} bytes",
        code="baked.too_large",
        facts={"limit": MAX_CREDENTIAL},
    )

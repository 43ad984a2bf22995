"""Credentials inside images: a picture that carries its own credential.

Open Badges 3.0, "File formats": PNG carries it in an iTXt chunk, SVG in an element. What goes in comes out byte for byte. Images
of OB 2.0 and of CLR 2.0 are read too; only OB 3.0 is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from testamur import strict_json

MAX_CREDENTIAL: Final = strict_json.MAX_BYTES
"""Bytes of a credential in an image: what the JSON reader reads as well."""

Standard = Literal["open_badges_3", "clr_2", "open_badges_2"]


@dataclass(frozen=True, slots=True)
class Baked:
    """What was found in an image: which standard's keyword or element carried it, and its bytes (JSON, a compact JWS, or in OB 2.0
    the address of a hosted assertion)."""

    standard: Standard
    credential: bytes

"""Telling formats apart: which standard a JSON document follows, and what a file is that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from testamur.formats import blockcerts, elm

Format = Literal[
    "open_badges_3", "vc_2", "vc_1_1", "presentation", "open_badges_2", "blockcerts", "european", "sd_jwt_vc", "unknown"
]

_VC_2: Final = "https://www.w3.org/ns/credentials/v2"
_VC_1: Final = "https://www.w3.org/2018/credentials/v1"
_OB_3: Final = "https://purl.imsglobal.org/spec/ob/v3p0/"
_OB_2_WORDS: Final = "https://w3id.org/openbadges#"
_OB_2: Final = (
    "https://w3id.org/openbadges/v1",
    "https://w3id.org/openbadges/v2",
    "https://openbadgespec.org/v1",
    "https://openbadgespec.org/v2",
)


def format_of(document: Mapping[str, Any]) -> Format:
    """Which standard a document says it follows, by its types and contexts. It may still break every rule of that standard."""
    contexts = [entry for entry in _entries(document.get("@context")) if isinstance(entry, str)]
    types = {entry for entry in _entries(document.get("type", document.get("@type"))) if isinstance(entry, str)}
    if elm.is_european(document):
        return "european"
    if "VerifiablePresentation" in types:
        return "presentation"
    if blockcerts.version_of(document) is not None and not _has_other_proofs(document):
        return "blockcerts"
    if types & {"OpenBadgeCredential", "AchievementCredential"}:
        return "open_badges_3"
    if (
        "VerifiableCredential" in types
        and any(entry.startswith(_OB_3) for entry in contexts)
        and "EndorsementCredential" in types
    ):
        return "open_badges_3"
    if _VC_2 in contexts:
        return "vc_2"
    if _VC_1 in contexts:
        return "vc_1_1"
    if any(entry.rstrip("/").startswith(_OB_2) for entry in contexts):
        return "open_badges_2"
    if any(isinstance(entry, dict) and entry.get("obi") == _OB_2_WORDS for entry in _entries(document.get("@context"))):
        return "open_badges_2"  # with the context written out
    if "badge" in document and (
        {"verify", "verification", "recipient"} & document.keys()
    ):  # OB 0.5 and 1.0 had no context
        return "open_badges_2"
    return "unknown"


def _has_other_proofs(document: Mapping[str, Any]) -> bool:
    """Whether a credential has a proof beside its Merkle proof: then it is judged by that one, like every other credential."""
    return len(_entries(document.get("proof"))) > 1


def _entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class Unreadable(NamedTuple):
    """What a file is that is not read: a stable name, words for a sentence, and what the reader may do instead."""

    name: str
    words: str
    advice: str


_IMAGE_ADVICE: Final = "ask for the PNG or SVG image, or for the JSON file"
_PAGE_ADVICE: Final = "give the address of the page instead, or download the credential there"
_OTHER_ADVICE: Final = "give the JSON file, the PNG or SVG image, or the address of the credential"

_MAGIC: Final[tuple[tuple[bytes, Unreadable], ...]] = (
    (b"\xff\xd8\xff", Unreadable("jpeg", "a JPEG image", _IMAGE_ADVICE)),
    (b"GIF8", Unreadable("gif", "a GIF image", _IMAGE_ADVICE)),
    (b"RIFF", Unreadable("webp", "a WebP image", _IMAGE_ADVICE)),
    (b"PK\x03\x04", Unreadable("zip", "a ZIP archive or an office document", _OTHER_ADVICE)),
    (b"\x1f\x8b", Unreadable("gzip", "a compressed file", _OTHER_ADVICE)),
)


def unreadable_kind(content: bytes, filename: str | None = None) -> Unreadable:
    """What `content` is, for the words of a refusal: by its first bytes, and by its name only where they say nothing."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[:12][4:] in (b"ftypheic", b"ftypavif", b"ftypmif1"):
        return Unreadable("heif", "a photo in HEIF or AVIF format", _IMAGE_ADVICE)
    start = content[:500].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return Unreadable("html", "a web page", _PAGE_ADVICE)
    if start.startswith(b"<"):
        return Unreadable("xml", "an XML document", _OTHER_ADVICE)
    if b"~" in content and content.count(b".") >= 2 and content[:2] == b"ey":
        return Unreadable("sd_jwt", "a credential in SD-JWT form", _OTHER_ADVICE)
    extension = (filename or "").rpartition(".")[2].lower()
    if extension in ("png", "svg", "json", "jwt", "jws"):
        return Unreadable("unknown", f"no {extension.upper()} file, although it is named like one", _OTHER_ADVICE)
    return Unreadable("unknown", "a file of an unknown kind", _OTHER_ADVICE)

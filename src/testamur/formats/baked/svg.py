"""Baking into SVG: the credential is the first child of the root, the drawing stays as it was written.

JSON stands as text in CDATA, a compact JWS in the attribute `verify`. XML cannot carry every text: `]]>` would end a CDATA section, and a
carriage return would be read as a line feed (XML 1.0 §2.11), so both are written in a way that gives them back; control characters have
no XML form and are refused. Source: Open Badges 3.0, "File formats"; OB 2.0 Baking specification for the older namespace.
"""

from __future__ import annotations

import re
from typing import Final

from testamur.errors import Malformed, TooLarge
from testamur.formats.baked import MAX_CREDENTIAL, Baked, Standard
from testamur.formats.baked.svg_sanitise import sanitise
from testamur.formats.baked.svg_scan import OPEN_BADGES_NAMESPACE, Carrier, scan

__all__ = ["bake", "extract", "find", "sanitise"]

_PREFIX: Final = "openbadges"
_JWS: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ORDER: Final[tuple[Standard, ...]] = ("open_badges_3", "clr_2", "open_badges_2")


def bake(svg: bytes, credential: bytes) -> bytes:
    """The SVG with `credential` (JSON or a compact JWS, UTF-8) in it; whatever was baked into it before is replaced.

    1. Scan the drawing: its root, the carriers in it.
    2. Cut the carriers out.
    3. Declare the namespace on the root and insert the new carrier as its first child.

    Raises `Malformed` (`svg.…`, `baked.not_text`) or `TooLarge`. The drawing is not made harmless by this: see `sanitise`.
    """
    text = _credential_text(credential)
    found = scan(svg)
    start, end = found.root_start, found.tag_end
    body = bytearray(svg[end:])
    for carrier in sorted(_outermost(found.carriers), key=lambda one: one.start, reverse=True):
        del body[carrier.start - end : carrier.end - end]
    tag = svg[start:end].decode()
    declared = found.prefixes.get(_PREFIX)
    name_end = re.match(r"<[^\s/>]+", tag)
    if declared is None and name_end is not None:
        tag = f'{name_end[0]} xmlns:{_PREFIX}="{OPEN_BADGES_NAMESPACE}"{tag[name_end.end() :]}'
    element = _element(text, declare=declared not in (None, OPEN_BADGES_NAMESPACE))
    if tag.endswith("/>"):
        return (
            svg[:start]
            + f"{tag[:-2].rstrip()}>{element}</{name_end[0][1:] if name_end else 'svg'}>".encode()
            + bytes(body)
        )
    return svg[:start] + f"{tag}{element}".encode() + bytes(body)


def extract(svg: bytes) -> bytes:
    """The credential baked into the SVG, byte for byte. Raises as `find`, and `Malformed` (`svg.no_credential`) where there is none."""
    found = find(svg)
    if found is None:
        raise Malformed("There is no credential in this SVG image", code="svg.no_credential")
    return found.credential


def find(svg: bytes) -> Baked | None:
    """What is baked into the SVG, OB 3.0 before CLR 2.0 before OB 2.0; None where nothing is.

    Raises `Malformed` for what is no sound SVG, for two carriers of one standard (`svg.duplicate_credential`) and for a carrier with both a
    token and a text (`svg.ambiguous_credential`); `TooLarge` where a limit is passed.
    """
    found: dict[Standard, Baked] = {}
    for carrier in scan(svg).carriers:
        if carrier.standard in found:
            raise Malformed(
                "This image carries two credentials; only one of them could be meant", code="svg.duplicate_credential"
            )
        credential = _carried(carrier).encode()
        if len(credential) > MAX_CREDENTIAL:
            raise _too_large()
        found[carrier.standard] = Baked(carrier.standard, credential)
    return next((found[standard] for standard in _ORDER if standard in found), None)


def _carried(carrier: Carrier) -> str:
    token, text = (carrier.verify or "").strip(), "".join(carrier.pieces)
    has_text = bool(text.strip())
    if (
        token and has_text and carrier.standard != "open_badges_2"
    ):  # in OB 2.0 `verify` is the address of what the text says
        raise Malformed(
            "This image carries a token and a text; only one of them could be meant", code="svg.ambiguous_credential"
        )
    if not token and not has_text:
        raise Malformed("The credential in this SVG image is empty", code="svg.no_credential")
    return text if has_text else token


def _outermost(carriers: list[Carrier]) -> list[Carrier]:
    return [one for one in carriers if not any(other.start < one.start and one.end <= other.end for other in carriers)]


def _element(text: str, *, declare: bool) -> str:
    namespace = f' xmlns:{_PREFIX}="{OPEN_BADGES_NAMESPACE}"' if declare else ""
    if _JWS.fullmatch(text):
        return f'<{_PREFIX}:credential{namespace} verify="{text}"/>'
    inside = text.replace("]]>", "]]]]><![CDATA[>").replace("\r", "]]>&#13;<![CDATA[")
    return f"<{_PREFIX}:credential{namespace}><![CDATA[{inside}]]></{_PREFIX}:credential>"


def _credential_text(credential: bytes) -> str:
    if len(credential) > MAX_CREDENTIAL:
        raise _too_large()
    try:
        text = credential.decode()
    except UnicodeDecodeError:
        raise Malformed("Only a credential in UTF-8 can be baked", code="baked.not_text") from None
    if not text.strip() or _NOT_XML.search(text):
        raise Malformed("This credential has characters that an SVG image cannot carry", code="baked.not_text")
    return text


def _too_large() -> TooLarge:
    return TooLarge(
        f"The credential in this image has more than {MAX_CREDENTIAL} bytes",
        code="baked.too_large",
        facts={"limit": MAX_CREDENTIAL},
    )

"""Baking into SVG: the credential is the first child of the root, the drawing stays as it was written.

JSON stands as text in CDATA, a compact JWS in the attribute `verify`. XML cannot carry every text: `]]>` would end a CDATA section, and a
carriage return would be read as a line feed (XML 1.0 §2.11), so both are written in a way that gives them back; control characters have
no XML form and are refused. A proof from a transparency log stands in an element of our own namespace behind the credential's one. Source:
Open Badges 3.0, "File formats"; OB 2.0 Baking specification for the older namespace.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from testamur.errors import Malformed
from testamur.formats import log_proofs
from testamur.formats.baked import MAX_CREDENTIAL, Baked, Standard, credential_text, credential_too_large
from testamur.formats.baked.svg_sanitise import sanitise
from testamur.formats.baked.svg_scan import (
    LOG_PROOF_ELEMENT,
    LOG_PROOF_NAMESPACE,
    OPEN_BADGES_NAMESPACE,
    Carrier,
    ProofElement,
    scan,
)

__all__ = ["add_log_proof", "bake", "extract", "find", "find_log_proofs", "sanitise"]

_PREFIX: Final = "openbadges"
_JWS: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ORDER: Final[tuple[Standard, ...]] = ("open_badges_3", "clr_2", "open_badges_2")


def bake(svg: bytes, credential: bytes) -> bytes:
    """The SVG with `credential` (JSON or a compact JWS, UTF-8) in it; whatever was baked into it before is replaced, a proof
    from a log too.

    1. Scan the drawing: its root, the carriers in it.
    2. Cut the carriers out.
    3. Declare the namespace on the root and insert the new carrier as its first child.

    Raises `Malformed` (`svg.…`, `baked.not_text`) or `TooLarge`. The drawing is not made harmless by this: see `sanitise`.
    """
    text = credential_text(credential)
    if _NOT_XML.search(text):
        raise Malformed("This credential has characters that an SVG image cannot carry", code="baked.not_text")
    found = scan(svg)
    tag = svg[found.root_start : found.tag_end].decode()
    name = re.split(r"[\s/>]", tag[1:], maxsplit=1)[0]
    declared = found.prefixes.get(_PREFIX)
    if declared is None:
        tag = f'<{name} xmlns:{_PREFIX}="{OPEN_BADGES_NAMESPACE}"{tag[1 + len(name) :]}'
    element = _element(text, declare=declared not in (None, OPEN_BADGES_NAMESPACE))
    root = f"{tag[:-2].rstrip()}>{element}</{name}>" if tag.endswith("/>") else f"{tag}{element}"
    rest = _without(svg, [*found.carriers, *found.proofs], found.tag_end)
    return svg[: found.root_start] + root.encode() + rest


def add_log_proof(svg: bytes, proof: bytes) -> bytes:
    """The SVG, which carries a credential, with a proof from a log (C2SP tlog-proof) in an element behind the credential's
    one; an earlier proof is replaced, and the credential stays byte for byte.

    Raises as `find` and `log_proofs.proof_text`, and `Malformed` (`svg.no_credential`) where there is nothing to prove.
    """
    text = log_proofs.proof_text(proof)
    svg = _without(svg, scan(svg).proofs)
    extract(svg)
    end = max(carrier.end for carrier in scan(svg).carriers)
    element = f'<{LOG_PROOF_ELEMENT} xmlns="{LOG_PROOF_NAMESPACE}"><![CDATA[{_in_cdata(text)}]]></{LOG_PROOF_ELEMENT}>'
    return svg[:end] + element.encode() + svg[end:]


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
            raise credential_too_large()
        found[carrier.standard] = Baked(carrier.standard, credential)
    return next((found[standard] for standard in _ORDER if standard in found), None)


def find_log_proofs(svg: bytes) -> tuple[bytes, ...]:
    """The proofs from a log that stand in the SVG, as they are (`log_proofs.bounded`). Raises as `find` for what is no sound SVG."""
    return log_proofs.bounded("".join(carrier.pieces).encode() for carrier in scan(svg).proofs)


def _without(svg: bytes, elements: Sequence[Carrier | ProofElement], position: int = 0) -> bytes:
    """What of `svg` stands behind `position`, without these elements; one inside another goes with it."""
    parts = []
    for element in sorted(elements, key=lambda each: each.start):
        if element.start >= position:
            parts.append(svg[position : element.start])
        position = max(position, element.end)
    return b"".join((*parts, svg[position:]))


def _carried(carrier: Carrier) -> str:
    token, text = (carrier.verify or "").strip(), "".join(carrier.pieces)
    has_text = bool(text.strip())
    # In OB 2.0 both may stand together: `verify` is then the address of what the text says.
    if token and has_text and carrier.standard != "open_badges_2":
        raise Malformed(
            "This image carries a token and a text; only one of them could be meant", code="svg.ambiguous_credential"
        )
    if not token and not has_text:
        raise Malformed("The credential in this SVG image is empty", code="svg.no_credential")
    return text if has_text else token


def _element(text: str, *, declare: bool) -> str:
    namespace = f' xmlns:{_PREFIX}="{OPEN_BADGES_NAMESPACE}"' if declare else ""
    if _JWS.fullmatch(text):
        return f'<{_PREFIX}:credential{namespace} verify="{text}"/>'
    return f"<{_PREFIX}:credential{namespace}><![CDATA[{_in_cdata(text)}]]></{_PREFIX}:credential>"


def _in_cdata(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>").replace("\r", "]]>&#13;<![CDATA[")

"""Making somebody's SVG harmless: a new drawing is built of what is on the allow-list, the rest is left out.

An SVG is a program: it can hold scripts, event handlers, HTML, style sheets, animations and references that fetch. A list of what is
forbidden is never complete; this is the list of what a badge needs: shapes, text, gradients, clips and masks. References reach only into
the drawing itself, and not from inside a clip or mask, because nested references multiply the work of drawing without bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from testamur.errors import Malformed, TooLarge
from testamur.formats.baked.svg_scan import SVG_NAMESPACE, scan

_ELEMENTS: Final = frozenset(
    [
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
    ]
)
_ATTRIBUTES: Final = frozenset(
    [
        "id",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "fr",
        "d",
        "points",
        "width",
        "height",
        "viewBox",
        "preserveAspectRatio",
        "version",
        "transform",
        "gradientTransform",
        "gradientUnits",
        "spreadMethod",
        "offset",
        "clipPathUnits",
        "maskUnits",
        "maskContentUnits",
        "dx",
        "dy",
        "rotate",
        "textLength",
        "lengthAdjust",
        "pathLength",
        "role",
        "aria-label",
        "aria-hidden",
    ]
)
_PROPERTIES: Final = frozenset(
    [
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-dasharray",
        "stroke-dashoffset",
        "opacity",
        "color",
        "stop-color",
        "stop-opacity",
        "clip-path",
        "clip-rule",
        "mask",
        "mask-type",
        "display",
        "visibility",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "font-variant",
        "letter-spacing",
        "word-spacing",
        "text-anchor",
        "dominant-baseline",
        "alignment-baseline",
        "baseline-shift",
        "text-decoration",
        "writing-mode",
        "direction",
        "unicode-bidi",
        "shape-rendering",
        "text-rendering",
        "paint-order",
        "vector-effect",
    ]
)
_TEXT: Final = frozenset(("title", "desc", "text", "tspan"))
_REFERENCES: Final = frozenset(("clip-path", "mask"))
_SHARED: Final = frozenset(("clipPath", "mask"))
_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")
_LOCAL: Final = re.compile(
    r"url\(\s*(?:#[A-Za-z_][A-Za-z0-9_.-]{0,127}|'#[A-Za-z_][A-Za-z0-9_.-]{0,127}'|\"#[A-Za-z_][A-Za-z0-9_.-]{0,127}\")\s*\)"
)
MAX_DRAWING: Final = 1024 * 1024  # bytes: a drawing is built in memory, many times its size
_MAX_DEPTH: Final = 64
_MAX_VALUE: Final = 200_000


def sanitise(svg: bytes) -> bytes:
    """A harmless drawing with the looks of `svg`, in UTF-8 with an XML declaration. What was baked into it is left out as well.

    Raises `Malformed` (`svg.…`) or `TooLarge` as `svg_scan.scan` does. The result is a fixed point: sanitising it changes nothing.
    """
    if len(svg) > MAX_DRAWING:
        raise TooLarge(
            f"This SVG image has more than {MAX_DRAWING >> 20} MiB", code="svg.too_large", facts={"limit": MAX_DRAWING}
        )
    scan(svg)
    try:
        root = fromstring(svg, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException):
        raise Malformed("This SVG image is not well-formed XML", code="svg.not_xml") from None
    # Plain names and the namespace as an attribute: prefixes are registered for the whole process, where anybody may change them.
    clean = Element("svg", {"xmlns": SVG_NAMESPACE})
    _copy(root, clean, depth=1, shared=False)
    written: bytes = tostring(clean, encoding="utf-8", xml_declaration=True)
    return written


def _copy(source: Element, target: Element, *, depth: int, shared: bool) -> None:
    if depth > _MAX_DEPTH:
        raise TooLarge("This SVG image has too deeply nested elements", code="svg.too_complex")
    name = _local(source.tag)
    shared = shared or name in _SHARED
    for attribute, value in source.attrib.items():
        if (kept := _attribute(name, attribute, value, shared=shared)) is not None:
            target.set(*kept)
    place: Element | None = None  # behind which element words belong; None is the beginning of the target
    words = [source.text or ""]
    for child in source:
        if (kept_name := _local(child.tag)) in _ELEMENTS:
            if name in _TEXT:
                _write(target, place, words)
            place, words = SubElement(target, kept_name), []
            _copy(child, place, depth=depth + 1, shared=shared)
        words.append(child.tail or "")  # the words after something that was left out stay
    if name in _TEXT:
        _write(target, place, words)


def _write(target: Element, place: Element | None, words: list[str]) -> None:
    text = "".join(words) or None
    if place is None:
        target.text = text
    else:
        place.tail = text


def _local(tag: object) -> str:
    """The name of an SVG element; an empty text for elements of other namespaces, comments and instructions."""
    if not isinstance(tag, str):
        return ""
    namespace, _, local = tag.rpartition("}")
    return local if namespace in ("", f"{{{SVG_NAMESPACE}") else ""


def _attribute(element: str, attribute: str, value: str, *, shared: bool) -> tuple[str, str] | None:
    """The attribute as it is kept, or None. Presentation attributes and the declarations of `style` obey the same rules."""
    if len(value) > _MAX_VALUE:
        return None
    if attribute == "id":
        return (attribute, value) if _ID.fullmatch(value) else None
    if attribute == "style":
        kept = list(_declarations(value, shared=shared))
        return (attribute, ";".join(kept)) if kept else None
    if attribute in ("href", "{http://www.w3.org/1999/xlink}href"):
        is_gradient = element in ("linearGradient", "radialGradient")
        return ("href", value) if is_gradient and value[:1] == "#" and _ID.fullmatch(value[1:]) else None
    if attribute in _PROPERTIES:
        return (attribute, value) if _property(attribute, value, shared=shared) else None
    return (attribute, value) if attribute in _ATTRIBUTES and "url(" not in value.lower() else None


def _declarations(style: str, *, shared: bool) -> Iterator[str]:
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        if value.strip() and _property(name.strip().lower(), value.strip(), shared=shared):
            yield f"{name.strip().lower()}:{value.strip()}"


def _property(name: str, value: str, *, shared: bool) -> bool:
    if name not in _PROPERTIES or (shared and name in _REFERENCES):
        return False
    rest = _LOCAL.sub("", value)
    return not re.search(r"[\\<>@{}]|url|expression|javascript|/\*|image|src|var\(|attr\(", rest, re.IGNORECASE)

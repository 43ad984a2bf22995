"""A badge from an institution's two colours, a symbol and a shape.

Drawn as an engraver would: a flat ground in the main colour, fine lines in the accent, a rosette of crossing ellipses
behind the symbol. No words inside the picture: they could be neither translated nor read by a machine, and at the size of a
thumb they are dust. The accessible name is in <title> and <desc>. The SVG uses nothing but shapes — no style, script, gradient,
reference or font — so any sanitiser lets it pass and any renderer draws the same.
"""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from django.utils.translation import pgettext_lazy

from testamur_site.foundation.design_system import rules

SHAPES = {
    "seal": pgettext_lazy("shape of a badge", "Seal"),
    "hexagon": pgettext_lazy("shape of a badge", "Hexagon"),
    "shield": pgettext_lazy("shape of a badge", "Shield"),
    "circle": pgettext_lazy("shape of a badge", "Circle"),
}

SYMBOLS = {
    "atom": pgettext_lazy("symbol of a badge", "Atom"),
    "award": pgettext_lazy("symbol of a badge", "Medal"),
    "book-open": pgettext_lazy("symbol of a badge", "Open book"),
    "calculator": pgettext_lazy("symbol of a badge", "Calculator"),
    "chart-line": pgettext_lazy("symbol of a badge", "Line chart"),
    "code": pgettext_lazy("symbol of a badge", "Code"),
    "compass": pgettext_lazy("symbol of a badge", "Compass"),
    "cpu": pgettext_lazy("symbol of a badge", "Processor"),
    "database": pgettext_lazy("symbol of a badge", "Database"),
    "feather": pgettext_lazy("symbol of a badge", "Quill"),
    "flask-conical": pgettext_lazy("symbol of a badge", "Flask"),
    "globe": pgettext_lazy("symbol of a badge", "Globe"),
    "graduation-cap": pgettext_lazy("symbol of a badge", "Graduation cap"),
    "handshake": pgettext_lazy("symbol of a badge", "Handshake"),
    "heart-pulse": pgettext_lazy("symbol of a badge", "Heart"),
    "landmark": pgettext_lazy("symbol of a badge", "Temple front"),
    "languages": pgettext_lazy("symbol of a badge", "Languages"),
    "leaf": pgettext_lazy("symbol of a badge", "Leaf"),
    "lightbulb": pgettext_lazy("symbol of a badge", "Light bulb"),
    "microscope": pgettext_lazy("symbol of a badge", "Microscope"),
    "mountain": pgettext_lazy("symbol of a badge", "Mountain"),
    "music": pgettext_lazy("symbol of a badge", "Music"),
    "network": pgettext_lazy("symbol of a badge", "Network"),
    "palette": pgettext_lazy("symbol of a badge", "Palette"),
    "pen-tool": pgettext_lazy("symbol of a badge", "Drawing pen"),
    "rocket": pgettext_lazy("symbol of a badge", "Rocket"),
    "scale": pgettext_lazy("symbol of a badge", "Scales"),
    "shield-check": pgettext_lazy("symbol of a badge", "Protection"),
    "sprout": pgettext_lazy("symbol of a badge", "Sprout"),
    "star": pgettext_lazy("symbol of a badge", "Star"),
    "telescope": pgettext_lazy("symbol of a badge", "Telescope"),
    "wrench": pgettext_lazy("symbol of a badge", "Wrench"),
}

_DARK = "#1d1b18"
_CENTRE = 300.0


def compose_badge_svg(
    title: str, symbol: str, primary: str, accent: str, shape: str = "seal", description: str = ""
) -> bytes:
    """The badge as SVG, 600 × 600 units, UTF-8, the same bytes for the same arguments.

    Raises ValueError when the symbol or the shape is not one of ours; unreadable colours become the product's own.
    """
    if symbol not in SYMBOLS:
        raise ValueError(f"no symbol {symbol[:40]!r}; there are {', '.join(SYMBOLS)}")
    if shape not in SHAPES:
        raise ValueError(f"no shape {shape[:40]!r}; there are {', '.join(SHAPES)}")
    ground, line, ink = _colours(primary, accent)
    deep = rules.mix(ground, "#000000" if ink == "#ffffff" else "#ffffff", 0.86)
    # The shield narrows towards its foot: what stands in its middle is smaller and higher.
    centre_y, size = (262.0, 0.88) if shape == "shield" else (_CENTRE, 1.0)
    scale = 8.5 * size
    corner = f"{_CENTRE - 12 * scale:g} {centre_y - 12 * scale:g}"
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" width="600" height="600" role="img">',
        f"<title>{_text(title)}</title>",
        f"<desc>{_text(description)}</desc>" if description else "",
        _outline(shape, 1.0, f'fill="{ground}"'),
        _outline(shape, 0.925, f'fill="none" stroke="{line}" stroke-width="5"'),
        _outline(shape, 0.89, f'fill="none" stroke="{ink}" stroke-width="1.5" stroke-opacity="0.55"'),
        _rosette(centre_y, ink, size),
        f'<circle cx="300" cy="{centre_y:g}" r="{158 * size:g}" fill="{deep}" stroke="{line}" stroke-width="4"/>',
        f'<circle cx="300" cy="{centre_y:g}" r="{147 * size:g}" fill="none" stroke="{ink}" stroke-width="1.2" stroke-opacity="0.5"/>',
        _ornament(shape, line),
        f'<g transform="translate({corner}) scale({scale:g})" fill="none" stroke="{ink}" stroke-width="1.3"',
        f' stroke-linecap="round" stroke-linejoin="round">{_drawings()[symbol]}</g>',
        "</svg>\n",
    ]
    return "".join(parts).encode()


def _colours(primary: str, accent: str) -> tuple[str, str, str]:
    """Ground, line and ink: the symbol has at least 4.5 on its ground, the lines 3."""
    ground = primary if rules.is_colour(primary) else rules.DEFAULT_PRIMARY
    line = accent if rules.is_colour(accent) else rules.DEFAULT_ACCENT
    ground, line = rules.to_hex(rules.parse(ground)), rules.to_hex(rules.parse(line))
    # A light colour keeps its lightness and gets dark lines; a colour in between is darkened until white can be read.
    if rules.contrast(ground, _DARK) >= 7:
        return ground, rules.with_contrast(line, (ground,), rules.GRAPHIC, darker=True), _DARK
    ground = rules.with_contrast(ground, ("#ffffff",), rules.TEXT + 0.6, darker=True)
    return ground, rules.with_contrast(line, (ground,), rules.GRAPHIC, darker=False), "#ffffff"


def _text(value: str) -> str:
    """Escaped, and without the characters XML 1.0 §2.2 does not allow."""
    return escape(re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value)[:500])


@cache
def _drawings() -> dict[str, str]:
    source = (Path(__file__).parent / "symbols" / "symbols.svg").read_text(encoding="utf-8")
    return dict(re.findall(r'<symbol id="([a-z0-9-]+)" viewBox="0 0 24 24">(.*?)</symbol>', source, re.DOTALL))


def _point(angle: float, radius: float, centre_y: float = _CENTRE) -> str:
    """Degrees clockwise from the top."""
    turn = math.radians(angle)
    return f"{_CENTRE + radius * math.sin(turn):.1f} {centre_y - radius * math.cos(turn):.1f}"


def _outline(shape: str, share: float, paint: str) -> str:
    """The shape, shrunk towards its middle; corners are rounded by the join of its own stroke."""
    if shape == "circle":
        return f'<circle cx="300" cy="300" r="{288 * share:.1f}" {paint}/>'
    if shape == "seal":
        lobes, radius = 40, 276 * share
        bow = 2 * radius * math.sin(math.pi / lobes) * 0.56
        arcs = "".join(f"A{bow:.1f} {bow:.1f} 0 0 1 {_point(n * 360 / lobes, radius)}" for n in range(1, lobes + 1))
        if share < 1:  # inside the scalloped edge the lines run quietly
            return f'<circle cx="300" cy="300" r="{radius:.1f}" {paint}/>'
        return f'<path d="M{_point(0, radius)}{arcs}Z" {paint}/>'
    if shape == "hexagon":
        corners = "L".join(_point(60 * n, 274 * share) for n in range(6))
        edge = paint if 'fill="none"' in paint else f'{paint} stroke="{_colour_of(paint)}" stroke-width="28"'
        return f'<path d="M{corners}Z" stroke-linejoin="round" {edge}/>'
    path = "M300 12C370 46 452 62 540 60C548 260 520 450 300 588C80 450 52 260 60 60C148 62 230 46 300 12Z"
    shift = 296 * (1 - share)
    width = re.search(r'stroke-width="([\d.]+)"', paint)
    if width:  # the scale must not thin the line
        paint = paint.replace(width[0], f'stroke-width="{float(width[1]) / share:.2f}"')
    return f'<path transform="translate({300 * (1 - share):.1f} {shift:.1f}) scale({share})" d="{path}" {paint}/>'


def _colour_of(paint: str) -> str:
    found = re.search(r'fill="(#[0-9a-f]{6})"', paint)
    return found[1] if found else "none"


def _rosette(centre_y: float, ink: str, size: float) -> str:
    """Crossing ellipses, the guilloche of diplomas and banknotes."""
    turns = "".join(
        f'<ellipse cx="300" cy="{centre_y:g}" rx="{208 * size:g}" ry="{174 * size:g}" transform="rotate({angle:g} 300 {centre_y:g})"/>'
        for angle in range(0, 180, 10)
    )
    return f'<g fill="none" stroke="{ink}" stroke-width="1.1" stroke-opacity="0.3">{turns}</g>'


def _ornament(shape: str, line: str) -> str:
    """Beads around seal and circle, diamonds at the corners of the hexagon, three in the foot of the shield."""
    if shape in ("seal", "circle"):
        radius = 233 if shape == "seal" else 240
        beads = (_point(angle, radius).split() for angle in range(0, 360, 10))
        return f'<g fill="{line}">' + "".join(f'<circle cx="{x}" cy="{y}" r="3.4"/>' for x, y in beads) + "</g>"
    if shape == "hexagon":
        places = [(*map(float, _point(60 * n, 218).split()), 9.0) for n in range(6)]
    else:
        places = [(300.0, 490.0, 13.0), (262.0, 482.0, 8.0), (338.0, 482.0, 8.0)]
    drawn = (f"M{x:.1f} {y - r:.1f}l{r:g} {r:g}l-{r:g} {r:g}l-{r:g} -{r:g}Z" for x, y, r in places)
    return f'<path fill="{line}" d="{"".join(drawn)}"/>'

"""From two colours of an institution to a theme that can be read.

An institution gives its colours as its printer knows them. A pale yellow cannot carry text on white paper and a deep
navy vanishes on a dark screen. So the *hue* is theirs and the *lightness* is ours: each colour moves along OKLab
lightness, which the eye follows evenly, until its contrast with every ground it stands on is enough.

Contrast is the ratio of WCAG 2.2 ("contrast ratio", "relative luminance"): 4.5 for text, 3 for lines and shapes that
carry meaning. We aim a little higher, so that rounding to eight bits never falls below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TEXT = 4.5
GRAPHIC = 3.0
_MARGIN = 0.15

DEFAULT_PRIMARY = "#1d4d45"
DEFAULT_ACCENT = "#b0863a"

# The grounds of tokens.css on which a theme's colours stand: paper, surface, sunken, quiet-tint.
LIGHT_GROUNDS = ("#fbfaf7", "#ffffff", "#f3f1ec", "#edebe5")
DARK_GROUNDS = ("#161513", "#1f1d1b", "#100f0e", "#2a2825")

Rgb = tuple[int, int, int]
_HEX = re.compile(r"#?([0-9a-fA-F]{6})")


def parse(colour: str) -> Rgb:
    """Red, green and blue (0–255) of `#rrggbb` or `rrggbb`. Raises ValueError on anything else."""
    match = _HEX.fullmatch(colour)
    if match is None:
        raise ValueError(f"{colour[:20]!r} is not a colour: expected # and six hexadecimal digits, such as #1d4d45")
    return int(match[1][:2], 16), int(match[1][2:4], 16), int(match[1][4:], 16)


def to_hex(rgb: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def is_colour(colour: str | None) -> bool:
    return bool(colour) and _HEX.fullmatch(colour or "") is not None


def luminance(rgb: Rgb) -> float:
    """Relative luminance of WCAG 2.2, 0 (black) to 1 (white)."""
    red, green, blue = (_linear(channel) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2 between two hexadecimal colours, 1 to 21."""
    light, dark = sorted((luminance(parse(one)), luminance(parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """`share` (0–1) of the first colour in the second, mixed in OKLab."""
    first, second = _to_oklab(parse(one)), _to_oklab(parse(other))
    blended = tuple(a * share + b * (1 - share) for a, b in zip(first, second, strict=True))
    return to_hex(_from_oklab(blended[0], blended[1], blended[2]))


def with_contrast(colour: str, grounds: tuple[str, ...], ratio: float, *, darker: bool) -> str:
    """The colour, moved no further than needed in one direction of lightness until it stands out from all grounds.

    At the end of the way are black and white, which always do on the grounds we use.
    """
    lightness, a, b = _to_oklab(parse(colour))
    for step in range(101):
        target = lightness - step / 100 if darker else lightness + step / 100
        target = min(1.0, max(0.0, target))
        # Chroma fades towards black and white: full chroma there is outside what a screen can show.
        fade = min(1.0, target / lightness if darker and lightness else (1 - target) / max(1e-6, 1 - lightness))
        candidate = to_hex(_from_oklab(target, a * fade**0.5, b * fade**0.5))
        if all(contrast(candidate, ground) >= ratio + _MARGIN for ground in grounds):
            return candidate
    return "#000000" if darker else "#ffffff"


@dataclass(frozen=True)
class Pair:
    """One token: its value on a light page and on a dark one."""

    light: str
    dark: str

    def css(self) -> str:
        return f"light-dark({self.light}, {self.dark})"


@dataclass(frozen=True)
class Theme:
    """The eight tokens an institution changes; the names are those of tokens.css, with underscores."""

    accent: Pair
    accent_strong: Pair
    accent_fill: Pair
    accent_fill_strong: Pair
    on_accent: Pair
    accent_tint: Pair
    accent_rule: Pair
    ornament: Pair

    def css(self) -> str:
        """A style sheet that sets the tokens, in the layer in which they were declared."""
        lines = (f"--{name.replace('_', '-')}: {pair.css()};" for name, pair in vars(self).items())
        return "@layer tokens { :root { " + " ".join(lines) + " } }\n"


def theme(primary: str | None, accent: str | None) -> Theme:
    """The theme of an institution; colours that are missing or unreadable are replaced by the product's own."""
    primary = to_hex(parse(primary)) if primary and is_colour(primary) else DEFAULT_PRIMARY
    ornament = to_hex(parse(accent)) if accent and is_colour(accent) else DEFAULT_ACCENT
    light_tint, dark_tint = mix(primary, LIGHT_GROUNDS[1], 0.09), mix(primary, DARK_GROUNDS[1], 0.2)
    light_grounds, dark_grounds = (*LIGHT_GROUNDS, light_tint), (*DARK_GROUNDS, dark_tint)
    # A tint of a glaring colour could be too bright to write on in the dark: then it is taken back towards the ground.
    if contrast("#bfb9ae", dark_tint) < TEXT + _MARGIN:
        dark_tint = mix(primary, DARK_GROUNDS[1], 0.1)
        dark_grounds = (*DARK_GROUNDS, dark_tint)
    light = with_contrast(primary, light_grounds, TEXT, darker=True)
    dark = with_contrast(primary, dark_grounds, 7.0, darker=False)
    if dark == primary:  # a colour that shines by itself would glare from a dark screen
        dark = mix(primary, "#eeebe5", 0.7)
    return Theme(
        accent=Pair(light, dark),
        accent_strong=Pair(mix(light, "#000000", 0.78), mix(dark, "#ffffff", 0.7)),
        accent_fill=Pair(light, dark),
        accent_fill_strong=Pair(mix(light, "#000000", 0.78), mix(dark, "#ffffff", 0.7)),
        on_accent=Pair("#ffffff", DARK_GROUNDS[0]),
        accent_tint=Pair(light_tint, dark_tint),
        accent_rule=Pair(mix(light, LIGHT_GROUNDS[0], 0.55), mix(dark, DARK_GROUNDS[0], 0.5)),
        ornament=Pair(
            with_contrast(ornament, LIGHT_GROUNDS, GRAPHIC, darker=True),
            with_contrast(ornament, DARK_GROUNDS, GRAPHIC, darker=False),
        ),
    )


def _linear(channel: int) -> float:
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _gamma(value: float) -> int:
    value = min(1.0, max(0.0, value))
    encoded = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(255 * encoded)


def _to_oklab(rgb: Rgb) -> tuple[float, float, float]:
    """Björn Ottosson's OKLab, the numbers of CSS Color 4 §8.2."""
    red, green, blue = (_linear(channel) for channel in rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lightness: float, a: float, b: float) -> Rgb:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )

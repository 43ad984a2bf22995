"""The card that social networks show beside a link: 1200 × 630, the badge, its title, who stands behind it.

The holder's name is never on it: a card is copied and kept by others after the holder has made the page private again. Words are set
in Pretendard (OFL), which has Latin and Korean. A script the font does not have would come out as empty boxes, so such words are left
out and the badge stands alone: the networks print the title beneath the card anyway.
"""

from __future__ import annotations

import io
import unicodedata
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from testamur_site.foundation.design_system import rules

WIDTH, HEIGHT = 1200, 630
MAX_BYTES = 300_000
_MARGIN, _BADGE, _GAP = 88, 392, 64
_FONTS = Path(__file__).parent / "fonts"
_PAPER, _INK, _SOFT, _RULE = "#fbfaf7", "#1d1b18", "#524e47", "#dcd8cf"


def social_card(title: str, issuer: str, badge_png: bytes, *, primary: str = "", accent: str = "") -> bytes:
    """A PNG of 1200 × 630 pixels and less than 300 KB. `badge_png` is one of ours (clean_upload, render_png), at most 2048 a side."""
    theme = rules.theme(primary, accent)
    card = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, 0, WIDTH, 11), fill=theme.accent_fill.light)
    draw.rectangle((27, 38, WIDTH - 28, HEIGHT - 28), outline=_RULE, width=1)
    draw.rectangle((34, 45, WIDTH - 35, HEIGHT - 35), outline=theme.accent_rule.light, width=1)

    title, issuer = _clean(title), _clean(issuer)
    words = [text for text in (title, issuer) if text and _covered(text)]
    badge = _badge(badge_png)
    left = _MARGIN if words else (WIDTH - _BADGE) // 2
    card.paste(badge, (left + (_BADGE - badge.width) // 2, 20 + (HEIGHT - badge.height) // 2), badge)
    if words:
        _set_words(draw, title if title in words else "", issuer if issuer in words else "", theme)
    return _encode(card)


def _set_words(draw: ImageDraw.ImageDraw, title: str, issuer: str, theme: rules.Theme) -> None:
    """Title, a short rule, issuer: centred on the height beside the badge."""
    left = _MARGIN + _BADGE + _GAP
    width = WIDTH - _MARGIN - left
    title_font, title_lines = _fit(title, "SemiBold", width, sizes=(66, 58, 50, 44, 38), most=4)
    issuer_font, issuer_lines = _fit(issuer, "Regular", width, sizes=(32, 28), most=2)
    title_step, issuer_step = round(title_font.size * 1.24), round(issuer_font.size * 1.4)
    height = len(title_lines) * title_step + (64 if issuer_lines else 0) + len(issuer_lines) * issuer_step
    top = 18 + (HEIGHT - height) // 2
    for line in title_lines:
        draw.text((left, top), line, font=title_font, fill=_INK)
        top += title_step
    if issuer_lines:
        draw.rectangle((left, top + 26, left + 72, top + 29), fill=theme.ornament.light)
        top += 64
    for line in issuer_lines:
        draw.text((left, top), line, font=issuer_font, fill=_SOFT)
        top += issuer_step


def _fit(
    text: str, weight: str, width: int, *, sizes: tuple[int, ...], most: int
) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest size at which the text takes at most `most` lines; at the smallest the rest is cut with an ellipsis."""
    for size in sizes:
        font = _font(weight, size)
        lines = wrap(text, font, width)
        if len(lines) <= most:
            return font, lines
    last = lines[most - 1]
    while last and font.getlength(last + "…") > width:
        last = last[:-1]
    return font, [*lines[: most - 1], last.rstrip() + "…"]


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Lines no wider than `width` pixels, broken between words; a word that is wider than a line is broken inside."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        while font.getlength(word) > width:
            if line:
                lines.append(line)
                line = ""
            cut = next((n for n in range(len(word) - 1, 0, -1) if font.getlength(word[:n]) <= width), 1)
            lines.append(word[:cut])
            word = word[cut:]
        together = f"{line} {word}" if line else word
        if font.getlength(together) <= width:
            line = together
        else:
            lines.append(line)
            line = word
    return [*lines, line] if line else lines


def _clean(text: str) -> str:
    """One line in composed form, at most 300 characters, without characters that draw nothing."""
    composed = unicodedata.normalize("NFC", " ".join(text[:1000].split()))[:300]
    return "".join(character for character in composed if unicodedata.category(character)[0] != "C")


def _covered(text: str) -> bool:
    return all(_has_glyph(character) for character in set(text))


@cache
def _missing() -> bytes:
    return bytes(_font("Regular", 32).getmask("\U0010fffd"))


def _has_glyph(character: str) -> bool:
    if character.isspace():
        return True
    return bytes(_font("Regular", 32).getmask(character)) != _missing()


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / f"Pretendard-{weight}.otf"), size, layout_engine=ImageFont.Layout.BASIC)


def _badge(png: bytes) -> Image.Image:
    picture = PngImagePlugin.PngImageFile(io.BytesIO(png))
    if max(picture.size) > 2048:
        raise ValueError(f"the badge has {picture.size[0]} × {picture.size[1]} pixels, expected at most 2048 a side")
    badge = picture.convert("RGBA")
    badge.thumbnail((_BADGE, _BADGE), Image.Resampling.LANCZOS)
    return badge


def _encode(card: Image.Image) -> bytes:
    out = io.BytesIO()
    card.save(out, "PNG", optimize=True)
    if out.tell() > MAX_BYTES:  # a photograph as a badge: 256 colours are enough at this size
        out = io.BytesIO()
        card.quantize(256, method=Image.Quantize.MEDIANCUT).save(out, "PNG", optimize=True)
    return out.getvalue()

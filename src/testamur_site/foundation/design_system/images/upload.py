"""A stranger's picture becomes a square PNG of our own making, or a refusal in words.

1. Look at the size in bytes, then at the first bytes: PNG, JPEG or SVG, whatever the name of the file says.
2. PNG and JPEG: read the dimensions from the header and refuse floods of pixels *before* a pixel is decoded. The decoder is
   called directly, so that no other format can be smuggled in.
3. SVG: sanitise by the library's allow-list (no script, style, references, entities), draw it in a process with limits.
4. Turn it upright, centre it on a transparent square, shrink to at most 2,048 pixels, and encode anew: metadata (places, names
   of photographers), trailing data and second frames stay behind.
"""

from __future__ import annotations

import io
import struct
import zlib

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin

from testamur.errors import TestamurError
from testamur.formats.baked.svg import sanitise

from .refusal import ImageRefused
from .render import render_png

MAX_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 16 * 1024 * 1024
MIN_SIDE, MAX_SIDE = 400, 2048
SVG_SIDE = 1024
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"

# What Pillow's decoders are known to raise on damaged data.
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
)


def clean_upload(data: bytes) -> bytes:
    """A square PNG, 400–2048 pixels a side, RGBA, without metadata. Raises ImageRefused, whose text is for the person."""
    if len(data) > MAX_BYTES:
        raise ImageRefused(
            "image.too_large",
            _("The picture has %(megabytes)s MB; at most 2 MB are taken. Save it with fewer pixels and try again."),
            megabytes=f"{len(data) / 1024 / 1024:.1f}",
        )
    if data.startswith((_PNG, _JPEG)):
        return _encode(_decode(data))
    if _looks_like_svg(data):
        return _from_svg(data)
    raise ImageRefused(
        "image.format", _("This is not a PNG, JPEG or SVG picture. Save it in one of these formats and try again.")
    )


def _looks_like_svg(data: bytes) -> bool:
    head = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:4096]
    return head.startswith(b"<") and b"<svg" in data[:65536]


def _decode(data: bytes) -> Image.Image:
    """Steps 2 and 4: an upright RGBA picture, its longer side at most MAX_SIDE."""
    stream = io.BytesIO(data)
    try:
        # Not Image.open: it would warn about bombs only at several times our limit, and guess the format.
        picture: Image.Image = (
            PngImagePlugin.PngImageFile(stream) if data.startswith(_PNG) else JpegImagePlugin.JpegImageFile(stream)
        )
        _refuse_dimensions(*picture.size)
        if isinstance(picture, JpegImagePlugin.JpegImageFile):
            picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
        picture.load()
        if picture.mode in ("I", "I;16", "I;16B", "I;16L"):  # sixteen bits of grey
            picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
        upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    except ImageRefused:
        raise
    except _DAMAGED as error:
        raise ImageRefused(
            "image.damaged", _("The picture is damaged or incomplete. Open it, save it again and send the new file.")
        ) from error
    return upright


def _refuse_dimensions(width: int, height: int) -> None:
    facts = {"width": f"{width:,}", "height": f"{height:,}"}
    if width * height > MAX_PIXELS:
        raise ImageRefused(
            "image.dimensions",
            _("The picture has %(width)s × %(height)s pixels, more than we open. Save it with at most 2,048 × 2,048."),
            **facts,
        )
    if max(width, height) < MIN_SIDE:
        raise ImageRefused(
            "image.dimensions",
            _("The picture has %(width)s × %(height)s pixels; at least 400 × 400 are needed to look sharp."),
            **facts,
        )
    if max(width, height) > 2 * min(width, height):
        raise ImageRefused(
            "image.not_square",
            _("The picture has %(width)s × %(height)s pixels; a badge is square. Crop it and try again."),
            **facts,
        )


def _from_svg(data: bytes) -> bytes:
    try:
        clean = sanitise(data)
    except TestamurError as error:
        raise ImageRefused(
            "image.hostile",
            _(
                "This SVG holds something that a picture must not (scripts, references or damaged code). Export it as a PNG."
            ),
        ) from error
    if b"<text" in clean:
        # Without fonts it would not be drawn, and with ours it would look different from what was designed.
        raise ImageRefused(
            "image.text",
            _(
                "This SVG holds letters as text, which look different everywhere. Convert them to paths, or export it as a PNG."
            ),
        )
    return _encode(_decode(render_png(clean, SVG_SIDE)))


def _encode(picture: Image.Image) -> bytes:
    side = max(MIN_SIDE, *picture.size)
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    out = io.BytesIO()
    square.save(out, "PNG", optimize=True)
    return out.getvalue()

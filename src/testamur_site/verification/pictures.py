"""QR codes in photographs and screenshots.

Pillow opens the picture within bounds (a small file may unfold to gigabytes of pixels), zxing-cpp finds the codes. See decision 0015.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from testamur import formats
from testamur.errors import InputError, Malformed, TooLarge

MAXIMUM_PIXELS = 40_000_000  # a 40-megapixel photograph; more is refused before it is unfolded
_MAXIMUM_UNFOLDED = (
    16_000_000  # other formats are unfolded whole, at four bytes a pixel; a screenshot of a 4K screen has half as many
)
_WORKING_EDGE = 2_000  # longer edges are scaled down: a QR code that needs more is not readable in print either


def is_plain_png(content: bytes) -> bool:
    """Whether these bytes are a PNG in which no credential was baked: a screenshot, a scan, or a badge that a program has saved anew."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        return False
    try:
        formats.read(content)
    except InputError as error:
        return error.code == "png.no_credential"
    return False


def read_qr_codes(content: bytes) -> list[str]:
    """The texts of all QR codes in the picture, in the order in which they were found; empty where there is none.

    Raises `Malformed` where the bytes are no picture that we read, `TooLarge` for more pixels than we unfold. A JPEG is unfolded at a
    fraction of its size, so a photograph may be larger than a screenshot.
    """
    import zxingcpp  # a native library: loaded when the first picture comes, not at every start

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
                most = MAXIMUM_PIXELS if picture.format == "JPEG" else _MAXIMUM_UNFOLDED
                if picture.width * picture.height > most:
                    raise TooLarge("picture has too many pixels", facts={"pixels": picture.width * picture.height})
                picture.draft("L", (_WORKING_EDGE, _WORKING_EDGE))
                grey = picture.convert("L")
        grey.thumbnail((_WORKING_EDGE, _WORKING_EDGE))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge("picture has too many pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError) as error:
        raise Malformed("not a picture that can be read") from error
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)
    return [each.text for each in found if each.text]

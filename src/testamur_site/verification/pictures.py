"""QR codes in photographs and screenshots.

Pillow opens the picture within bounds (a small file may unfold to gigabytes of pixels), zxing-cpp finds the codes. See decision 0015.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from testamur.errors import Malformed, TooLarge

MAXIMUM_PIXELS = 40_000_000  # a 40-megapixel photograph; more is refused before it is unfolded
_WORKING_EDGE = 2_000  # longer edges are scaled down: a QR code that needs more is not readable in print either


def read_qr_codes(content: bytes) -> list[str]:
    """The texts of all QR codes in the picture, in the order in which they were found; empty where there is none.

    Raises `Malformed` where the bytes are no picture that we read, `TooLarge` for more than `MAXIMUM_PIXELS`.
    """
    import zxingcpp  # a native library: loaded when the first picture comes, not at every start

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
                if picture.width * picture.height > MAXIMUM_PIXELS:
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

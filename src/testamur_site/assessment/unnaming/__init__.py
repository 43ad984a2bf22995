"""A file without what it says of its author: for whoever must not know whose it is.

What is kept, and what its digest is of, is the file as it was handed in; this is made of it when somebody opens it. Pictures lose
their descriptions; office documents their properties, the authors of remarks and changes, and the name wherever it is written as text;
PDF documents their properties and the authors of remarks. What is written in a PDF, drawn, spoken or filmed stays, as the page that
hands in says.

Pure: bytes to bytes. A file is the work of strangers, so everything is bounded, and what cannot be read as what it claims to be comes
back as it is.
"""

from __future__ import annotations

from collections.abc import Callable

from . import office, pdf, pictures

MOST = 32 * 1024 * 1024
"""A larger file is given out as it is."""

Hide = Callable[[str], str]

_BY_TYPE: dict[str, Callable[[bytes, Hide], bytes | None]] = {
    "image/jpeg": lambda data, _hide: pictures.jpeg(data),
    "image/png": lambda data, _hide: pictures.png(data),
    "image/webp": lambda data, _hide: pictures.webp(data),
    "application/pdf": pdf.unnamed,
    **dict.fromkeys(office.MEDIA_TYPES, office.unnamed),
}


def can_be_unnamed(media_type: str, size: int) -> bool:
    return media_type in _BY_TYPE and size <= MOST


def unnamed(data: bytes, media_type: str, hide: Hide) -> bytes:
    """The same file without what it says of its author; `hide` takes the author's name out of a text."""
    return _BY_TYPE[media_type](data, hide) or data

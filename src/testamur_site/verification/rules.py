"""What was handed in? Pure decisions about a visitor's input, before anything is fetched or verified."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

MAXIMUM_BYTES = 4 * 1024 * 1024
MAXIMUM_ENVELOPE = 1_500_000  # a credential as JSON has at most 1 MB, and may stand in its envelope as an escaped text
MAXIMUM_ADDRESS = 2_048


class Given(StrEnum):
    NOTHING = "nothing"
    ADDRESS = "address"
    DOCUMENT = "document"
    PICTURE = "picture"  # a photograph or screenshot that may show a QR code


@dataclass(frozen=True, slots=True)
class Input:
    """What the visitor gave: an address (str) or a document or picture (bytes)."""

    given: Given
    address: str = ""
    content: bytes = b""


# JPEG, WebP and GIF carry no credential themselves; a PNG may be a baked badge, so it is first read as a document.
_PICTURES = (b"\xff\xd8\xff", b"RIFF", b"GIF8")


def read_text(text: str) -> Input:
    """An address if it is one line that begins with a web scheme, else a document (JSON or a compact JWT)."""
    text = text.strip().lstrip("\ufeff")
    if not text:
        return Input(Given.NOTHING)
    if text.split(":", 1)[0].lower() in ("http", "https") and len(text.split()) == 1:
        return Input(Given.ADDRESS, address=text)
    return Input(Given.DOCUMENT, content=text.encode("utf-8", errors="surrogatepass"))


def read_file(content: bytes) -> Input:
    """A picture if it can only be one, else a document. A text file that holds nothing but an address is that address."""
    if not content:
        return Input(Given.NOTHING)
    if content.startswith(_PICTURES):
        return Input(Given.PICTURE, content=content)
    if len(content) <= MAXIMUM_ADDRESS and content.lstrip(b"\xef\xbb\xbf \r\n\t")[:4].lower() == b"http":
        return read_text(content.decode("utf-8", errors="replace"))
    return Input(Given.DOCUMENT, content=content)


def same_origin(address: str, base_url: str) -> bool:
    """Whether `address` stands on our own origin. Scheme, host and port must all agree; a malformed address does not."""
    if address.startswith(f"{base_url}/"):
        return True
    try:
        one, other = urlsplit(address), urlsplit(base_url)
        return (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port) and not one.username
    except ValueError:
        return False


def own_address(address: str, base_url: str) -> Input | None:
    """The input that `address` is, if it is one on our own origin, which may be asked about by a link."""
    given = read_text(address[:MAXIMUM_ADDRESS])
    return given if given.given is Given.ADDRESS and same_origin(given.address, base_url) else None

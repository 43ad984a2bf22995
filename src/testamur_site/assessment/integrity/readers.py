"""Run as a program: the text of the file on standard input, as JSON on standard output.

    readers.py (pdf|docx|odt|html|plain) MEMORY SECONDS CHARACTERS

Ends with 65 where the file is damaged, with 66 where memory does not suffice. Imports nothing of the site: it is run by its path, with
nothing but the installed libraries within reach.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

from defusedxml.ElementTree import fromstring
from pypdf import PdfReader

MAX_PART = 40_000_000  # bytes of an archive's part, unpacked
_ENCODINGS = ("utf-8-sig", "cp949")
_SILENT = {"script", "style", "template", "head", "noscript"}
_BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "td", "th", "pre"}


def plain(data: bytes) -> Iterator[str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield data.decode("utf-16", "replace")
        return
    for encoding in _ENCODINGS:
        try:
            yield data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return
    yield data.decode("utf-8", "replace")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in _SILENT))
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def html(data: bytes) -> Iterator[str]:
    words = _Words()
    words.feed("".join(plain(data)))
    words.close()
    yield "".join(words.parts)


def _part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as part:
        content = part.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise MemoryError
    return content


def _paragraphs(xml: bytes, paragraph: str, breaks: tuple[str, ...]) -> Iterator[str]:
    for element in fromstring(xml).iter():
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name in paragraph.split():
            yield "\n"
        elif name in breaks:
            yield " "
        if name == "t" or paragraph != "p":
            yield element.text or ""
        if paragraph != "p":
            yield element.tail or ""


def docx(data: bytes) -> Iterator[str]:
    yield from _paragraphs(_part(data, "word/document.xml"), "p", ("tab", "br"))


def odt(data: bytes) -> Iterator[str]:
    yield from _paragraphs(_part(data, "content.xml"), "p h", ("tab", "line-break", "s"))


def pdf(data: bytes) -> Iterator[str]:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        reader.decrypt("")
    for page in reader.pages:
        yield page.extract_text() + "\n"


READERS: dict[str, Callable[[bytes], Iterator[str]]] = {
    "pdf": pdf,
    "docx": docx,
    "odt": odt,
    "html": html,
    "plain": plain,
}


def main(name: str, memory: int, seconds: int, characters: int) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    data = sys.stdin.buffer.read()
    parts: list[str] = []
    length = 0
    try:
        for part in READERS[name](data):
            parts.append(part)
            length += len(part)
            if length > characters:
                break
    except (MemoryError, RecursionError):
        return 66
    except Exception:  # noqa: BLE001 - whatever a damaged file makes a reader raise, it is a damaged file
        return 65
    text = "".join(parts)
    sys.stdout.write(json.dumps({"text": text[:characters], "cut": length > characters}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *(int(word) for word in sys.argv[2:5])))

"""The text of files: what is read, and that nothing made to harm the reader does more than fail."""

from __future__ import annotations

import io
import zipfile

import pytest
from pypdf import PdfWriter

from testamur_site.assessment.integrity.reading import finished, read_file, reader_for
from testamur_site.assessment.integrity.rules import MAX_TEXT, ReadState, marked, merged

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def archive(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def docx(*paragraphs: str) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{p}</w:t></w:r></w:p>" for p in paragraphs)
    return archive(
        **{"word__document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'.encode()}
    )


def odt(*paragraphs: str) -> bytes:
    body = "".join(f"<text:p>{p}</text:p>" for p in paragraphs)
    return archive(**{"content.xml": f'<o xmlns:text="{TEXT}">{body}</o>'.encode()})


def pdf(text: str) -> bytes:
    """A page with one line, written by hand."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(data),
    )


@pytest.mark.parametrize(
    ("reader", "data", "text"),
    [
        ("plain", b"Figures mislead.", "Figures mislead."),
        ("plain", "수치는 오도합니다.".encode("cp949"), "수치는 오도합니다."),
        ("plain", "수치는 오도합니다.".encode("utf-16"), "수치는 오도합니다."),
        (
            "html",
            b"<html><head><title>no</title></head><p>Figures <b>mislead</b><script>no()</script></p>",
            "Figures mislead",
        ),
        ("docx", docx("Figures mislead.", "수치는 오도합니다."), "Figures mislead.\n수치는 오도합니다."),
        ("odt", odt("Figures <text:span>mislead</text:span> us.", "Really."), "Figures mislead us.\nReally."),
        ("pdf", pdf("Figures mislead."), "Figures mislead."),
    ],
    ids=["text", "CP949", "UTF-16", "HTML", "Word", "OpenDocument", "PDF"],
)
def test_what_is_read(reader: str, data: bytes, text: str) -> None:
    state, found, cut = read_file(io.BytesIO(data), reader)
    assert (state, found.strip(), cut) == (ReadState.READ, text, False)


def empty_pdf() -> bytes:
    writer, buffer = PdfWriter(), io.BytesIO()
    writer.add_blank_page(72, 72)
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("reader", "data", "state"),
    [
        ("pdf", b"%PDF-1.7 not really", ReadState.DAMAGED),
        ("pdf", empty_pdf(), ReadState.NO_TEXT),
        ("docx", b"PK\x03\x04 not really", ReadState.DAMAGED),
        ("docx", archive(**{"other.xml": b"<a/>"}), ReadState.DAMAGED),
        ("docx", archive(**{"word__document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), ReadState.DAMAGED),
        ("docx", archive(**{"word__document.xml": b"<a>" * 50_000}), ReadState.DAMAGED),
        ("docx", archive(**{"word__document.xml": b" " * 50_000_000}), ReadState.TOO_LARGE),
        ("plain", b"", ReadState.NO_TEXT),
        ("plain", b" .,;\n", ReadState.NO_TEXT),
    ],
    ids=["damaged PDF", "empty PDF", "damaged archive", "other document", "entity", "deep", "bomb", "nothing", "signs only"],
)  # fmt: skip
def test_what_cannot_be_read(reader: str, data: bytes, state: ReadState) -> None:
    assert read_file(io.BytesIO(data), reader)[0] is state


def test_long_texts_are_cut_and_say_so() -> None:
    state, text, cut = read_file(io.BytesIO(b"word " * 100_000), "plain")
    assert (state, len(text), cut) == (ReadState.READ, MAX_TEXT, True)
    assert finished("a\x00b\ud800c")[1] == "ab?c"


@pytest.mark.parametrize(
    ("media_type", "name", "reader"),
    [
        ("application/pdf", "x", "pdf"),
        ("text/plain", "x.md", "plain"),
        ("application/octet-stream", "x.HTML", "html"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "x.docx", "docx"),
        ("image/png", "x.png", ""),
        ("application/octet-stream", "x.doc", ""),
    ],
)
def test_which_reader(media_type: str, name: str, reader: str) -> None:
    assert reader_for(media_type, name) == reader


def test_passages_are_marked_once() -> None:
    assert merged([(5, 9), (0, 3), (8, 12)]) == [(0, 3), (5, 12)]
    assert marked("abcdefgh", [(2, 4), (3, 5), (7, 99), (6, 6)]) == [
        ("ab", False),
        ("cde", True),
        ("fg", False),
        ("h", True),
    ]
    assert marked("", [(0, 4)]) == []

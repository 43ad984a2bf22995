"""Files whose author must not be known: what is taken out, and that what is left is still the document."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Text
from pypdf.generic import DecodedStreamObject, NameObject

from testamur_site.assessment.rules import without_names
from testamur_site.assessment.unnaming import can_be_unnamed, office, pdf, unnamed

NAME = "Haneul Kim Jansen"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
XML = '<?xml version="1.0" encoding="UTF-8"?>'


def hide(text: str) -> str:
    return without_names(text, (NAME, "haneul.kim@learners.example"))


def told(data: bytes) -> bytes:
    """Everything a file says, whatever is packed in it unpacked."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    found = [data]
    for part in data.split(b"stream")[1:]:
        try:
            found.append(zlib.decompressobj().decompress(part.lstrip(b"\r\n")))
        except zlib.error:
            continue
    return b"\n".join(found)


def picture(form: str, **options: Any) -> bytes:
    image = Image.new("RGB", (40, 20), "navy")
    exif = Image.Exif()
    exif[0x013B] = NAME  # Artist
    exif[0x0112] = 6  # to be turned by a quarter
    target = io.BytesIO()
    image.save(target, form, exif=exif, **options)
    return target.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_loses_its_description_and_nothing_else(form: str) -> None:
    options: dict[str, Any] = {}
    if form == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Author", NAME)
    if form == "JPEG":
        options |= {"progressive": True, "comment": NAME.encode()}
    given_file = picture(form, **options)
    assert NAME.encode() in given_file
    changed = unnamed(given_file, f"image/{form.lower()}", hide)
    assert NAME.encode() not in changed
    before, after = Image.open(io.BytesIO(given_file)), Image.open(io.BytesIO(changed))
    assert (before.size, before.tobytes()) == (after.size, after.tobytes())
    if form == "JPEG":
        assert dict(after.getexif()) == {0x0112: 6}, "how it is to be turned stays"
    else:
        assert not dict(after.getexif())


def document(*, packed: bool) -> bytes:
    """With properties, with the same in XMP, and with a remark. `packed`: its objects in object streams, as newer programs write them."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": NAME, "/Title": "A report", "/Company": f"{NAME} (Ltd\\)"})
    xmp = DecodedStreamObject()
    xmp.set_data(
        f'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>{NAME}</dc:creator></x:xmpmeta><?xpacket end="w"?>'.encode()
    )
    xmp[NameObject("/Type")], xmp[NameObject("/Subtype")] = NameObject("/Metadata"), NameObject("/XML")
    writer._root_object[NameObject("/Metadata")] = writer._add_object(xmp)
    writer.add_annotation(0, Text(rect=(10, 10, 50, 50), text="look here", title_bar=NAME))
    target = io.BytesIO()
    writer.write(target)
    plain = target.getvalue()
    return _with_object_stream(plain) if packed else plain


def _with_object_stream(plain: bytes) -> bytes:
    """An object stream beside the rest: what it holds is what the reader of names has to find, not what a viewer needs."""
    objects = f"90 0 << /Author ({NAME}) /Producer (p) >>".encode() + b" " * 40
    packed = zlib.compress(objects, 6)
    head = f"91 0 obj\n<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode()
    table = plain.rindex(b"\nxref\n") + 1
    start, end = plain[:table], plain[table:]
    body = start + head + packed + b"\nendstream\nendobj\n"
    return body + end.replace(str(len(start)).encode() + b"\n%%EOF", str(len(body)).encode() + b"\n%%EOF")


@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_keeps_every_byte_in_its_place(packed: bool) -> None:
    given_file = document(packed=packed)
    assert told(given_file).count(NAME.encode()) == 4 + packed
    changed = unnamed(given_file, "application/pdf", hide)
    assert NAME.encode() not in told(changed)
    assert len(changed) == len(given_file)
    read = PdfReader(io.BytesIO(changed))
    assert len(read.pages) == 1
    assert read.metadata is not None
    assert (read.metadata.title, (read.metadata.author or "").strip()) == ("A report", "")
    (remark,) = read.pages[0]["/Annots"]  # type: ignore[attr-defined]
    assert remark.get_object()["/Contents"] == "look here"


def packed_document(parts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = NAME.encode()
        for name, text in parts.items():
            archive.writestr(name, text)
    return target.getvalue()


WORD = {
    "[Content_Types].xml": f"{XML}<Types/>",
    "docProps/core.xml": f"{XML}<cp:coreProperties><dc:creator>{NAME}</dc:creator></cp:coreProperties>",
    "docProps/app.xml": f"{XML}<Properties><Manager>{NAME}</Manager></Properties>",
    "docProps/custom.xml": f"{XML}<Properties><property><vt:lpwstr>{NAME}</vt:lpwstr></property></Properties>",
    "word/document.xml": f'{XML}<w:p><w:t>Report by {NAME} &amp; nobody</w:t></w:p><w:ins w:author="{NAME}" w:id="1"/>',
    "word/comments.xml": f'{XML}<w:comments><w:comment w:author="{NAME}" w:initials="Haneul Kim Jansen"/></w:comments>',
    "word/people.xml": f'{XML}<w15:person w15:author="{NAME}"><w15:presenceInfo w15:userId="{NAME}"/></w15:person>',
    "word/media/image1.png": "not looked into",
}
SHEET = {
    "[Content_Types].xml": f"{XML}<Types/>",
    "docProps/core.xml": f"{XML}<cp:coreProperties><cp:lastModifiedBy>{NAME}</cp:lastModifiedBy></cp:coreProperties>",
    "xl/comments1.xml": f"{XML}<comments><authors><author>{NAME}</author></authors></comments>",
    "xl/persons/person.xml": f'{XML}<personList><person displayName="{NAME}" id="1" userId="{NAME}"/></personList>',
    "xl/tables/table1.xml": f'{XML}<table id="1" name="T" displayName="Table1"/>',
}
TEXT = {
    "mimetype": ODT,
    "meta.xml": f"{XML}<office:document-meta><meta:initial-creator>{NAME}</meta:initial-creator></office:document-meta>",
    "content.xml": f"{XML}<office:annotation><dc:creator>{NAME}</dc:creator></office:annotation><text:p>{NAME}</text:p>",
}


@pytest.mark.parametrize(("media_type", "parts"), [(DOCX, WORD), (XLSX, SHEET), (ODT, TEXT)])
def test_an_office_document_says_nothing_of_its_author(media_type: str, parts: dict[str, str]) -> None:
    changed = unnamed(packed_document(parts), media_type, hide)
    everything = told(changed).decode()
    assert NAME not in everything
    assert "Haneul" not in everything
    with zipfile.ZipFile(io.BytesIO(changed)) as archive:
        assert archive.namelist() == list(parts)
        assert archive.testzip() is None
        assert archive.comment == b""
        read = {name: archive.read(name).decode() for name in parts}
    if media_type == DOCX:
        assert "Report by ▒▒▒ &amp; nobody" in read["word/document.xml"]
        assert 'w:id="1"' in read["word/document.xml"]
        assert read["word/media/image1.png"] == "not looked into"
    if media_type == XLSX:
        assert read["xl/tables/table1.xml"] == SHEET["xl/tables/table1.xml"], (
            "what a table is called is no person's name"
        )
    if media_type == ODT:
        assert read["mimetype"] == ODT


def test_what_is_not_what_it_claims_comes_back_as_it_is() -> None:
    for media_type in ("image/jpeg", "image/png", "image/webp", "application/pdf", DOCX):
        assert unnamed(b"PK\x03\x04 not much", media_type, hide) == b"PK\x03\x04 not much"
    assert not can_be_unnamed("video/mp4", 1)
    assert not can_be_unnamed("application/pdf", 40 * 1024 * 1024)


def test_a_document_that_unpacks_without_end_comes_back_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "MOST_UNPACKED", 1000)
    bomb = packed_document({"word/document.xml": "a" * 100_000})
    assert unnamed(bomb, DOCX, hide) == bomb
    monkeypatch.undo()
    monkeypatch.setattr(office, "MOST_TAGS", 1000)
    many = packed_document({"word/document.xml": "<a>" * 2000})
    assert unnamed(many, DOCX, hide) == many


@given(st.sampled_from(["image/jpeg", "image/png", "image/webp", "application/pdf", DOCX]), st.data())
def test_no_bytes_break_it(media_type: str, data: st.DataObject) -> None:
    start = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF0000WEBP"}.get(
        media_type
    )
    whole = {"application/pdf": document(packed=True), DOCX: packed_document(WORD)}.get(media_type)
    if whole is None:
        file = (start or b"") + data.draw(st.binary(max_size=200))
    else:
        at = data.draw(st.integers(0, len(whole) - 1))
        file = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + data.draw(st.integers(0, 20)) :]
    changed = unnamed(file, media_type, hide)
    if media_type == "application/pdf":
        assert len(changed) == len(file)


def test_brackets_that_never_close_cost_little() -> None:
    """Linear: what one opening costs does not grow with what follows."""
    hostile = b"%PDF-1.7\n" + b"/Author (" * 20_000 + b" obj" * 20_000 + b"<x:xmpmeta" * 20_000
    assert pdf.unnamed(hostile, hide) == hostile

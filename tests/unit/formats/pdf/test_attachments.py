"""PDF documents with attachments, sound and hostile."""

from __future__ import annotations

import contextlib
import io
import zlib
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.errors import InputError, Malformed, TooLarge
from testamur.formats import pdf

CREDENTIAL = b'{"type": ["VerifiableCredential"]}'


def document(*files: tuple[str, bytes], password: str | None = None) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    for name, content in files:
        writer.add_attachment(name, content)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def raw(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    parts, offsets = [b"%PDF-1.7\n"], []
    for number, content in enumerate(objects, 1):
        offsets.append(sum(map(len, parts)))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = sum(map(len, parts))
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table))
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return b"".join(parts)


def stream(content: bytes, **more: bytes) -> bytes:
    entries = b"".join(b" /%s %s" % (name.encode(), value) for name, value in more.items())
    return b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def code(data: bytes) -> str | None:
    try:
        pdf.carried(data)
    except InputError as error:
        return error.code
    return None


def test_the_credential_comes_out_byte_for_byte() -> None:
    assert pdf.carried(document(("credential.json", CREDENTIAL))) == CREDENTIAL
    token = b"eyJhbGciOiJFZERTQSJ9.e30.AA"
    assert pdf.carried(document(("notes.txt", b"hello"), ("c.jwt", token))) == token


def test_the_same_credential_twice_is_one() -> None:
    assert pdf.carried(document(("a.json", CREDENTIAL), ("b.json", CREDENTIAL))) == CREDENTIAL


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (document(), "pdf.no_credential"),
        (document(("notes.txt", b"hello")), "pdf.no_credential"),
        (document(("a.json", CREDENTIAL), ("b.json", b'{"a": 1}')), "pdf.several_credentials"),
        (document(("a.json", CREDENTIAL), password="secret"), "pdf.encrypted"),
        (document(*[(f"{n}.txt", b"%d" % n) for n in range(21)]), "pdf.too_many_attachments"),
        (b"%PDF-1.7\nnothing", "pdf.unreadable"),
        (b"%PDF-", "pdf.unreadable"),
        (b"%PDF-" + b"x" * pdf.MAX_PDF, "pdf.too_large"),
    ],
)
def test_what_is_refused(data: bytes, expected: str) -> None:
    assert code(data) == expected


def test_an_associated_file() -> None:
    """PDF/A-3 names the file in the array `AF` of the catalogue."""
    data = raw(
        b"<< /Type /Catalog /AF [2 0 R] >>",
        b"<< /Type /Filespec /UF (c.json) /AFRelationship /Data /EF << /F 3 0 R >> >>",
        stream(CREDENTIAL),
    )
    assert [(found.name, found.content) for found in pdf.attachments(data)] == [("c.json", CREDENTIAL)]


def test_a_tree_with_branches() -> None:
    data = raw(
        b"<< /Type /Catalog /Names << /EmbeddedFiles 2 0 R >> >>",
        b"<< /Kids [3 0 R] >>",
        b"<< /Names [(c.json) << /EF << /F 4 0 R >> >>] >>",
        stream(zlib.compress(CREDENTIAL), Filter=b"/FlateDecode"),
    )
    assert pdf.carried(data) == CREDENTIAL


@pytest.mark.parametrize(
    "tree",
    [
        b"<< /Kids [2 0 R 2 0 R] >>",
        b"<< /Kids 2 0 R >>",
        b"<< /Names 2 0 R >>",
        b"<< /Names [(a) 2 0 R (b) (c) (d)] >>",
        b"<< /Names [(a) << /EF 2 0 R >>] >>",
        b"<< /Names [(a) << /EF << /F 1 0 R >> >>] >>",
        b"2 0 R",
        b"[2 0 R]",
        b"null",
    ],
)
def test_a_tree_that_leads_in_circles(tree: bytes) -> None:
    assert code(raw(b"<< /Type /Catalog /Names << /EmbeddedFiles 2 0 R >> >>", tree)) in (
        "pdf.no_credential",
        "pdf.unreadable",
    )


def test_a_stream_that_unpacks_to_too_much() -> None:
    bomb = zlib.compress(b"{" + b" " * 100_000_000, 9)
    data = raw(
        b"<< /Type /Catalog /AF [2 0 R] >>",
        b"<< /EF << /F 3 0 R >> >>",
        stream(bomb, Filter=b"/FlateDecode"),
    )
    assert code(data) in ("pdf.unreadable", "pdf.too_large")


SOUND = document(("credential.json", CREDENTIAL))


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=12))
def test_a_changed_pdf_is_read_or_refused(place: int, change: bytes) -> None:
    with contextlib.suppress(Malformed, TooLarge):
        pdf.attachments(SOUND[:place] + change + SOUND[place + len(change) :])


@given(st.data())
def test_any_graph_is_read_or_refused(data: Any) -> None:
    pieces = [
        b"<<",
        b">>",
        b"[",
        b"]",
        b"/Kids",
        b"/Names",
        b"/EF",
        b"/F",
        b"/AF",
        b"1 0 R",
        b"2 0 R",
        b"3 0 R",
        b"(a)",
        b"-1",
        b"null",
    ]
    objects = data.draw(st.lists(st.lists(st.sampled_from(pieces), max_size=12).map(b" ".join), min_size=2, max_size=3))
    with contextlib.suppress(Malformed, TooLarge):
        pdf.attachments(raw(b"<< /Type /Catalog /AF 2 0 R /Names << /EmbeddedFiles 3 0 R >> >>", *objects))

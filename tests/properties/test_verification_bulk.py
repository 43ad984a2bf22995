"""Whatever is handed over for many at once: items within the limits, or a refusal in words. Nothing else comes out."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from testamur.formats import collection
from testamur_site.verification.bulk import rules
from testamur_site.verification.bulk.messages import bulk_refusal, refusal_sentence
from testamur_site.verification.bulk.rules import BulkRefused, read

NAMES = st.sampled_from(["a.zip", "a.csv", "a.jsonl", "a.json", "a.png", "", "\x00", "a" * 300])


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        # With a date of their own: otherwise every run damages another archive, and no failure can be repeated.
        opened.writestr(
            zipfile.ZipInfo("a.json", (2026, 1, 1, 0, 0, 0)), json.dumps({"type": ["VerifiableCredential"]}) * 20
        )
        opened.writestr(zipfile.ZipInfo("b/c.txt", (2026, 1, 1, 0, 0, 0)), "https://university.example/c/1")
    return stream.getvalue()


ARCHIVE = archive()


DIRECTORY = ARCHIVE.index(b"PK\x01\x02")
NEWER_THAN_WE_READ = (DIRECTORY + 6, 226)  # "version needed to extract": 22.6
WITHOUT_A_NAME = (DIRECTORY + 28, 0)  # the length of the first entry's name


def check(name: str, content: bytes) -> None:
    try:
        items = read([(name, content)])
    except BulkRefused as refused:
        bulk_refusal(refused.code, refused.facts)  # a code without a sentence raises
        return
    assert 0 < len(items) <= rules.MAX_ITEMS
    for item in items:
        assert len(item.content) <= rules.MAX_DOCUMENT
        assert len(item.address) <= collection.MAX_ADDRESS
        assert len(item.name) <= 120
        assert item.name.isprintable() or not item.name
        assert bool(item.refusal) + bool(item.address) + bool(item.content) == 1
        if item.refusal:
            assert refusal_sentence(item.refusal)


@given(NAMES, st.binary(max_size=400))
@example("a.csv", b'"' * 100)
@example("a.csv", b"https://" + b"a" * 3000)
@example("a.jsonl", b'"\\ud800"')
@example("a.csv", b"\xff\xfe")
def test_any_bytes(name: str, content: bytes) -> None:
    check(name, content)


@given(
    st.lists(st.tuples(st.integers(0, len(ARCHIVE) - 1), st.integers(0, 255)), max_size=4), st.integers(0, len(ARCHIVE))
)
@example([NEWER_THAN_WE_READ], len(ARCHIVE))
@example([WITHOUT_A_NAME], len(ARCHIVE))
def test_any_damaged_archive(changes: list[tuple[int, int]], end: int) -> None:
    content = bytearray(ARCHIVE)
    for position, value in changes:
        content[position] = value
    check("a.zip", bytes(content[: max(end, 4)] if end < len(ARCHIVE) // 4 else content))


@given(st.text(max_size=200))
def test_any_text_as_a_table(text: str) -> None:
    check("list.csv", text.encode("utf-8", "replace"))


def test_the_archive_itself_is_read() -> None:
    assert [item.name for item in read([("a.zip", ARCHIVE)])] == ["a.json", "b/c.txt"]
    with pytest.raises(BulkRefused):
        read([("a.zip", ARCHIVE[:50])])

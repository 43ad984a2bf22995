"""Archives of many files: order, limits, and one damaged file among sound ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.errors import InputError, Malformed, TooLarge
from testamur.formats import archive
from testamur.formats.archive import unpacking as module


def packed(files: Iterable[tuple[Any, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as written:
        for name, content in files:
            written.writestr(name, content)
    return target.getvalue()


def codes(data: bytes, limits: archive.Limits = archive.LIMITS) -> list[str | None]:
    return [entry.error.code if entry.error else None for entry in archive.entries(data, limits)]


def test_files_in_their_order() -> None:
    found = list(archive.entries(packed([("b.json", b"1"), ("folder/", b""), ("folder/a.json", b"2")])))
    assert [(entry.position, entry.name, entry.content) for entry in found] == [
        (1, "b.json", b"1"),
        (2, "a.json", b"2"),
    ]


def test_litter_is_left_out() -> None:
    data = packed([("__MACOSX/._a", b"x"), (".DS_Store", b"x"), ("x/.DS_Store", b"x"), ("a.json", b"1")])
    assert [entry.name for entry in archive.entries(data)] == ["a.json"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("/absolute", "absolute"),
        ("C:\\Users\\x.json", "x.json"),
        ("a\u202egnp.json", "agnp.json"),
        ("line\nbreak", "linebreak"),
        ("x" * 300, "x" * 120),
        ("\u200b", "—"),
    ],
)
def test_names_are_for_showing(name: str, shown: str) -> None:
    assert next(archive.entries(packed([(name, b"1")]))).name == shown


def test_an_archive_inside_an_archive_is_not_opened() -> None:
    inner = packed([("a.json", b"1")])
    assert codes(packed([("inner.zip", inner), ("b.json", b"1")])) == ["archive.entry_nested", None]


def test_a_link_is_no_file() -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    assert codes(packed([(link, b"/etc/passwd"), ("b.json", b"1")])) == ["archive.entry_link", None]


def test_a_damaged_file_does_not_spoil_the_others() -> None:
    data = packed([("a.json", b"A" * 1000), ("b.json", b"1")], zipfile.ZIP_STORED)
    assert codes(data) == [None, None]
    assert codes(data.replace(b"A" * 1000, b"B" * 1000)) == ["archive.entry_damaged", None]


def test_a_locked_file() -> None:
    data = bytearray(packed([("a.json", b"1")]))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert codes(bytes(data)) == ["archive.entry_encrypted"]


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed([("a", b"x" * 100), ("b", b"y" * 100), ("c", b"z")])
    assert codes(data) == [None, None, None]
    assert codes(data, archive.Limits(entry=99)) == ["archive.entry_too_large", "archive.entry_too_large", None]
    assert codes(data, archive.Limits(entry=100, total=150)) == [None, "archive.total_too_large", None]
    with pytest.raises(TooLarge) as raised:
        archive.entries(data, archive.Limits(entries=2))
    assert raised.value.code == "archive.too_many"
    monkeypatch.setattr(module, "MAX_ARCHIVE", 10)
    with pytest.raises(TooLarge) as raised:
        archive.entries(data)
    assert raised.value.code == "archive.too_large"


def test_a_ratio_where_one_is_asked_for() -> None:
    data = packed([("a", b"\0" * 2_000_000), ("b", b"1")])
    assert codes(data) == [None, None]
    assert codes(data, archive.Limits(ratio=200)) == ["archive.entry_inflated", None]


def test_a_file_that_says_it_is_small() -> None:
    """What a file unpacks to is measured, not believed."""
    data = packed([("a", b"\0" * (17 * 1024 * 1024))])
    assert len(data) < 100_000
    assert codes(data) == ["archive.entry_too_large"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 10, b"no archive"])
def test_what_is_no_archive(data: bytes) -> None:
    with pytest.raises(Malformed) as raised:
        archive.entries(data)
    assert raised.value.code == "archive.unreadable"


SOUND = packed([("a.json", b'{"a": 1}' * 20), ("b.json", b"1")])


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8))
def test_a_changed_archive_is_read_or_refused(place: int, change: bytes) -> None:
    data = SOUND[:place] + change + SOUND[place + len(change) :]
    try:
        found = list(archive.entries(data))
    except InputError:
        return
    assert all((entry.content is None) == (entry.error is not None) for entry in found)


def test_a_file_without_a_name() -> None:
    data = packed([("a.json", b"1"), (zipfile.ZipInfo(""), b"2")])
    assert [(entry.name, entry.content) for entry in archive.entries(data)] == [("a.json", b"1"), ("—", b"2")]

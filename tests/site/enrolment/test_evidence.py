"""Bytes: what a file is, how it is kept, what is swept away, and that a document is still what was handed in."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.standing import aside, standing

from testamur_site.enrolment import services
from testamur_site.enrolment.errors import EvidenceGone, EvidenceRefused
from testamur_site.enrolment.evidence import store
from testamur_site.enrolment.evidence.kinds import BYTES, Kind, kind_of
from testamur_site.enrolment.models import Enrolment, EvidenceItem
from testamur_site.enrolment.services import portfolio
from testamur_site.foundation.tenancy.api import unscoped


def document(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


DOCX = document(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
FILES: dict[str, tuple[bytes, str, str]] = {
    "pdf": (b"%PDF-1.7\n", "application/pdf", "accepted"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0", "image/png", "accepted"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg", "accepted"),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp", "accepted"),
    "mp4": (b"\0\0\0\x20ftypisom\0\0", "video/mp4", "accepted"),
    "quicktime": (b"\0\0\0\x14ftypqt  \0\0", "video/quicktime", "accepted"),
    "webm": (b"\x1aE\xdf\xa3\x9fB\x86", "video/webm", "accepted"),
    "mp3": (b"ID3\x04\0\0", "audio/mpeg", "accepted"),
    "korean text": ("데이터가 감추는 것".encode(), "text/plain", "accepted"),
    "text cut in the middle of a letter": (("a" + "가" * 5000).encode(), "text/plain", "accepted"),
    "docx": (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "accepted"),
    "odt": (
        document(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<x/>")),
        "application/vnd.oasis.opendocument.text",
        "accepted",
    ),
    "docx with macros": (
        document(("[Content_Types].xml", b""), ("word/document.xml", b""), ("word/vbaProject.bin", b"")),
        "application/zip",
        "download_only",
    ),
    "zip": (document(("a.txt", b"a")), "application/zip", "download_only"),
    "damaged zip": (b"PK\x03\x04" + b"\0" * 40, "application/zip", "download_only"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 8, BYTES, "download_only"),
    "page": (b"\n <!DOCTYPE html><p>", BYTES, "download_only"),
    "drawing": (b'<svg xmlns="http://www.w3.org/2000/svg">', BYTES, "download_only"),
    "bytes": (b"\x00\x01\x02\x03", BYTES, "download_only"),
    "windows program": (b"MZ\x90\0", BYTES, "dangerous"),
    "linux program": (b"\x7fELF\x02", BYTES, "dangerous"),
    "java class": (b"\xca\xfe\xba\xbe\0\0\0\x34", BYTES, "dangerous"),
    "shortcut": (b"L\0\0\0\x01\x14\x02\0", BYTES, "dangerous"),
    "script": (b"#!/usr/bin/env python3\n", BYTES, "dangerous"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_told_by_its_bytes(name: str) -> None:
    content, media_type, verdict = FILES[name]
    found = kind_of(io.BytesIO(content), len(content))
    assert (found.media_type, found.verdict) == (media_type, verdict)


@given(st.binary(max_size=6000) | st.sampled_from([content for content, _, _ in FILES.values()]).flatmap(
    lambda content: st.binary(max_size=200).map(lambda more: content + more)
))  # fmt: skip
def test_any_bytes_have_a_kind_and_are_left_at_their_beginning(content: bytes) -> None:
    file = io.BytesIO(content)
    found = kind_of(file, len(content))
    assert isinstance(found, Kind)
    assert file.tell() == 0
    assert not found.media_type.startswith(("text/html", "image/svg"))


@pytest.fixture(autouse=True)
@aside
def _own_store(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_DATA = tmp_path


@pytest.fixture
@standing
def kept(mina: Enrolment, at_work: Any) -> EvidenceItem:
    return services.add_file(mina.learner, store.receive([b"%PDF-", b"1.7\n"], "a.pdf"))


def test_a_file_is_kept_under_a_random_name_outside_the_web_root(kept: EvidenceItem, tmp_path: Path) -> None:
    path = tmp_path / "evidence" / kept.stored_as
    assert path.read_bytes() == b"%PDF-1.7\n"
    assert "a.pdf" not in kept.stored_as
    assert path.stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"
    assert list((tmp_path / "evidence-incoming").iterdir()) == []


def test_what_was_changed_on_the_disk_is_noticed(kept: EvidenceItem, tmp_path: Path) -> None:
    assert services.evidence_is_intact(kept)
    (tmp_path / "evidence" / kept.stored_as).write_bytes(b"%PDF-1.8\n")
    assert not services.evidence_is_intact(kept)
    (tmp_path / "evidence" / kept.stored_as).unlink()
    with pytest.raises(EvidenceGone):
        services.evidence_is_intact(kept)


def old(path: Path, hours: float) -> None:
    moment = (timezone.now() - timedelta(hours=hours)).timestamp()
    os.utime(path, (moment, moment))


def test_only_what_belongs_to_nobody_for_a_day_is_swept_away(
    kept: EvidenceItem, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    stored = tmp_path / "evidence"
    orphan = stored / "aa" / "aa00"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"nobody's")
    young = stored / "aa" / "aa01"
    young.write_bytes(b"its row is just being written")
    left = tmp_path / "evidence-incoming" / "tmpx"
    left.write_bytes(b"half")
    for path in (orphan, left, stored / kept.stored_as):
        old(path, 25)
    with unscoped("the sweeper looks at the whole store"):
        assert portfolio.sweep() == 2
    assert {path.name for path in stored.rglob("*") if path.is_file()} == {Path(kept.stored_as).name, "aa01"}


def test_a_row_that_cannot_be_written_takes_its_file_along(
    mina: Enrolment, at_work: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any, **_values: Any) -> None:
        raise RuntimeError("killed here")

    monkeypatch.setattr(EvidenceItem.objects, "create", broken)
    with pytest.raises(RuntimeError):
        services.add_file(mina.learner, store.receive([b"text"], "a.txt"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_stream_is_never_held_in_memory(mina: Enrolment, at_work: Any, settings: Any) -> None:
    settings.TESTAMUR_EVIDENCE_MEBIBYTES = 64

    def stream() -> Iterator[bytes]:
        for number in range(40):
            yield bytes([number]) * 1024 * 1024

    tracemalloc.start()
    item = services.add_file(mina.learner, store.receive(stream(), "long.bin"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert item.size == 40 * 1024 * 1024
    assert peak < 8 * 1024 * 1024


def test_an_object_store_takes_the_place_of_the_folder(
    mina: Enrolment, at_work: Any, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "evidence": memory}
    item = services.add_file(mina.learner, store.receive([b"%PDF-", b"1.7"], "a.pdf"))
    assert services.evidence_is_intact(item)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_item(item)
    with pytest.raises(EvidenceGone):
        services.evidence_is_intact(item)


def test_a_portfolio_has_an_end(mina: Enrolment, at_work: Any, settings: Any) -> None:
    settings.TESTAMUR_PORTFOLIO_MEBIBYTES = 1
    services.add_file(mina.learner, store.receive([b"x" * 700_000], "a.bin"))
    with pytest.raises(EvidenceRefused) as refused:
        services.add_file(mina.learner, store.receive([b"x" * 700_000], "b.bin"))
    assert refused.value.facts["code"] == "portfolio_full"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://example.org/a", ""),
        ("https://예시.한국/과제", ""),
        ("http://example.org/", "not_https"),
        ("javascript:alert(1)", "not_https"),
        ("https://user:secret@example.org/", "bad_address"),
        ("https://", "bad_address"),
        ("https://exa mple.org/", "bad_address"),
        ("https://[::1", "bad_address"),
        ("https://example.org/" + "a" * 2000, "too_long"),
    ],
)
def test_addresses(mina: Enrolment, at_work: Any, url: str, code: str) -> None:
    if not code:
        assert services.add_address(mina.learner, "link", url).url == url
        return
    with pytest.raises(EvidenceRefused) as refused:
        services.add_address(mina.learner, "link", url)
    assert refused.value.facts["code"] == code


def test_a_kept_file_is_named_on_the_disk_before_its_row_is_written(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TESTAMUR_DATA = tmp_path
    synced: list[str] = []
    real = os.fsync
    monkeypatch.setattr(
        store.os,
        "fsync",
        lambda one: synced.append(str(Path(f"/proc/self/fd/{one}").readlink())) or real(one),  # type: ignore[func-returns-value]
    )
    name = store.receive([b"%PDF-1.7\n"]).keep()
    assert synced[1:] == [str((tmp_path / "evidence" / name).parent), str(tmp_path / "evidence"), str(tmp_path)]

"""Made once, kept sealed, within bounds; and a broken disk is nobody's trouble."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from testamur_site.foundation.made_files import keeping
from testamur_site.foundation.made_files.api import forget, kept

SECRET = b"the signed credential of one learner"


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.TESTAMUR_MADE_FILES = tmp_path / "made"
    settings.TESTAMUR_MADE_FILES_MEBIBYTES = 1
    return tmp_path / "made"


@pytest.fixture
def make() -> Callable[..., Callable[[], bytes]]:
    """`make(b"…")` gives a function that makes these bytes and counts in its `times`."""

    def of(content: bytes) -> Callable[[], bytes]:
        def making() -> bytes:
            making.times += 1  # type: ignore[attr-defined]
            return content

        making.times = 0  # type: ignore[attr-defined]
        return making

    return of


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_made_once(folder: Path, make: Any) -> None:
    made = make(b"a certificate")
    assert [kept(SECRET, "pdf", made) for _ in range(3)] == [b"a certificate"] * 3
    assert made.times == 1
    assert len(files(folder)) == 1


def test_another_name_or_secret_is_another_file(folder: Path, make: Any) -> None:
    assert kept(SECRET, "pdf:en", make(b"English")) == b"English"
    assert kept(SECRET, "pdf:ko", make(b"Korean")) == b"Korean"
    assert kept(SECRET + b"2", "pdf:en", make(b"another's")) == b"another's"
    assert kept(SECRET, "pdf:en", make(b"never made")) == b"English"


def test_the_disk_shows_no_one(folder: Path, make: Any) -> None:
    kept(SECRET, "pdf for Kim Mina", make(b"awarded to Kim Mina" * 100))
    (path,) = files(folder)
    assert b"Mina" not in path.read_bytes()
    assert "Mina" not in str(path)
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_moved_to_anothers_place_is_not_believed(folder: Path, make: Any) -> None:
    kept(SECRET, "one", make(b"one"))
    (one,) = files(folder)
    kept(SECRET, "two", make(b"two"))
    (two,) = set(files(folder)) - {one}
    two.write_bytes(one.read_bytes())
    assert kept(SECRET, "two", make(b"two")) == b"two"


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 500])
def test_what_is_damaged_is_made_again(damage: bytes, folder: Path, make: Any) -> None:
    made = make(b"a certificate")
    kept(SECRET, "pdf", made)
    (path,) = files(folder)
    path.write_bytes(damage)
    assert kept(SECRET, "pdf", made) == kept(SECRET, "pdf", made) == b"a certificate"
    assert made.times == 2


def test_what_was_erased_is_gone(folder: Path, make: Any) -> None:
    kept(SECRET, "pdf", make(b"one"))
    kept(SECRET, "png", make(b"two"))
    kept(b"another learner's credential", "pdf", make(b"three"))
    forget(SECRET)
    forget(b"nobody's")
    assert len(files(folder)) == 1
    made = make(b"anew")
    assert kept(SECRET, "pdf", made) == b"anew"


def test_a_folder_that_cannot_be_written_is_nobodys_trouble(folder: Path, make: Any) -> None:
    folder.parent.joinpath("made").write_text("a file where the folder should be")
    made = make(b"a certificate")
    assert [kept(SECRET, "pdf", made) for _ in range(2)] == [b"a certificate"] * 2
    assert made.times == 2
    forget(SECRET)


def test_nothing_is_kept_where_nothing_may_be(folder: Path, make: Any, settings: Any) -> None:
    settings.TESTAMUR_MADE_FILES_MEBIBYTES = 0
    assert kept(SECRET, "pdf", make(b"a certificate")) == b"a certificate"
    assert not folder.exists()


def test_a_fault_in_making_keeps_nothing(folder: Path) -> None:
    def fail() -> bytes:
        raise LookupError("no such credential")

    with pytest.raises(LookupError):
        kept(SECRET, "pdf", fail)
    assert files(folder) == []


def test_what_was_not_asked_for_the_longest_goes_first(folder: Path, make: Any) -> None:
    for number in range(20):
        kept(SECRET, str(number), make(bytes(90_000)))
        for path in files(folder):
            os.utime(path, (path.stat().st_mtime - 4000,) * 2)  # everything so far is an hour older
    kept(SECRET, "0", make(b"never made"))  # asked for again, so it is the youngest
    assert keeping.make_room(1024 * 1024) == 11
    assert sum(path.stat().st_size for path in files(folder)) <= 0.8 * 1024 * 1024
    made = make(b"anew")
    assert len(kept(SECRET, "0", made)) == len(kept(SECRET, "19", made)) == 90_000
    assert kept(SECRET, "1", made) == b"anew"


def test_after_a_week_everything_goes(folder: Path, make: Any) -> None:
    kept(SECRET, "old", make(b"old"))
    (path,) = files(folder)
    os.utime(path, (time.time() - 8 * 86_400,) * 2)
    kept(b"another learner's credential", "young", make(b"young"))
    assert keeping.make_room(1024 * 1024) == 1
    assert not path.parent.exists()


def test_room_is_made_in_passing(folder: Path, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_LOOK_EVERY", 5)
    for number in range(40):
        kept(SECRET, str(number), make(bytes(90_000)))
    assert sum(path.stat().st_size for path in files(folder)) < 1.5 * 1024 * 1024


def test_a_file_that_would_fill_the_folder_is_not_kept(folder: Path, make: Any) -> None:
    assert len(kept(SECRET, "large", make(bytes(200_000)))) == 200_000
    assert files(folder) == []

from __future__ import annotations

import re
import stat
import threading
from pathlib import Path

import pytest

from testamur_site.config import environment, settings
from testamur_site.config.environment import WrongSetting, base_url, database, flag, number, secret_file, words
from testamur_site.foundation.signing.sealing import read_keys


@pytest.mark.parametrize(
    ("text", "meaning"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("", False), ("No", False)]
)
def test_a_flag(text: str, meaning: bool) -> None:
    assert flag({"X": text}, "X", default=not meaning) is meaning


def test_a_flag_that_is_neither_yes_nor_no_is_refused_by_name() -> None:
    with pytest.raises(WrongSetting, match="TESTAMUR_DEMO must be yes or no"):
        flag({"TESTAMUR_DEMO": "perhaps"}, "TESTAMUR_DEMO")


def test_a_number() -> None:
    assert number({"X": " 7 "}, "X", default=1) == 7
    assert number({}, "X", default=1) == 1
    with pytest.raises(WrongSetting, match="X must be a whole number"):
        number({"X": "seven"}, "X", default=1)


def test_words() -> None:
    assert words({"X": "a, b,,c "}, "X") == ["a", "b", "c"]


@pytest.mark.parametrize("url", ["http://localhost:8000", "https://credentials.example.edu", "https://a.example:8443/"])
def test_a_base_url(url: str) -> None:
    assert base_url({"TESTAMUR_BASE_URL": url}) == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["credentials.example.edu", "ftp://x.example", "https://x.example/path", "https://", "https://x/?a=b"]
)
def test_a_base_url_that_cannot_stand_in_an_identifier_is_refused(url: str) -> None:
    with pytest.raises(WrongSetting, match="must look like"):
        base_url({"TESTAMUR_BASE_URL": url})


def test_the_embedded_database_waits_instead_of_failing(tmp_path: Path) -> None:
    settings = database("sqlite:", tmp_path)
    assert settings["NAME"] == str(tmp_path / "testamur.sqlite3")
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in settings["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in settings["OPTIONS"]["init_command"]  # what tests/crash shows to be needed
    assert database("sqlite:///elsewhere/x%20y.db", tmp_path)["NAME"] == "/elsewhere/x y.db"


def test_a_postgresql_database(tmp_path: Path) -> None:
    settings = database("postgresql://user:p%40ss@db.example:5433/name?sslmode=require", tmp_path)
    assert {k: settings[k] for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "name",
        "USER": "user",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_postgresql_database_behind_a_socket(tmp_path: Path) -> None:
    settings = database("postgresql://user@/name?host=/run/pg&port=5432", tmp_path)
    assert (settings["HOST"], settings["PORT"]) == ("/run/pg", "5432")


def test_another_database_is_refused_without_telling_its_password(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="'mysql'") as refusal:
        database("mysql://user:hunter2@x/y", tmp_path)
    assert "hunter2" not in str(refusal.value)


def test_a_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    secret = secret_file(path)
    assert len(secret) > 60
    assert secret_file(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret"]


def test_two_processes_that_start_together_get_the_same_secret(tmp_path: Path) -> None:
    found: list[str] = []
    barrier = threading.Barrier(8)

    def start() -> None:
        barrier.wait()
        found.append(secret_file(tmp_path / "secret"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_every_variable_is_explained() -> None:
    """The docstring of the settings is the list that an operator reads."""
    folder = Path(environment.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    read = set(re.findall(r"""environ(?:\.get\(|\[|, ?)"(TESTAMUR_\w+)\"""", sources)) | {"TESTAMUR_BASE_URL"}
    explained = set(re.findall(r"^(TESTAMUR_\w+) ", settings.__doc__ or "", re.MULTILINE))
    assert "TESTAMUR_DEMO" in read
    assert read == explained


def test_what_is_made_for_good_is_named_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was synced in a folder that was not is gone after a power cut: the secret, the key-encryption key, or all."""
    synced: list[str] = []
    monkeypatch.setattr(
        environment.os, "fsync", lambda descriptor: synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
    )
    environment.data_folder(tmp_path / "data")
    assert synced == [str(tmp_path)]
    environment.data_folder(tmp_path / "data")
    assert synced == [str(tmp_path)]
    secret_file(tmp_path / "data" / "secret-key")
    assert synced[-1] == str(tmp_path / "data")
    synced.clear()
    read_keys(tmp_path / "data" / "key-encryption-key", create=True)
    assert synced[-1] == str(tmp_path / "data")

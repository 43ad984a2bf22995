"""Reads the environment: the only place where a setting comes from outside.

Every function takes the environment as a mapping, so that a test changes a dictionary and not the process.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from testamur.durable import sync_folder

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"", "0", "false", "no", "off"})


class WrongSetting(ValueError):
    """An environment variable cannot be understood; the message says which and what is expected."""


def flag(environment: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """A yes/no variable: 1/true/yes/on or 0/false/no/off. Raises WrongSetting for anything else."""
    value = environment.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise WrongSetting(f"{name} must be yes or no, but is {value!r}.")


def number(environment: Mapping[str, str], name: str, *, default: int) -> int:
    """A whole number. Raises WrongSetting for anything else."""
    value = environment.get(name, "").strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise WrongSetting(f"{name} must be a whole number, but is {value!r}.") from None


def choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of several words, the first where nothing is said. Raises WrongSetting for anything else."""
    value = environment.get(name, "").strip().lower() or choices[0]
    if value not in choices:
        raise WrongSetting(f"{name} must be one of {', '.join(choices)}, but is {value!r}.")
    return value


def words(environment: Mapping[str, str], name: str) -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in environment.get(name, "").split(",") if word.strip()]


def base_url(environment: Mapping[str, str]) -> str:
    """The public address of the platform, without a slash at the end. It is part of every identifier that is issued."""
    value = environment.get("TESTAMUR_BASE_URL", "http://localhost:8000").strip().rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.path:
        raise WrongSetting(f"TESTAMUR_BASE_URL must look like https://credentials.example.edu, but is {value!r}.")
    return value


def database(url: str, data: Path) -> dict[str, Any]:
    """Django's description of the database named by `url`.

    `sqlite:///absolute/path` (or `sqlite:` for the embedded file in the data directory) and
    `postgresql://user:password@host:port/name?host=/socket/directory`. Raises WrongSetting for anything else.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        # IMMEDIATE: a transaction that will write takes the lock when it begins and waits for it, instead of failing with
        # "database is locked" when it first writes. WAL: readers never wait for the writer. FULL: a commit has returned when it is on
        # the disk. With NORMAL the last ones before a power cut would be undone, though their mails are sent and the public log,
        # which is a file of its own, has them already (decision 0056).
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path) or str(data / "testamur.sqlite3"),
            # Opening the file and reading its schema costs more than most pages: each thread keeps its connection.
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        options = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", None) or parts.hostname or "",
            "PORT": str(parts.port or options.pop("port", "")),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    raise WrongSetting(
        "TESTAMUR_DATABASE_URL must begin with sqlite: or postgresql:, "
        f"but begins with {parts.scheme or 'nothing'!r}."  # never the whole address: it can hold a password
    )


def data_folder(path: Path) -> Path:
    """The directory for all state, made where there is none, so that it is still there after a power cut."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(PermissionError):  # we may write there and not read
            sync_folder(path.parent)
    return path


def secret_file(path: Path, *, length: int = 50) -> str:
    """The secret kept in `path`, made on first use with mode 0600.

    Two processes that start together get the same one: the file is written aside and linked into place, and whoever comes second
    reads the first one's.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(length))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    sync_folder(path.parent)
    return path.read_text(encoding="ascii").strip()

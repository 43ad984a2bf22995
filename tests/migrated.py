"""A test database that was migrated once: copied by the next run, for to migrate it takes longer than a whole folder of tests.

1. The copy is named for the contents of all migrations and for the version of Django. A change of one of them is another copy, and the
   database is migrated from nothing again.
2. SQLite's is a file in build/, which is not a part of the project: a fresh checkout begins without one. PostgreSQL's is a database beside
   the others, and ends with its server: the parts of `tools/run-tests` share one.
3. Of two runs at once the second waits for the first; the copy appears whole or not at all.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection

from . import emptied

ROOT = Path(__file__).parents[1]


_migrating = ExitStack()
"""What this run holds from when it finds no copy until there is one."""


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, django_db_blocker: Any) -> bool:
    """Whether the migrated database is there (pytest-django asks before it makes one)."""
    name = _test_database()
    on_server = connection.vendor == "postgresql" and not request.config.getvalue("reuse_db")
    if not on_server and name is None:
        return bool(request.config.getvalue("reuse_db"))
    _migrating.enter_context(_only_one())
    with django_db_blocker.unblock():
        there = _copied_by_postgresql() if on_server else _copied(name)
    if there:
        _migrating.close()
    return there


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_keepdb: bool, django_db_blocker: Any) -> None:
    """pytest-django's, and what was migrated from nothing is kept for the next run, before a test has written into it."""
    with _migrating:
        _keep_what_was_migrated(django_db_keepdb, django_db_blocker)
    with django_db_blocker.unblock():
        emptied.remember()


def _keep_what_was_migrated(django_db_keepdb: bool, django_db_blocker: Any) -> None:
    if not django_db_keepdb and connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            _keep_in_postgresql()
    elif not django_db_keepdb and _test_database() is not None:
        _keep()


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    """Who migrates for this kind of database; the operating system lets the next one in when a run is killed."""
    lock = _image().with_suffix(f".{connection.vendor}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _copied(name: str | None) -> bool:
    if name is None or not _image().exists():
        return False
    shutil.copyfile(_image(), name)
    return True


@pytest.fixture(scope="session")
def migrated_file(django_db_setup: None) -> Path | None:
    """A migrated SQLite database, to be copied and not written into; None where no run has made one (on PostgreSQL)."""
    return _image() if _image().exists() else None


def _keep() -> None:
    image = _image()
    image.parent.mkdir(parents=True, exist_ok=True)
    unfinished = image.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(str(_test_database()))) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    unfinished.replace(image)


def _copied_by_postgresql() -> bool:
    kept, copy = _kept_name(), connection.creation._get_test_db_name()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept])
        if cursor.fetchone() is None:
            return False
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(copy)}")
        cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(copy)} TEMPLATE {kept}")
    return True


def _keep_in_postgresql() -> None:
    test_database = connection.settings_dict["NAME"]
    connection.close()  # nobody may be connected to what is copied
    with connection._nodb_cursor() as cursor, contextlib.suppress(ProgrammingError):  # it is there already
        cursor.execute(f"CREATE DATABASE {_kept_name()} TEMPLATE {connection.ops.quote_name(test_database)}")


def _kept_name() -> str:
    return _image().stem.replace("-", "_")


def _test_database() -> str | None:
    """The file of the test database; None where it is none of SQLite's."""
    database = settings.DATABASES["default"]
    return database["TEST"]["NAME"] if database["ENGINE"].endswith("sqlite3") else None


def _image() -> Path:
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted((ROOT / "src/testamur_site").rglob("migrations/*.py")):
        digest.update(path.read_bytes())
    return ROOT / f"build/migrated-{digest.hexdigest()[:24]}.sqlite3"

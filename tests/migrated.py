"""A test database of SQLite that was migrated once: copied by the next run, for to migrate it takes longer than a whole folder of tests.

1. The file is named for the contents of all migrations and for the version of Django. A change of one of them is another file, and the
   database is migrated from nothing again.
2. It is kept in build/, which is not a part of the project: a fresh checkout begins without one.
3. Two runs at once may both migrate; the file appears whole or not at all, and either of them may be the one that stays.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import django
import pytest
from django.conf import settings

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Whether the migrated database is there (pytest-django asks before it makes one)."""
    name = _test_database()
    if name is None:
        return bool(request.config.getvalue("reuse_db"))
    if not _image().exists():
        return False
    shutil.copyfile(_image(), name)
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_keepdb: bool) -> None:
    """pytest-django's, and what was migrated from nothing is kept for the next run, before a test has written into it."""
    if not django_db_keepdb and _test_database() is not None:
        _keep()


def _keep() -> None:
    image = _image()
    image.parent.mkdir(parents=True, exist_ok=True)
    unfinished = image.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(str(_test_database()))) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    unfinished.replace(image)


def _test_database() -> str | None:
    """The file of the test database; None where it is none of SQLite's."""
    database = settings.DATABASES["default"]
    return database["TEST"]["NAME"] if database["ENGINE"].endswith("sqlite3") else None


def _image() -> Path:
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted((ROOT / "src/testamur_site").rglob("migrations/*.py")):
        digest.update(path.read_bytes())
    return ROOT / f"build/migrated-{digest.hexdigest()[:24]}.sqlite3"

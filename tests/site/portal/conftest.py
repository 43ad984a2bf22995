"""The demonstration, told once for a module: to tell it takes seconds, and what a test changes in it is rolled back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from testamur_site.portal.demo import api as demonstration


@pytest.fixture(scope="module")
def told_once(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The folder of the log in which it was recorded. The rows stand in a transaction around those of the module's tests."""
    log = tmp_path_factory.mktemp("demonstration") / "log"
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(TESTAMUR_DEMO=True, TESTAMUR_LOG_FOLDER=log):
            demonstration.create()
        yield log
        transaction.set_rollback(True)


@pytest.fixture
def demonstrated(told_once: Path, db: None, settings: Any) -> None:
    """The demonstration, with a log of this test's own: a folder is not rolled back."""
    settings.TESTAMUR_DEMO = True
    if told_once.exists():
        shutil.copytree(told_once, settings.TESTAMUR_LOG_FOLDER, dirs_exist_ok=True)

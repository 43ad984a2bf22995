"""What holds for every test: property tests are the same in every run, and a busy machine does not fail them."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

from .migrated import django_db_keepdb, django_db_setup, migrated_file  # noqa: F401 - two stand in for pytest-django's
from .once import parted
from .standing import _django_db_helper, pytest_runtest_protocol  # noqa: F401 - the first stands in for pytest-django's

gc.disable()  # nothing that is imported and collected goes before the end; from then on the collector works again

settings.register_profile(
    "testamur", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("testamur")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if not pluginmanager.hasplugin("django"):  # the library's tests may do without (tools/run-tests)
        parser.addini("DJANGO_SETTINGS_MODULE", "of the plugin that is left out")
    parser.addoption(
        "--once",
        action="store_true",
        help="leave what no database decides to the run with the other database (tests/once.py)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("once"):
        items[:], left = parted(items, postgresql=bool(os.environ.get("TESTAMUR_DATABASE_URL")))
        config.hook.pytest_deselected(items=left)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector need not walk through it after every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()

"""Several hosts need a database server: on the embedded file there is nothing to try, and on the server it is tried once."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from tests.standing import aside

from testamur_site.config import public_bytes
from testamur_site.config.before_django import without_session

collect_ignore = (
    [] if os.environ.get("TESTAMUR_DATABASE_URL", "").startswith("postgresql:") else ["test_several_hosts.py"]
)


@pytest.fixture
@aside
def one_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Between requests connections may be closed; with this all of them are in the transaction of the test."""
    for module in (public_bytes, without_session):
        monkeypatch.setattr(module, "close_old_connections", lambda: None)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)

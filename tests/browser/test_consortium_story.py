"""A microdegree of three institutions, end to end, in one test: see `consortium_story.py`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from testamur_site.foundation.jobs.api import run_pending
from testamur_site.portal.demo import api as demonstration

from . import consortium_story
from .story import Stage


def test_from_the_first_course_to_the_fall(
    visitor: Callable[..., Page], live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.TESTAMUR_BASE_URL = live_server.url
    settings.TESTAMUR_OUTBOX = True
    demonstration.create()
    said: list[str] = []
    stage = Stage(visitor(), visitor(), visitor(), tmp_path, wait=lambda: run_pending() and None, say=said.append)
    consortium_story.tell(consortium_story.Consortium(stage, visitor, within=600))
    assert "testamur verify, offline: valid, level logged." in said
    assert said[-1].startswith("Today the stranger reads: Since ")

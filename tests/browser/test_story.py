"""The main job, end to end, in one test: see `story.py`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from testamur.formats.baked import png, svg
from testamur_site.foundation.jobs.api import run_pending

from . import story


def test_from_sign_up_to_revocation(
    visitor: Callable[..., Page], live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.TESTAMUR_BASE_URL = live_server.url
    settings.TESTAMUR_OUTBOX = True
    stage = story.Stage(visitor(), visitor(), visitor(), tmp_path, wait=lambda: run_pending() and None)
    story.tell(stage)
    hosted = stage.files["credential.json"].read_bytes()
    assert png.extract(stage.files["badge.png"].read_bytes()) == hosted
    assert svg.extract(stage.files["badge.svg"].read_bytes()) == hosted
    credential = json.loads(hosted)
    assert credential["credentialSubject"]["result"][0]["value"] == "93"
    assert credential["name"] == story.TITLE

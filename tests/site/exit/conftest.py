"""An institution with a published micro-credential, two holders, and a log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.site.wallet.conftest import award_to, claimed, deposit, published, version

__all__ = ["award_to", "claimed", "deposit", "published", "version"]


@pytest.fixture(autouse=True)
def _folder_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_EXIT_FOLDER = tmp_path / "exits"

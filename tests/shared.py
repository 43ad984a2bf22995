"""Third-party test data lives outside the repository; this finds it.

The folder is given by TESTAMUR_SHARED (`../shared` beside the repository by default). A test that needs it is skipped by name
where it is absent, so that a checkout alone still runs everything else.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TESTAMUR_SHARED", ROOT.parent / "shared"))


def shared(relative: str) -> Path:
    """The path of `relative` below the shared folder; skips the calling test (or its module) when it is not there."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"needs {relative} of the shared test data (TESTAMUR_SHARED)", allow_module_level=True)
    return path

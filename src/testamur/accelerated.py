"""Which form of a kernel runs: the Python source as it stands, or the same source compiled (`tools/accelerate`).

A compiled form is used only where it was made from exactly the source that lies beside it, so that nobody who edits the source runs
yesterday's. `TESTAMUR_PURE=1` in the environment keeps to Python. Which of the two runs never decides what comes out: the property tests
run over both.
"""

from __future__ import annotations

import hashlib
import importlib
import os
from pathlib import Path
from types import ModuleType
from typing import Any, Final

SUFFIX: Final = "_compiled"
"""What the compiled form of a module is called: the module's name with this behind it."""
NATIVE: Final = Path(__file__).parent / "linked_data/shapes/native.pxd"
"""What compiled forms have in them that read it; its text counts for all of them."""


def fingerprint(source: Path) -> str:
    """The SHA-256 of a kernel's source, of the types that belong to it (`.pxd`), and of `NATIVE`, in hex. Raises OSError."""
    parts = (source, source.with_suffix(".pxd"), NATIVE)
    return hashlib.sha256(b"".join([part.read_bytes() for part in parts])).hexdigest()


def compiled(source: ModuleType) -> Any:
    """The compiled form of a kernel, or None where there is none that was made from this source."""
    try:
        found = importlib.import_module(source.__name__ + SUFFIX)
        fits = fingerprint(Path(source.__file__ or "")) == found.FINGERPRINT
    except (ImportError, OSError, AttributeError):
        return None
    return found if fits else None


def quickest(source: ModuleType) -> Any:
    """The form of a kernel to run."""
    return source if os.environ.get("TESTAMUR_PURE") == "1" else compiled(source) or source

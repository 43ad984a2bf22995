"""What is still there after a power cut: the name of a file is on the disk only when its folder was brought there too."""

from __future__ import annotations

import os
from pathlib import Path


def sync_folder(path: Path) -> None:
    """Bring the names in a folder to the disk (fsync(2)): a file that was synced, and whose name was not, is lost with the power.
    Raises OSError, PermissionError for a folder that may not be read."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""One way to say what is wrong with a log."""

from __future__ import annotations

from typing import Any

from testamur.errors import ResolutionError


def broken(reason: str, message: str, entry: int | None = None, /, **facts: Any) -> ResolutionError:
    """The error `did.webvh_{reason}`; `entry` is the number of the version, from 1."""
    numbered = {} if entry is None else {"entry": entry}
    return ResolutionError(message, code=f"did.webvh_{reason}", facts={**numbered, **facts})

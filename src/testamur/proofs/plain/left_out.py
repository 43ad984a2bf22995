"""What is not done in plain Python, said where it would be needed."""

from __future__ import annotations

from typing import NoReturn


class LeftOut(BaseException):
    """`what` cannot be examined without the native libraries.

    No `Exception`: a parser that takes every error for a damaged document must not take this for one, since nothing was found wrong.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def left_out(what: str) -> NoReturn:
    """Raises `LeftOut`."""
    raise LeftOut(what)

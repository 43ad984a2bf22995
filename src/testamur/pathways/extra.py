"""What comes with the extra `pathways`: the solver is large, so whoever only issues and verifies does without it."""

from __future__ import annotations

from testamur.errors import TestamurError


class ExtraMissing(TestamurError):
    """A library of the extra `pathways` is not installed. The message says how to install it."""

    default_code = "pathways.extra_missing"

    def __init__(self, library: str) -> None:
        super().__init__(
            f'Programmes need {library}, which is not installed. Install it with:  pip install "testamur[pathways]"',
            facts={"library": library},
        )

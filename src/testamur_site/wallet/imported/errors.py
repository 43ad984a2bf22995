from __future__ import annotations

from typing import Any


class ImportRefused(Exception):
    """A document that is not kept. `code` is one of: `nothing`, `picture_…` and `address_…` (verification's own), `too_large`, `too_many`,
    `too_much`, `already`, `not_readable`, `not_genuine`, `about_another`. `facts` are JSON values for the sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

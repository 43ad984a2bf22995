"""What item banks refuse, and with which facts. The sentences are in `sentences.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ItemBankError(Exception):
    """The root. `facts` are JSON values without personal data."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts


class NoTest(ItemBankError):
    """The task is no test, or its bank does not exist, is not open, or has no items. `why`: no_bank, not_open, empty."""


class NotDeclared(ItemBankError):
    """The learner has not said that they take the test themselves."""


class SittingEnded(ItemBankError):
    """Nothing more is taken."""


class OtherItem(ItemBankError):
    """The answer belongs to an item that was answered already; there is no going back."""


class NoAnswer(ItemBankError):
    """Nothing was chosen, or what was typed is no number. `kind` of the item."""


class UnfitItem(ItemBankError):
    """The item cannot be asked. `faults`: field → code of `rules.faults`."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(faults=dict(faults))
        self.faults = dict(faults)


class UnfitSettings(ItemBankError):
    """The rules of the test contradict each other."""


class TooManyItems(ItemBankError):
    """A bank has at most `most` items."""


class NotPossibleNow(ItemBankError):
    """The state does not allow the step: somebody else was faster, or something is missing. `why`."""


class UnreadableTable(ItemBankError):
    """The table cannot be read. `why`: encoding, too_large, no_header, columns (with `missing`), too_many_rows."""

"""The door of item banks. Everything here runs inside a tenant."""

from .archive import TABLES as ARCHIVED_TABLES
from .banks.services import create, data_of, open_bank, take_table
from .banks.tables import read_csv, write_csv
from .models import Item, ItemBank, Sitting
from .queries import TestOutcome, bank_by_public_id, banks, sittings_of, test_outcome
from .rules import ItemData
from .sitting.services import answer, begin, open_item

__all__ = [
    "ARCHIVED_TABLES",
    "Item",
    "ItemBank",
    "ItemData",
    "Sitting",
    "TestOutcome",
    "answer",
    "bank_by_public_id",
    "banks",
    "begin",
    "create",
    "data_of",
    "open_bank",
    "open_item",
    "read_csv",
    "sittings_of",
    "take_table",
    "test_outcome",
    "write_csv",
]

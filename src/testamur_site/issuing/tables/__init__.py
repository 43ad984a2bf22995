"""Class lists: CSV and XLSX files to rows, headers to fields, cells to names, addresses and dates. Pure: no Django, no database.

The life of an uploaded file: `read_table` (bytes to cells, under limits) → `match_headers` (columns to fields) →
`issuing.rules.evaluate` (rows to verdicts) → `write_csv` (the refused rows back to the person).
"""

from .dates import parse_date
from .encodings import CHOICES
from .headers import FIELDS, IGNORED, Match, evidence_groups, joined_name, match_headers
from .people import clean_email, clean_name, same_person_key
from .problems import MAX_BYTES, MAX_ROWS, CellRefused, Problem, TableRefused
from .reading import Table, read_table
from .refused_rows import unprotect, write_csv

__all__ = [
    "CHOICES",
    "FIELDS",
    "IGNORED",
    "MAX_BYTES",
    "MAX_ROWS",
    "CellRefused",
    "Match",
    "Problem",
    "Table",
    "TableRefused",
    "clean_email",
    "clean_name",
    "evidence_groups",
    "joined_name",
    "match_headers",
    "parse_date",
    "read_table",
    "same_person_key",
    "unprotect",
    "write_csv",
]

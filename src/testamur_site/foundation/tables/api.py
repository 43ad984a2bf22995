"""The door of tables."""

from .dates import parse_date
from .encodings import CHOICES
from .headers import FIELDS, IGNORED, Match, evidence_groups, fold, joined_name, match_headers
from .people import clean_email, clean_name, same_person_key
from .problems import MAX_BYTES, MAX_LONG_BYTES, MAX_ROWS, CellRefused, Problem, TableRefused
from .reading import Table, read_table
from .refused_rows import unprotect, write_csv
from .sentences import CELLS, ENCODINGS, of_cell, of_file
from .streaming import Rows, open_table

__all__ = [
    "CELLS",
    "CHOICES",
    "ENCODINGS",
    "FIELDS",
    "IGNORED",
    "MAX_BYTES",
    "MAX_LONG_BYTES",
    "MAX_ROWS",
    "CellRefused",
    "Match",
    "Problem",
    "Rows",
    "Table",
    "TableRefused",
    "clean_email",
    "clean_name",
    "evidence_groups",
    "fold",
    "joined_name",
    "match_headers",
    "of_cell",
    "of_file",
    "open_table",
    "parse_date",
    "read_table",
    "same_person_key",
    "unprotect",
    "write_csv",
]

"""The door of tables."""

from .dates import parse_date
from .encodings import CHOICES
from .headers import FIELDS, IGNORED, Match, evidence_groups, fold, joined_name, match_headers
from .people import clean_email, clean_name, same_person_key
from .problems import MAX_BYTES, MAX_LONG_BYTES, MAX_ROWS, CellRefused, Problem, TableRefused
from .reading import Table, read_table
from .refused_rows import unprotect, write_csv
from .sentences import CELLS, ENCODINGS, of_cell, of_file
from .streaming import Long, Measured, OtherEncoding, Place, Row, begin, look, measure, read_on

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
    "Long",
    "Match",
    "Measured",
    "OtherEncoding",
    "Place",
    "Problem",
    "Row",
    "Table",
    "TableRefused",
    "begin",
    "clean_email",
    "clean_name",
    "evidence_groups",
    "fold",
    "joined_name",
    "look",
    "match_headers",
    "measure",
    "of_cell",
    "of_file",
    "parse_date",
    "read_on",
    "read_table",
    "same_person_key",
    "unprotect",
    "write_csv",
]

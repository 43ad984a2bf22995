"""The door of audit."""

from .archive import adopt_entries, archived_entries, check_entries
from .models import AppendOnly, AuditEntry
from .queries import entries, verify_chain
from .rules import ChainReport, formula_safe
from .services import record, record_many

__all__ = [
    "AppendOnly",
    "AuditEntry",
    "ChainReport",
    "adopt_entries",
    "archived_entries",
    "check_entries",
    "entries",
    "formula_safe",
    "record",
    "record_many",
    "verify_chain",
]

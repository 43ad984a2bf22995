"""The door of audit."""

from .models import AppendOnly, AuditEntry
from .queries import entries, verify_chain
from .rules import ChainReport, formula_safe
from .services import record, record_many

__all__ = [
    "AppendOnly",
    "AuditEntry",
    "ChainReport",
    "entries",
    "formula_safe",
    "record",
    "record_many",
    "verify_chain",
]

"""The door of audit."""

from .models import AppendOnly, AuditEntry
from .queries import entries, verify_chain
from .rules import ChainReport
from .services import record

__all__ = ["AppendOnly", "AuditEntry", "ChainReport", "entries", "record", "verify_chain"]

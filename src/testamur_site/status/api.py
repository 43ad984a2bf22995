"""The door of status."""

from .archive import adopt_entry, adopt_pair, archived_entries, archived_pairs
from .models import Purpose, StatusEntry
from .queries import ListVersion, carrier, credential_status, issuers, list_versions, published_list
from .services import Versions, allocate, set_revoked, set_suspended

__all__ = [
    "ListVersion",
    "Purpose",
    "StatusEntry",
    "Versions",
    "adopt_entry",
    "adopt_pair",
    "allocate",
    "archived_entries",
    "archived_pairs",
    "carrier",
    "credential_status",
    "issuers",
    "list_versions",
    "published_list",
    "set_revoked",
    "set_suspended",
]

"""The door of status."""

from .models import Purpose, StatusEntry
from .queries import ListVersion, carrier, credential_status, list_versions, published_list
from .services import Versions, allocate, lift_suspension, set_revoked, set_suspended

__all__ = [
    "ListVersion",
    "Purpose",
    "StatusEntry",
    "Versions",
    "allocate",
    "carrier",
    "credential_status",
    "lift_suspension",
    "list_versions",
    "published_list",
    "set_revoked",
    "set_suspended",
]

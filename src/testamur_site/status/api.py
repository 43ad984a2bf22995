"""The door of status."""

from .models import Purpose, StatusEntry
from .queries import credential_status, published_list
from .services import allocate, lift_suspension, set_revoked, set_suspended

__all__ = [
    "Purpose",
    "StatusEntry",
    "allocate",
    "credential_status",
    "lift_suspension",
    "published_list",
    "set_revoked",
    "set_suspended",
]

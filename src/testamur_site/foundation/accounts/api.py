"""The door of accounts."""

from .models import Invitation, User
from .services import add_member, create_institution, create_user, invite, remove_member, set_role, update_institution

__all__ = [
    "Invitation",
    "User",
    "add_member",
    "create_institution",
    "create_user",
    "invite",
    "remove_member",
    "set_role",
    "update_institution",
]

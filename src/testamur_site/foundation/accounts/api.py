"""The door of accounts."""

from .models import Invitation, User
from .services import (
    AddressTaken,
    SlugTaken,
    add_member,
    create_institution,
    create_user,
    invite,
    remove_member,
    set_role,
    update_institution,
)

__all__ = [
    "AddressTaken",
    "Invitation",
    "SlugTaken",
    "User",
    "add_member",
    "create_institution",
    "create_user",
    "invite",
    "remove_member",
    "set_role",
    "update_institution",
]

"""The door of accounts."""

from .models import Invitation, User
from .services import (
    AddressTaken,
    AlreadyMember,
    SlugTaken,
    add_member,
    create_institution,
    create_user,
    invite,
    invite_first_owner,
    remove_member,
    set_role,
    update_institution,
)

__all__ = [
    "AddressTaken",
    "AlreadyMember",
    "Invitation",
    "SlugTaken",
    "User",
    "add_member",
    "create_institution",
    "create_user",
    "invite",
    "invite_first_owner",
    "remove_member",
    "set_role",
    "update_institution",
]

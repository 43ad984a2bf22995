"""Pure decisions about people and their roles."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

INVITATION_VALID = timedelta(days=14)
# Enough for a faculty; not enough to send other people's spam under a name of one's own choosing.
INVITATIONS_A_DAY = 50


def new_token() -> str:
    """The secret in an invitation's link: 256 bits."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What we keep of it. A random token needs no slow hash (nobody can try 2^256 of them)."""
    return hashlib.sha256(token.encode()).hexdigest()


def would_leave_without_owner(current_role: str, new_role: str | None, owners: int) -> bool:
    """Whether giving a member `new_role` (None: removing them) would leave nobody who can manage people."""
    return current_role == "owner" and new_role != "owner" and owners <= 1

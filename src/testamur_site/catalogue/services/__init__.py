"""The writes of the catalogue: `versions` what is described and published, `approval` what quality said about it.

Each in one transaction, with its audit entry in the same one. Every service works inside `tenant(institution)` (staff views are).
`actor` is the person who is signed in, or None for the platform itself.
"""

from .approval import approval_required, approve, publishing_policy, set_publishing_policy, withdraw_approval
from .versions import (
    begin_version,
    bring_back,
    create,
    discard_draft,
    duplicate,
    lock_version,
    note_what_changed,
    publish,
    retire,
    save_section,
    set_image,
)

__all__ = [
    "approval_required",
    "approve",
    "begin_version",
    "bring_back",
    "create",
    "discard_draft",
    "duplicate",
    "lock_version",
    "note_what_changed",
    "publish",
    "publishing_policy",
    "retire",
    "save_section",
    "set_image",
    "set_publishing_policy",
    "withdraw_approval",
]

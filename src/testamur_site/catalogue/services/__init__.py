"""The writes of the catalogue: `versions` what is described and published, `plan` single tasks and rubrics, `approval`
what quality said about it.

Each in one transaction, with its audit entry in the same one. Every service works inside `tenant(institution)` (staff views are).
`actor` is the person who is signed in, or None for the platform itself.
"""

from .approval import (
    approval_required,
    approve,
    publishing_policy,
    refuse_unapproved,
    set_publishing_policy,
    withdraw_approval,
)
from .co_owners import (
    agree,
    ask_co_owners,
    consents,
    consents_waiting,
    decline,
    own_consent,
    own_consents,
    refuse_without_consent,
)
from .plan import (
    add_rubrics,
    element_token,
    move_task,
    remove_rubric,
    remove_task,
    save_rubric,
    save_task,
    set_assessed_award,
)
from .rubric_library import bring_rubric_back, keep_rubric, keep_rubrics, retire_rubric
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
    set_rule_for_earlier,
)

__all__ = [
    "add_rubrics",
    "agree",
    "approval_required",
    "approve",
    "ask_co_owners",
    "begin_version",
    "bring_back",
    "bring_rubric_back",
    "consents",
    "consents_waiting",
    "create",
    "decline",
    "discard_draft",
    "duplicate",
    "element_token",
    "keep_rubric",
    "keep_rubrics",
    "lock_version",
    "move_task",
    "note_what_changed",
    "own_consent",
    "own_consents",
    "publish",
    "publishing_policy",
    "refuse_unapproved",
    "refuse_without_consent",
    "remove_rubric",
    "remove_task",
    "retire",
    "retire_rubric",
    "save_rubric",
    "save_section",
    "save_task",
    "set_assessed_award",
    "set_image",
    "set_publishing_policy",
    "set_rule_for_earlier",
    "withdraw_approval",
]

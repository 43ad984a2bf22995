"""All changes of quality: each in one transaction, with its audit entry in the same one.

`proposing` what the authors of a programme do, `reviewing` what reviewers and the panel say, `deciding` what is decided,
`conditions` what is still to be done, `policy` what the institution asks for. Every service works inside `tenant(institution)`.
"""

from __future__ import annotations

from .conditions import accept, fulfil, send_back
from .deciding import approve, decline, retire, return_for_changes, withdraw_approval, withdraw_endorsement
from .panel import answer, declare_conflict, invite, withdraw_invitation
from .policy import set_policy
from .proposing import propose, take_back
from .reviewing import review

__all__ = [
    "accept",
    "answer",
    "approve",
    "declare_conflict",
    "decline",
    "fulfil",
    "invite",
    "propose",
    "retire",
    "return_for_changes",
    "review",
    "send_back",
    "set_policy",
    "take_back",
    "withdraw_approval",
    "withdraw_endorsement",
    "withdraw_invitation",
]

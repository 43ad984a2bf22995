"""What of the approvals goes along when an institution leaves: every proposal with its steps, reviews, conditions and endorsements."""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried, nobodys_digest

from ..models import Condition, Decision, Endorsement, PanelMember, Policy, Proposal, Review

TABLES = (
    Carried(Policy),
    Carried(Proposal),
    Carried(Decision),
    Carried(Review),
    Carried(
        PanelMember,
        without={"token_digest": "opens the page of a panel member, which is another one at the new place"},
        fresh={"token_digest": nobodys_digest},
    ),
    Carried(Condition),
    Carried(Endorsement),
)

"""What of the decisions goes along when an institution leaves: all of them, with appeals, cases and claims, as evidence of each award."""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried

from .models import Appeal, Decision, DecisionPolicy, Exhibit, MisconductCase, PriorLearningClaim, Proposal

TABLES = (
    Carried(DecisionPolicy),
    Carried(Proposal),
    Carried(Decision),
    Carried(Appeal),
    Carried(MisconductCase),
    Carried(PriorLearningClaim),
    Carried(Exhibit),
)

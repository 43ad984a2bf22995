"""What of microdegrees goes along when an institution leaves: rules, who takes part, what was decided, and the drafts of rules."""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried

from .editor.models import RuleDraft
from .models import Allowance, DecisionRow, Participant, Rule

TABLES = (Carried(Rule), Carried(RuleDraft), Carried(Participant), Carried(Allowance), Carried(DecisionRow))

"""What of recognition goes along when an institution leaves: agreements with their history, requests, decisions, equivalences.

Documents and messages are the learner's, who can take them back: they travel where the learner can be found again at the new place,
which is so where they hold a credential of this institution.
"""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried

from .models import (
    Agreement,
    AgreementChange,
    Desk,
    Equivalence,
    Message,
    Recognised,
    Recognition,
    Request,
    SentDocument,
)

TABLES = (
    Carried(Desk),
    Carried(Agreement),
    Carried(AgreementChange),
    Carried(Request),
    Carried(SentDocument),
    Carried(Message),
    Carried(Recognition),
    Carried(Recognised),
    Carried(Equivalence),
)

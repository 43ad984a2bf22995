"""What of the learners goes along when an institution leaves: who took part, and what they handed in, by its digest.

The files themselves stay in the store of the old place, and with the learner: a credential names them by their digest, and an archive of
everybody's work would be larger than all the rest and hold what nobody needs to verify anything.
"""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried

from .models import (
    Enrolment,
    EvidenceItem,
    Extension,
    IdentityCheck,
    Learner,
    Submission,
    SubmissionEvidence,
)
from .rules import SubmissionState

TABLES = (
    Carried(Learner),
    Carried(IdentityCheck),
    Carried(Enrolment),
    Carried(Extension),
    Carried(EvidenceItem, without={"stored_as": "the name of the file in the store of the old place"}),
    Carried(
        Submission, at_first={"state": SubmissionState.DRAFT}
    ),  # a trigger takes no evidence for one that is handed in
    Carried(SubmissionEvidence),
)

"""What is forgotten when a learner's data are erased."""

from __future__ import annotations

from django.db import transaction

from ..models import Appeal, Decision, MisconductCase, PriorLearningClaim


@transaction.atomic
def forget(learner: str) -> int:
    """Empty every text by and about a learner (public id); how many rows. Outcomes, results and dates stay. Repeating it changes nothing.

    Call it inside the institution's tenant.
    """
    mine = {"enrolment__learner__public_id": learner}
    appeals = Appeal.objects.filter(decision__enrolment__learner__public_id=learner)
    return sum(
        (
            Decision.objects.filter(**mine).exclude(reason="").update(reason=""),
            appeals.update(statement="", answer=""),
            MisconductCase.objects.filter(**mine).update(suspicion="", statement="", finding=""),
            PriorLearningClaim.objects.filter(**mine).update(statement="", judgement="", reason=""),
        )
    )

"""What is read of copies. Inside a tenant."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from testamur_site.catalogue.api import Offering
from testamur_site.enrolment.api import EvidenceItem, Submission, evidence_of

from ..rules import code_name
from .models import CopyFinding, EvidenceText
from .rules import COMMON, MAX_SUBMISSIONS, FindingState, ReadState, marked

BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Side:
    """One of two submissions beside each other: its code, when it was handed in, from which offering, and the text in pieces, each with
    whether the other has it too."""

    submission: Submission
    code: str
    elsewhere: bool
    pieces: list[tuple[str, bool]]


def handed_in_for(offering: Offering, task_key: str) -> list[Submission]:
    """What was handed in for a task: first in this offering, then in earlier ones of the same micro-credential, the newest first."""
    rows = (
        Submission.objects.filter(
            enrolment__version__micro_credential=offering.version.micro_credential,
            task_key=task_key,
            state__in=["submitted", "returned"],
            erased_at=None,
        )
        .select_related("institution", "enrolment__offering", "enrolment__learner")
        .order_by("-submitted_at", "-pk")[:MAX_SUBMISSIONS]
    )
    return sorted(rows, key=lambda row: row.enrolment.offering_id != offering.pk)


def text_of(submission: Submission) -> str:
    """The texts of a submission's pieces, in their order, as they were read."""
    pieces = evidence_of(submission)
    texts = {
        row.item_id: row.text for row in EvidenceText.objects.filter(item__in=pieces, item__erased_at=None) if row.text
    }
    return BETWEEN.join(texts[item.pk] for item in pieces if item.pk in texts)


def findings(offering: Offering, task_key: str, *, decided: bool = False) -> QuerySet[CopyFinding]:
    """The findings of a task in which this offering has a part: open ones, or those that were decided on."""
    rows = CopyFinding.objects.select_related("first", "second", "decided_by").filter(
        Q(first__enrolment__offering=offering, first__task_key=task_key)
        | Q(second__enrolment__offering=offering, second__task_key=task_key)
    )
    return rows.exclude(state=FindingState.OPEN) if decided else rows.filter(state=FindingState.OPEN)


def finding_by_public_id(public_id: str) -> CopyFinding | None:
    return (
        CopyFinding.objects.select_related(
            "institution",
            "decided_by",
            "first__enrolment__offering__version",
            "second__enrolment__offering__version",
            "first__enrolment__version",
            "second__enrolment__version",
        )
        .filter(public_id=public_id)
        .first()
    )


def unread(offering: Offering, task_key: str) -> Counter[str]:
    """Pieces handed in for a task of this offering that could not be compared, by the reason."""
    rows = EvidenceText.objects.filter(
        item__submissions__enrolment__offering=offering,
        item__submissions__task_key=task_key,
        item__submissions__state__in=["submitted", "returned"],
    ).exclude(state=ReadState.READ)
    return Counter(rows.values_list("state", flat=True))


def common_pieces(offering: Offering, task_key: str) -> list[tuple[str, int]]:
    """(Title or file name, how many people) of pieces that so many handed in for the task that they are taken for given material."""
    rows = (
        EvidenceItem.objects.filter(
            submissions__enrolment__offering=offering,
            submissions__task_key=task_key,
            submissions__state__in=["submitted", "returned"],
            erased_at=None,
        )
        .exclude(sha256="")
        .values("sha256")
        .annotate(people=Count("learner", distinct=True), title=Max("title"), name=Max("file_name"))
        .filter(people__gt=COMMON)
    )
    return [(row["name"] or row["title"] or row["sha256"][:12], row["people"]) for row in rows.order_by("-people")]


def sides(finding: CopyFinding) -> tuple[Side, Side]:
    """Both submissions of a finding, with what they have in common marked. Nothing is marked in a text that is not the one compared."""
    texts = [text_of(finding.first), text_of(finding.second)]
    same = [_digest(text) for text in texts] == finding.digests
    passages = finding.passages if same else []
    spans = [[(p[0], p[1]) for p in passages], [(p[2], p[3]) for p in passages]]
    pair = (finding.first, finding.second)
    elsewhere = finding.first.enrolment.offering_id != finding.second.enrolment.offering_id
    first, second = (
        Side(one, code_name(one.public_id), elsewhere, marked(text, span))
        for one, text, span in zip(pair, texts, spans, strict=True)
    )
    return first, second


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

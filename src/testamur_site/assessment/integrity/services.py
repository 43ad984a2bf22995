"""Reading, comparing, and what a person decides on what was found.

1. A submission is handed in: its pieces are read, and pieces that are byte for byte those of somebody else are found at once.
2. Within ten minutes all texts of the task are compared: those of this offering with each other and with those of earlier offerings of the
   same micro-credential. The task's own text is taken out first.
3. A person looks at each finding side by side and dismisses it with a reason, or reports it, which opens a case of misconduct.

Every step may be repeated: a pair is found once, and what a person decided on it is never overwritten.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from testamur.assessment.similarity import similar_pairs
from testamur_site.catalogue.api import NoSuchTask, Offering, task_of
from testamur_site.enrolment.api import (
    EnrolmentError,
    EvidenceItem,
    EvidenceKind,
    Submission,
    evidence_of,
    open_evidence,
)
from testamur_site.foundation.audit.api import record
from testamur_site.foundation.jobs.api import enqueue

from ..errors import NotAllowedNow
from .models import CopyFinding, EvidenceText
from .queries import handed_in_for, text_of
from .reading import finished, read_file, reader_for
from .rules import COMMON, MAX_ALL, MAX_REASON, FindingState, ReadState, next_comparison

COMPARE_TASK = "testamur_site.assessment.integrity.jobs.compare_task"
SUSPECT = "testamur_site.decisions.jobs.suspect_copy"
"""The job that opens a case of misconduct. Assessment knows that there is one, not who."""


def read(submission: Submission) -> None:
    """Read the pieces of a submission that were not read yet."""
    pieces = evidence_of(submission)
    known = set(EvidenceText.objects.filter(item__in=pieces).values_list("item_id", flat=True))
    for item in pieces:
        if item.pk not in known and item.erased_at is None:
            state, text, cut = _read(item)
            EvidenceText.objects.get_or_create(
                item=item, defaults={"institution": item.institution, "state": state, "text": text, "cut": cut}
            )


def _read(item: EvidenceItem) -> tuple[ReadState, str, bool]:
    if item.kind == EvidenceKind.TEXT:
        return finished(item.text)
    reader = reader_for(item.media_type, item.file_name) if item.kind == EvidenceKind.FILE else ""
    if not reader:
        return ReadState.OTHER_KIND, "", False
    try:
        with open_evidence(item) as file:
            return read_file(file, reader)
    except EnrolmentError:
        return ReadState.GONE, "", False


@transaction.atomic
def find_same_files(submission: Submission) -> int:
    """Pairs with somebody else's submission, to whatever task, that hold a piece with the same digest; how many.

    What more than five people handed in is given material (a data set, a form); it makes no pairs, and the page names it once.
    """
    digests = {item.sha256 for item in evidence_of(submission) if item.sha256}
    same = EvidenceItem.objects.filter(
        sha256__in=digests, erased_at=None, submissions__state__in=["submitted", "returned"]
    )
    people = same.values("sha256").annotate(people=Count("learner", distinct=True)).values_list("sha256", "people")
    digests -= {digest for digest, count in people if count > COMMON}
    others: dict[int, set[str]] = defaultdict(set)
    rows = same.filter(sha256__in=digests).exclude(learner=submission.enrolment.learner_id)
    for pk, digest in rows.values_list("submissions__pk", "sha256"):
        others[pk].add(digest)
    for other in Submission.objects.filter(pk__in=others).select_related("institution"):
        _keep(submission, other, {"same_files": len(others[other.pk])})
    return len(others)


def ask_for_comparison(offering: Offering, task_key: str) -> None:
    """Have all texts of a task compared soon, in the caller's transaction."""
    name, moment = next_comparison(timezone.now())
    enqueue(
        COMPARE_TASK,
        {"offering": offering.public_id, "task": task_key},
        key=f"copies:{offering.public_id}:{task_key}:{name}",
        institution=offering.institution,
        run_after=moment,
    )


def compare_task(offering: Offering, task_key: str) -> int:
    """Compare the texts of a task; how many pairs are alike. Reads what was not read yet."""
    rows = handed_in_for(offering, task_key)
    for row in rows:
        read(row)
    texts: dict[str, str] = {}
    room = MAX_ALL
    for row in rows:  # those of this offering first, then the newest of earlier ones, as far as there is room
        text = text_of(row)
        if len(text) <= room:
            texts[str(row.pk)] = text
            room -= len(text)
    by_key = {str(row.pk): row for row in rows}
    found = similar_pairs(
        texts,
        template=_templates(offering, task_key),
        owners={key: str(by_key[key].enrolment.learner_id) for key in texts},
        among=[key for key in texts if by_key[key].enrolment.offering_id == offering.pk],
    )
    with transaction.atomic():
        for one in found:
            a, b = by_key[one.a], by_key[one.b]
            values = {
                "share": one.share,
                "letters": one.letters,
                "passages": [list(passage) for passage in one.passages[:500]],
                "digests": [_digest(texts[one.a]), _digest(texts[one.b])],
            }
            _keep(a, b, values)
    return len(found)


def _keep(a: Submission, b: Submission, values: Mapping[str, Any]) -> None:
    """Write down what was found of a pair, unless somebody has decided on it already."""
    first, second = sorted((a, b), key=lambda one: (one.submitted_at or timezone.now(), one.pk))
    values = dict(values)
    if first.pk != a.pk and "passages" in values:  # what was found of (a, b) is turned round
        values["passages"] = [[c, d, a0, b0] for a0, b0, c, d in values["passages"]]
        values["digests"] = values["digests"][::-1]
    row, made = CopyFinding.objects.get_or_create(
        first=first,
        second=second,
        defaults={"institution": first.institution, "task_key": second.task_key, **values},
    )
    if not made:
        CopyFinding.objects.filter(pk=row.pk, state=FindingState.OPEN).update(**values)


def _templates(offering: Offering, task_key: str) -> list[str]:
    """What the task itself says, in every language."""
    try:
        task = task_of(offering.version, task_key)
    except NoSuchTask:
        return []
    return [text for texts in (task.template, task.instructions, task.title) for text in texts.values()]


@transaction.atomic
def dismiss(finding: CopyFinding, reason: str, *, actor: Any) -> CopyFinding:
    """It is no misconduct; `reason` says why. Raises NotAllowedNow where it was decided on."""
    _decide(finding, FindingState.DISMISSED, reason, actor)
    _audit("copy.dismissed", finding, actor)
    return finding


@transaction.atomic
def report(finding: CopyFinding, about: Iterable[Submission], suspicion: str, *, actor: Any) -> CopyFinding:
    """Open a case of misconduct about one of the two submissions, or both. `suspicion` is what the learner reads and answers to.

    Raises NotAllowedNow where it was decided on, or where `about` names none of the two.
    """
    pair = {finding.first_id, finding.second_id}
    chosen = [one for one in about if one.pk in pair]
    if not chosen:
        raise NotAllowedNow(state="nobody")
    _decide(finding, FindingState.REPORTED, suspicion, actor)
    for one in chosen:
        enqueue(
            SUSPECT,
            {
                "submission": one.public_id,
                "suspicion": suspicion[:MAX_REASON],
                "reporter": actor.pk,
                "reference": finding.public_id,
            },
            key=f"suspect:{finding.public_id}:{one.public_id}",
            institution=finding.institution,
        )
    _audit("copy.reported", finding, actor, submissions=len(chosen))
    return finding


@transaction.atomic
def reopen(finding: CopyFinding, *, actor: Any) -> CopyFinding:
    """Take a dismissal back. Raises NotAllowedNow for what was reported: the case decides."""
    moved = CopyFinding.objects.filter(pk=finding.pk, state=FindingState.DISMISSED).update(
        state=FindingState.OPEN, decided_by=None, decided_at=None, reason=""
    )
    if not moved:
        raise NotAllowedNow(state="decided")
    _audit("copy.reopened", finding, actor)
    finding.refresh_from_db()
    return finding


def forget_erased() -> int:
    """Delete the texts of learners who were erased; how many. And what was written about their findings."""
    gone, _ = EvidenceText.objects.exclude(item__erased_at=None).delete()
    for side in ("first", "second"):
        CopyFinding.objects.exclude(**{f"{side}__erased_at": None}).exclude(passages=[], reason="").update(
            passages=[], digests=[], reason=""
        )
    return gone


def _decide(finding: CopyFinding, state: str, reason: str, actor: Any) -> None:
    moved = CopyFinding.objects.filter(pk=finding.pk, state=FindingState.OPEN).update(
        state=state, reason=reason[:MAX_REASON], decided_by=actor, decided_at=timezone.now()
    )
    if not moved:
        raise NotAllowedNow(state="decided")
    finding.refresh_from_db()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _audit(action: str, finding: CopyFinding, actor: Any, **facts: Any) -> None:
    pair = {"first": finding.first.public_id, "second": finding.second.public_id}
    record(action, f"copy:{finding.public_id}", institution=finding.institution, actor=actor, facts={**pair, **facts})

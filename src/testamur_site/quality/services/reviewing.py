"""What a reviewer of the institution says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ..errors import refuse
from ..models import Proposal, Review
from ..profiles import questions
from ..rules import ANSWERS, INTERNAL, Recommendation, State
from .common import LONGEST_TEXT, locked, require_four_eyes, require_reason, trace, unchanged, version_now

Answers = Mapping[str, Mapping[str, str]]


@transaction.atomic
def review(
    proposal: Proposal, recommendation: str, reason: str, answers: Answers, *, seen_hash: str, actor: Any
) -> Review:
    """Keep a review of the proposed content; a later one by the same person counts in its place.

    `answers` are by question: {"answer": one of ANSWERS, "note": text}; `seen_hash` is the content the reviewer had before them.
    Raises QualityError: `proposal.state`, `four_eyes.…`, `content.changed`, `content.not_seen`, `reason.missing`, `answers.unknown`.
    """
    proposal = locked(proposal)
    if proposal.state != State.OPEN:
        raise refuse("proposal.state", state=proposal.state)
    version = version_now(proposal)
    require_four_eyes(proposal, version, actor)
    unchanged(proposal, version, seen_hash)
    kept = Review.objects.create(
        institution=proposal.institution,
        proposal=proposal,
        reviewer=actor,
        reviewer_id_then=actor.public_id,
        content_hash=proposal.content_hash,
        recommendation=known_recommendation(recommendation),
        reason=require_reason(reason),
        answers=known_answers(INTERNAL, answers),
    )
    trace("quality.reviewed", proposal, actor, {"review": kept.public_id, "recommendation": kept.recommendation})
    return kept


def known_recommendation(value: str) -> str:
    """Raises QualityError for what is none."""
    if value not in set(Recommendation):
        raise refuse("recommendation.missing")
    return Recommendation(value).value


def known_answers(kind: str, answers: Answers) -> dict[str, dict[str, str]]:
    """The answers to the questions of this kind of reviewer; others are not kept. Raises QualityError for an answer that is none."""
    kept = {}
    for question in questions(kind):
        given = answers.get(question.id)
        if given is None:
            continue
        if given.get("answer") not in ANSWERS:
            raise refuse("answers.unknown", question=question.id)
        kept[question.id] = {"answer": given["answer"], "note": given.get("note", "").strip()[: LONGEST_TEXT // 4]}
    return kept

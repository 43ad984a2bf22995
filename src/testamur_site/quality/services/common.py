"""What every write of quality has in common: the locked row, the four eyes, the decision kept, the trace, and who is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from testamur_site.catalogue.api import AchievementVersion, content_hash, in_language
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import Institution, members

from .. import queries, rules
from ..errors import QualityError, refuse
from ..models import Decision, Proposal
from ..rules import Step

LONGEST_TEXT = 4000


def locked(proposal: Proposal) -> Proposal:
    """The row as it is stored now, held until the transaction ends."""
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("institution", "micro_credential")
    return rows.get(pk=proposal.pk)


def version_now(proposal: Proposal) -> AchievementVersion:
    """The version that is proposed. Raises QualityError where the draft was discarded."""
    version = queries.version_of(proposal)
    if version is None:
        raise refuse("version.gone")
    return version


def require_state(proposal: Proposal, then: rules.State) -> None:
    if proposal.state not in rules.before(then):
        raise refuse("proposal.state", state=proposal.state)


def require_reason(text: str) -> str:
    """A reason in words, as it is kept. Raises QualityError for none, and for one that is too long."""
    text = "".join(c for c in text.strip() if c.isprintable() or c in "\n\t")
    if len(text) < 3:
        raise refuse("reason.missing")
    if len(text) > LONGEST_TEXT:
        raise refuse("reason.long", limit=LONGEST_TEXT)
    return text


def require_four_eyes(proposal: Proposal, version: AchievementVersion, person: Any) -> None:
    """Raises QualityError for somebody who proposed or edited it."""
    refusal = rules.barred(
        getattr(person, "public_id", ""), proposers=proposal.proposers, editors=queries.editors_of(version)
    )
    if refusal is not None:
        raise QualityError(refusal)


def decide(
    proposal: Proposal,
    step: Step,
    *,
    actor: Any,
    reason: str = "",
    deviation: str = "",
    review_on: date | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Decision:
    """Keep a decision with its reason, and its trace without it: a reason may name people, the trail never forgets."""
    decision = Decision.objects.create(
        institution=proposal.institution,
        proposal=proposal,
        step=step,
        taken_by=actor,
        reason=reason,
        deviation=deviation,
        content_hash=proposal.content_hash,
        review_on=review_on,
        facts=dict(facts or {}),
    )
    trace(f"quality.{step}", proposal, actor, {"decision": decision.public_id})
    return decision


def trace(action: str, proposal: Proposal, actor: Any, facts: Mapping[str, Any] | None = None) -> None:
    audit.record(
        action,
        f"proposal:{proposal.public_id}",
        institution=proposal.institution,
        actor=actor,
        facts={"content_hash": proposal.content_hash, **(facts or {})},
    )


def close(proposal: Proposal, state: rules.State) -> None:
    proposal.state, proposal.decided_at = state, timezone.now()
    proposal.save(update_fields=["state", "decided_at"])


def unchanged(proposal: Proposal, version: AchievementVersion, seen_hash: str) -> None:
    """Raises QualityError unless what is proposed, what was seen and what the version says now are the same."""
    if content_hash(version) != proposal.content_hash:
        raise refuse("content.changed")
    if seen_hash != proposal.content_hash:
        raise refuse("content.not_seen")


def tell(
    people: Iterable[Any], template: str, proposal: Proposal, key: str, context: Mapping[str, Any] | None = None
) -> None:
    """A mail to each of `people` (users) who still work for the institution, in their own language, once for each `key`."""
    institution: Institution = proposal.institution
    inside = set(members(institution).values_list("user", flat=True))
    link = settings.TESTAMUR_BASE_URL + reverse("quality:proposal", args=[institution.slug, proposal.public_id])
    for person in people:
        if person is None or not person.is_active or person.pk not in inside:
            continue
        language = person.language or settings.LANGUAGE_CODE
        with translation.override(language):
            values = {"title": in_language(proposal.title, language), "link": link, **(context or {})}
        mail.send(
            person.email,
            f"quality/mail/{template}",
            values,
            language,
            institution=institution,
            dedupe_key=f"quality:{key}:{person.public_id}",
        )

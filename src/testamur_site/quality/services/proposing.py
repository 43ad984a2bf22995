"""What the authors of a programme do: propose it, propose it again after changes, take it back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion, completeness, content_hash

from .. import queries, rules
from ..errors import refuse
from ..models import Proposal
from ..rules import Step
from .common import LONGEST_TEXT, close, decide, locked, require_state, tell


@transaction.atomic
def propose(version: AchievementVersion, note: str = "", *, actor: Any) -> Proposal:
    """Propose this version, as it is now, for approval; where changes were asked for, propose it again.

    A version that is in review already is proposed again only with another content: that is how a change during the review is put to
    the reviewers. Raises QualityError: `version.state` (replaced by a newer one, or retired), `version.incomplete`, `proposal.same`.
    """
    # The version's row is the lock: two people who propose at once must not both begin.
    version = (
        AchievementVersion.objects.select_for_update(of=("self",))
        .select_related("institution", "micro_credential", "image")
        .get(pk=version.pk)
    )
    if (
        version.state == AchievementVersion.State.SUPERSEDED
        or version.micro_credential.state == version.micro_credential.State.RETIRED
    ):
        raise refuse("version.state")
    if not completeness(version).publishable:
        raise refuse("version.incomplete")
    digest = content_hash(version)
    undecided = Proposal.objects.filter(version=version, state__in=list(rules.UNDECIDED)).first()
    if undecided is None:
        proposal, step = Proposal(institution=version.institution, version=version), Step.PROPOSED
        proposal.micro_credential, proposal.version_number = version.micro_credential, version.number
    else:
        proposal, step = locked(undecided), Step.PROPOSED_AGAIN
        if proposal.content_hash == digest:
            raise refuse("proposal.same", state=proposal.state)
        proposal.round += 1
    person = getattr(actor, "public_id", "")
    proposal.state = rules.State.OPEN
    proposal.title = dict(version.description.title)
    proposal.content_hash, proposal.content = digest, version.content
    proposal.profiles = [one.id for one in queries.profiles_of(queries.policy_of(version.institution).profiles)]
    proposal.proposed_by, proposal.proposed_at = actor, timezone.now()
    proposal.proposers = sorted({*proposal.proposers, person} - {""})
    proposal.note = note.strip()[:LONGEST_TEXT]
    proposal.save()
    decide(proposal, step, actor=actor, reason=proposal.note, facts={"round": proposal.round})
    barred = {*proposal.proposers, *queries.editors_of(version)}
    readers = [one for one in queries.reviewers(version.institution) if one.public_id not in barred]
    tell(readers, "proposed", proposal, f"proposed:{proposal.public_id}:{proposal.round}", {"note": proposal.note})
    return proposal


@transaction.atomic
def take_back(proposal: Proposal, *, actor: Any) -> Proposal:
    """Take a proposal back before it is decided. Raises QualityError (`proposal.state`)."""
    proposal = locked(proposal)
    require_state(proposal, rules.State.WITHDRAWN)
    close(proposal, rules.State.WITHDRAWN)
    decide(proposal, Step.WITHDRAWN, actor=actor)
    proposal.panel.filter(state="invited").update(state="withdrawn")
    return proposal

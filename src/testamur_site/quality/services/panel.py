"""The external panel: invited by a link, heard once, without an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from testamur_site.catalogue.api import in_language
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import Institution, members

from .. import queries, rules
from ..errors import refuse
from ..models import PanelMember, Proposal
from ..rules import State
from .common import locked, require_four_eyes, require_reason, tell, trace, unchanged, version_now
from .reviewing import Answers, known_answers, known_recommendation


@transaction.atomic
def invite(
    proposal: Proposal,
    *,
    kind: str,
    name: str,
    email: str,
    organisation: str,
    organisation_url: str = "",
    language: str = "en",
    body: Institution | None = None,
    actor: Any,
) -> tuple[PanelMember, str]:
    """Invite somebody from outside; the invitation, and the address that opens it (told to nobody but them, kept nowhere).

    `body` is the institution on this platform that the person speaks for, where they speak for a quality body that works here too.
    Somebody who was invited before with the same address gets a new link, and the old one is worthless. Raises QualityError:
    `proposal.state`, `four_eyes.…` (who proposed it does not choose who judges it), `panel.inside`, `panel.many`, `panel.kind`,
    `panel.email`, `panel.answered` (on this very content).
    """
    proposal = locked(proposal)
    if proposal.state != State.OPEN:
        raise refuse("proposal.state", state=proposal.state)
    require_four_eyes(proposal, version_now(proposal), actor)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise refuse("panel.email") from error
    if kind not in PanelMember.Kind.values or (body is not None and kind != PanelMember.Kind.QUALITY_BODY):
        raise refuse("panel.kind")
    if body is not None and body.pk == proposal.institution_id:
        raise refuse("panel.inside")
    if members(proposal.institution).filter(user__email__iexact=email).exists():
        raise refuse("panel.inside")
    now = timezone.now()
    today = PanelMember.objects.filter(invited_at__gt=now - timedelta(days=1))
    if today.count() >= rules.INVITATIONS_A_DAY:
        raise refuse("panel.many", limit=rules.INVITATIONS_A_DAY)
    earlier = proposal.panel.filter(email=email)
    if earlier.filter(state=PanelMember.State.ANSWERED, content_hash=proposal.content_hash).exists():
        raise refuse("panel.answered")
    earlier.filter(state=PanelMember.State.INVITED).update(state=PanelMember.State.WITHDRAWN)
    token = rules.new_token()
    member = PanelMember.objects.create(
        institution=proposal.institution,
        proposal=proposal,
        kind=kind,
        name=" ".join(name.split())[:200],
        email=email,
        organisation=" ".join(organisation.split())[:200],
        organisation_url=organisation_url,
        body=body,
        language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        token_digest=rules.token_digest(token),
        invited_by=actor,
        invited_at=now,
        expires_at=now + rules.INVITATION_VALID,
    )
    link = settings.TESTAMUR_BASE_URL + reverse("quality:panel", args=[token])
    with translation.override(member.language):
        values = {
            "name": member.name,
            "title": in_language(proposal.title, member.language),
            "link": link,
            "expires_at": member.expires_at,
            "invited_by": actor.name if actor else "",
        }
    mail.send(
        email,
        "quality/mail/panel",
        values,
        member.language,
        institution=proposal.institution,
        dedupe_key=f"quality:panel:{member.public_id}",
        secret=True,
    )
    trace("quality.panel_invited", proposal, actor, {"member": member.public_id, "kind": kind})
    return member, link


@transaction.atomic
def withdraw_invitation(member: PanelMember, *, actor: Any) -> bool:
    """Make an open invitation worthless. False when it was not open any more."""
    waiting = PanelMember.objects.filter(pk=member.pk, state=PanelMember.State.INVITED)
    if not waiting.update(state=PanelMember.State.WITHDRAWN):
        return False
    trace("quality.panel_withdrawn", member.proposal, actor, {"member": member.public_id})
    return True


def closed(member: PanelMember) -> str:
    """Why the link cannot be answered through any more: `panel.answered`, `panel.withdrawn`, `panel.expired`, `panel.decided`; '' where
    it can."""
    if member.state in (PanelMember.State.ANSWERED, PanelMember.State.CONFLICT):
        return "panel.answered"
    if member.state == PanelMember.State.WITHDRAWN:
        return "panel.withdrawn"
    if member.proposal.state != State.OPEN:
        return "panel.decided"
    return "panel.expired" if member.expires_at < timezone.now() else ""


@transaction.atomic
def answer(
    member: PanelMember,
    recommendation: str,
    reason: str,
    answers: Answers,
    *,
    seen_hash: str,
    name_public: bool = False,
    endorses_as: Any = None,
) -> PanelMember:
    """Keep what a panel member says, once. Raises QualityError: as `closed`, and as `review`.

    `endorses_as` is the member of staff of the body who has this recommendation signed with the body's key, as soon as exactly this
    content is approved. They must not belong to the institution that asks (`panel.inside`) and need a body (`panel.kind`).
    """
    member = _locked(member)
    proposal = member.proposal
    version = version_now(proposal)
    if endorses_as is not None:
        if member.body is None:
            raise refuse("panel.kind")
        if members(proposal.institution).filter(user=endorses_as).exists():
            raise refuse("panel.inside")
        require_four_eyes(proposal, version, endorses_as)
        member.endorses = True
    unchanged(proposal, version, seen_hash)
    member.state, member.answered_at = PanelMember.State.ANSWERED, timezone.now()
    member.content_hash = proposal.content_hash
    member.recommendation = known_recommendation(recommendation)
    member.reason = require_reason(reason)
    member.answers = known_answers(member.kind, answers)
    member.name_public = name_public
    member.save()
    facts = {"member": member.public_id, "kind": member.kind, "recommendation": member.recommendation}
    trace("quality.panel_answered", proposal, endorses_as, facts)
    _tell_the_inviter(member)
    return member


@transaction.atomic
def declare_conflict(member: PanelMember, reason: str) -> PanelMember:
    """A panel member has an interest of their own in the decision and stands back. Their answer counts for nothing."""
    member = _locked(member)
    member.state, member.answered_at = PanelMember.State.CONFLICT, timezone.now()
    member.content_hash, member.reason = member.proposal.content_hash, require_reason(reason)
    member.save()
    trace("quality.panel_conflict", member.proposal, None, {"member": member.public_id, "kind": member.kind})
    _tell_the_inviter(member)
    return member


def _locked(member: PanelMember) -> PanelMember:
    """The row as it is stored now, held until the transaction ends. The proposal first, as everywhere."""
    proposal = locked(member.proposal)
    rows = PanelMember.objects.select_for_update(of=("self",)).select_related("institution", "body")
    found = rows.get(pk=member.pk)
    found.proposal = proposal
    if code := closed(found):
        raise refuse(code)
    return found


def _tell_the_inviter(member: PanelMember) -> None:
    deciders = [member.invited_by] if member.invited_by else queries.reviewers(member.institution)
    tell(deciders, "answered", member.proposal, f"answered:{member.public_id}", {"organisation": member.organisation})

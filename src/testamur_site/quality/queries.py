"""What is read. Staff queries run inside a tenant; the public ones and the panel's say why they look across all institutions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from testamur_site.catalogue import api as catalogue
from testamur_site.catalogue.api import AchievementVersion, MicroCredential
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.permissions.api import Right, allows
from testamur_site.foundation.tenancy.api import Institution, members, unscoped

from . import rules
from .models import Condition, Decision, Endorsement, PanelMember, Policy, Proposal, Review
from .profiles import Finding, Outcome, Profile, Rule, evaluate, profile
from .profiles.programme import Programme
from .rules import Facts, Gates, Standing, Step, Voice

DEFAULT_PROFILES = ["eu"]
MOST_ENDORSEMENTS = 4
SOON = timedelta(days=90)
# Entries of the audit trail about a version that are not work on its content.
_NOT_EDITING = frozenset(
    {"version.published", "version.locked", "version.discarded", "version.approved", "version.approval_withdrawn"}
)


def sound(public_id: str) -> bool:
    """Whether it can be one of our identifiers at all; PostgreSQL would stumble over a NUL in a question about another."""
    return public_id.isascii() and public_id.isprintable() and len(public_id) <= 64


def policy_of(institution: Institution) -> Policy:
    """The institution's policy; where it has none yet, one that is not saved."""
    found = Policy.objects.filter(institution=institution).first()
    return found or Policy(institution=institution, profiles=list(DEFAULT_PROFILES))


def gates_of(policy: Policy) -> Gates:
    return Gates(policy.reviews, tuple(policy.panel), policy.decider_apart)


def profiles_of(ids: Iterable[str]) -> list[Profile]:
    """The profiles of these ids that exist, in their order."""
    return [found for one in ids if (found := profile(one)) is not None]


# ── One proposal ───────────────────────────────────────────────────────────────────────────────────────────────────


def own_proposal(public_id: str) -> Proposal | None:
    if not sound(public_id):
        return None
    found = Proposal.objects.select_related("institution", "version", "micro_credential", "proposed_by")
    return found.filter(public_id=public_id).first()


def version_of(proposal: Proposal) -> AchievementVersion | None:
    """The version as it is now, with what its hash needs; None where the draft was discarded."""
    if proposal.version_id is None:
        return None
    found = AchievementVersion.objects.select_related("institution", "micro_credential", "image")
    return found.filter(pk=proposal.version_id).first()


def own_version(public_id: str) -> AchievementVersion | None:
    """One of the active institution's versions; None for another's or none."""
    if not sound(public_id):
        return None
    found = AchievementVersion.objects.select_related("institution", "micro_credential", "image")
    return found.filter(public_id=public_id).first()


def living_versions(micro_credential: MicroCredential) -> list[AchievementVersion]:
    """The draft and the published version, whichever there are; where neither is, the newest."""
    rows = micro_credential.versions.select_related("institution", "micro_credential", "image").order_by("-number")
    living = [one for one in rows if one.state != AchievementVersion.State.SUPERSEDED]
    return living or list(rows[:1])


def public_proposals(micro_credential: MicroCredential) -> list[Proposal]:
    """The proposals about versions that were ever published, newest first."""
    rows = Proposal.objects.filter(micro_credential=micro_credential, version__isnull=False)
    return list(rows.exclude(version__state=AchievementVersion.State.DRAFT).order_by("-created_at", "-pk"))


def proposals_of(micro_credential: MicroCredential) -> list[Proposal]:
    """All proposals about a programme, newest first."""
    rows = Proposal.objects.filter(micro_credential=micro_credential).select_related("version", "proposed_by")
    return list(rows.order_by("-created_at", "-pk"))


def voices_of(proposal: Proposal) -> list[Voice]:
    """What everybody said; of a reviewer's words on one content the last counts."""
    voices = [
        Voice(rules.INTERNAL, review.reviewer_id_then, review.recommendation, review.content_hash)
        for review in proposal.reviews.all()
    ]
    answered = proposal.panel.filter(state__in=[PanelMember.State.ANSWERED, PanelMember.State.CONFLICT])
    return voices + [
        Voice(
            member.kind,
            member.public_id,
            member.recommendation,
            member.content_hash,
            conflict=member.state == PanelMember.State.CONFLICT,
        )
        for member in answered
    ]


def editors_of(version: AchievementVersion) -> set[str]:
    """Public identifiers of everybody who worked on the content of this version: by the audit trail, and by the version itself."""
    target = f"micro-credential:{version.micro_credential.public_id}"
    found = {
        entry.actor
        for entry in audit.entries(version.institution, target=target)
        if entry.actor
        and entry.facts.get("version") == version.public_id
        and entry.action not in _NOT_EDITING
        and entry.action.startswith(("version.", "micro_credential."))
    }
    if version.changed_by is not None:
        found.add(version.changed_by.public_id)
    return found


def findings_of(programme: Programme, profiles: Iterable[Profile]) -> list[tuple[Profile, list[tuple[Rule, Finding]]]]:
    """Every rule of every profile with what its check found, in the order of the files."""
    return [(one, [(rule, evaluate(rule.check, programme, rule.parameters)) for rule in one.rules]) for one in profiles]


def failing_rules(found: Sequence[tuple[Profile, list[tuple[Rule, Finding]]]]) -> list[str]:
    """The ids of the rules that must hold and do not."""
    return [
        rule.id
        for _, results in found
        for rule, finding in results
        if rule.severity == "must" and finding.outcome is Outcome.FAILS
    ]


# ── How a version stands ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Record:
    """How a version stands, and the newest proposals from which it follows. `approved` is in force unless the content changed."""

    version: AchievementVersion
    standing: Standing
    required: bool
    approved: Proposal | None
    undecided: Proposal | None
    newest: Proposal | None
    conditions: list[Condition]

    @property
    def review_on(self) -> date | None:
        return self.approved.review_on if self.approved else None


def record_of(version: AchievementVersion, today: date | None = None) -> Record:
    """How one version stands today (UTC). Works inside its institution."""
    today = today or timezone.now().date()
    rows = list(Proposal.objects.filter(version=version).order_by("-created_at", "-pk"))
    approved = next((one for one in rows if one.state == Proposal.State.APPROVED), None)
    undecided = next((one for one in rows if one.state in rules.UNDECIDED), None)
    # One that was taken back says nothing about the programme.
    newest = next((one for one in rows if one.state != Proposal.State.WITHDRAWN), None)
    conditions = list(approved.conditions.exclude(state=Condition.State.ACCEPTED)) if approved is not None else []
    required = catalogue.approval_required(version)
    standing = rules.standing(
        Facts(
            required=required,
            current_hash=catalogue.content_hash(version),
            state=newest.state if newest else "",
            approved_hash=approved.content_hash if approved else "",
            review_on=approved.review_on if approved else None,
            conditions=[condition.due_on for condition in conditions],
            retired=version.micro_credential.state == MicroCredential.State.RETIRED,
        ),
        today,
    )
    return Record(version, standing, required, approved, undecided, newest, conditions)


def approval_was_withdrawn(version: AchievementVersion) -> bool:
    return Decision.objects.filter(proposal__version=version, step=Step.APPROVAL_WITHDRAWN).exists()


def endorsements_in_force(version: AchievementVersion) -> list[Endorsement]:
    """What holds now for exactly this content, the newest of each body, oldest first; at most MOST_ENDORSEMENTS."""
    with unscoped("an endorsement is public, and its body may be another institution"):
        rows = Endorsement.objects.filter(
            institution=version.institution_id,
            achievement_version=version.public_id,
            content_hash=catalogue.content_hash(version),
            revoked_at=None,
            valid_until__gt=timezone.now(),
            proposal__state=Proposal.State.APPROVED,
        )
        rows = rows.select_related("body").order_by("created_at", "pk")
        newest = {endorsement.body_id: endorsement for endorsement in rows}
    return sorted(newest.values(), key=lambda one: (one.created_at, one.pk))[-MOST_ENDORSEMENTS:]


def public_endorsement(public_id: str) -> Endorsement | None:
    if not sound(public_id):
        return None
    with unscoped("an endorsement is public"):
        found = Endorsement.objects.select_related("body", "institution", "proposal", "proposal__micro_credential")
        return found.filter(public_id=public_id).first()


# ── What waits ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Due:
    """What the people of an institution have to do, each list oldest first. Dates that are past are overdue."""

    to_review: list[Proposal]
    returned: list[Proposal]
    conditions: list[Condition]
    reviews: list[Proposal]

    @property
    def count(self) -> int:
        return len(self.to_review) + len(self.returned) + len(self.conditions) + len(self.reviews)


def due(today: date | None = None) -> Due:
    """What waits in the active institution: proposals, conditions that are not accepted, and reviews due within 90 days or overdue."""
    today = today or timezone.now().date()
    rows = Proposal.objects.filter(version__isnull=False).select_related("version", "micro_credential", "proposed_by")
    in_force = rows.filter(state=Proposal.State.APPROVED).exclude(micro_credential__state=MicroCredential.State.RETIRED)
    return Due(
        to_review=list(rows.filter(state=Proposal.State.OPEN).order_by("proposed_at", "pk")),
        returned=list(rows.filter(state=Proposal.State.RETURNED).order_by("proposed_at", "pk")),
        conditions=list(
            Condition.objects.filter(proposal__in=in_force)
            .exclude(state=Condition.State.ACCEPTED)
            .select_related("proposal", "proposal__version")
            .order_by("due_on", "pk")
        ),
        reviews=list(in_force.filter(review_on__lte=today + SOON).order_by("review_on", "pk")),
    )


def decided(most: int = 20) -> list[Proposal]:
    """What was decided last, newest first."""
    rows = Proposal.objects.exclude(state__in=list(rules.UNDECIDED)).select_related("version", "micro_credential")
    return list(rows.order_by("-decided_at", "-pk")[:most])


def proposable() -> list[AchievementVersion]:
    """Versions that could be proposed now: drafts, and published ones, without an undecided proposal."""
    undecided = Proposal.objects.filter(state__in=list(rules.UNDECIDED), version__isnull=False)
    rows = AchievementVersion.objects.filter(
        Q(state=AchievementVersion.State.DRAFT)
        | Q(state=AchievementVersion.State.PUBLISHED, micro_credential__state=MicroCredential.State.PUBLISHED)
    ).exclude(pk__in=undecided.values("version"))
    return list(rows.select_related("micro_credential", "institution").order_by("-changed_at", "-pk")[:100])


# ── The panel ──────────────────────────────────────────────────────────────────────────────────────────────────────


def panel_member_by_token(token: str) -> PanelMember | None:
    """Who the secret in the link belongs to, whatever became of the invitation; None for a secret that nobody has."""
    if not (20 <= len(token) <= 100 and token.isascii() and token.isprintable()):
        return None
    with unscoped("the secret in the link finds its institution"):
        found = PanelMember.objects.select_related("institution", "proposal", "proposal__version")
        return found.filter(token_digest=rules.token_digest(token)).first()


def own_panel_member(public_id: str) -> PanelMember | None:
    if not sound(public_id):
        return None
    return PanelMember.objects.select_related("proposal").filter(public_id=public_id).first()


def asked_of(body: Institution) -> list[PanelMember]:
    """What other institutions asked of this quality body, newest first."""
    with unscoped("a quality body sees what it was asked, by whichever institution"):
        rows = PanelMember.objects.filter(body=body).select_related("institution", "proposal", "proposal__version")
        return list(rows.order_by("-invited_at", "-pk")[:200])


def asked_of_one(body: Institution, public_id: str) -> PanelMember | None:
    if not sound(public_id):
        return None
    with unscoped("a quality body sees what it was asked, by whichever institution"):
        rows = PanelMember.objects.select_related("institution", "proposal", "proposal__version", "body")
        return rows.filter(body=body, public_id=public_id).first()


def quality_bodies(institution: Institution) -> list[Institution]:
    """The other institutions of this platform, by name: each may be asked as a quality body."""
    return list(Institution.objects.exclude(pk=institution.pk).order_by("name")[:500])


def own_condition(public_id: str) -> Condition | None:
    if not sound(public_id):
        return None
    return (
        Condition.objects.select_related("proposal", "fulfilled_by", "accepted_by").filter(public_id=public_id).first()
    )


def reviewers(institution: Institution) -> list[Any]:
    """The people who may review and decide, by name."""
    return [one.user for one in members(institution) if allows(one.role, Right.REVIEW) and one.user.is_active]


def newest_reviews(proposal: Proposal, content_hash: str) -> list[Review]:
    """Each reviewer's last review of this content, in order of time."""
    last = {
        r.reviewer_id_then: r for r in proposal.reviews.select_related("reviewer") if r.content_hash == content_hash
    }
    return sorted(last.values(), key=lambda one: (one.created_at, one.pk))

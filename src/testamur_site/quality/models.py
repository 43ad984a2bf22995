"""What is kept. Words that people gave as reasons stand here and nowhere else: not in the audit trail, not in addresses."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from testamur_site.foundation.tenancy.api import Institution, TenantModel, new_public_id

USER = settings.AUTH_USER_MODEL


class Policy(TenantModel):
    """What an institution asks for before it approves. Whether it has to approve at all is the catalogue's PublishingPolicy."""

    profiles = models.JSONField(default=list)  # ids of the profiles of rules, in order
    reviews = models.PositiveSmallIntegerField(default=1)
    panel = models.JSONField(default=list)  # kinds of panel member of which one must be in favour
    review_months = models.PositiveSmallIntegerField(default=24)
    decider_apart = models.BooleanField(default=False)
    endorse = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="one_quality_policy_per_institution")]

    def __str__(self) -> str:
        return f"quality policy of {self.institution_id}"


class Proposal(TenantModel):
    """One request to approve one version. When a draft is discarded the proposal stays, with what was proposed, and without a version."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("of a proposal", "In review")
        RETURNED = "returned", pgettext_lazy("of a proposal", "Returned for changes")
        APPROVED = "approved", pgettext_lazy("of a proposal", "Approved")
        DECLINED = "declined", pgettext_lazy("of a proposal", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("of a proposal", "Taken back")
        ENDED = "ended", pgettext_lazy("of a proposal", "No longer in force")

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    version = models.ForeignKey(
        "catalogue.AchievementVersion", on_delete=models.SET_NULL, null=True, related_name="proposals"
    )
    micro_credential = models.ForeignKey(
        "catalogue.MicroCredential", on_delete=models.SET_NULL, null=True, related_name="proposals"
    )
    version_number = models.PositiveIntegerField()
    title = models.JSONField(default=dict)  # language map, as proposed
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    proposed_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    proposers = models.JSONField(default=list)  # public identifiers of all who proposed it, for the four eyes
    note = models.TextField(max_length=4000, blank=True)
    content_hash = models.CharField(max_length=64)
    content = models.JSONField(default=dict)
    round = models.PositiveSmallIntegerField(default=1)
    profiles = models.JSONField(default=list)
    review_on = models.DateField(null=True)  # of an approved one: when it must have been reviewed again
    review_reminded = models.SmallIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    proposed_at = models.DateTimeField(default=timezone.now)  # of the present round
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=models.Q(state__in=["open", "returned"]),
                name="one_undecided_proposal_per_version",
            ),
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(state="approved"), name="one_approval_in_force_per_version"
            ),
        ]
        indexes = [models.Index(fields=["institution", "state"], name="proposals_by_state")]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state})"


class Decision(TenantModel):
    """A step of a proposal: who, when, why, on which content. Only added to (a trigger refuses to change one, `migrations/0002`)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="decisions")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    step = models.CharField(max_length=20)
    taken_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField(max_length=4000, blank=True)
    deviation = models.TextField(max_length=4000, blank=True)  # why a rule that does not hold was accepted
    content_hash = models.CharField(max_length=64)
    review_on = models.DateField(null=True)
    # {"rules": {id: outcome}, "gates": [{kind, needed, found, against}], "conditions": n}: as it stood at that moment.
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("taken_at", "pk")

    def __str__(self) -> str:
        return f"{self.step} of {self.proposal_id}"


class Review(TenantModel):
    """What a reviewer of the institution said about one content. A later one by the same person, on the same content, takes its place."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="reviews")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    reviewer = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    reviewer_id_then = models.CharField(max_length=32)  # the person's public identifier
    content_hash = models.CharField(max_length=64)
    recommendation = models.CharField(max_length=16)
    reason = models.TextField(max_length=4000)
    answers = models.JSONField(default=dict)  # {question: {"answer": yes|partly|no|cannot_judge, "note": text}}
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"review of {self.proposal_id}"


class PanelMember(TenantModel):
    """Somebody from outside who is asked about one proposal, by one link. The link itself is kept by nobody but them."""

    class Kind(models.TextChoices):
        PEER = "peer", pgettext_lazy("of a panel member", "Peer of another institution")
        INDUSTRY = "industry", pgettext_lazy("of a panel member", "Industry")
        QUALITY_BODY = "quality_body", pgettext_lazy("of a panel member", "Quality body")

    class State(models.TextChoices):
        INVITED = "invited", pgettext_lazy("of a panel member", "Invited")
        ANSWERED = "answered", pgettext_lazy("of a panel member", "Answered")
        CONFLICT = "conflict", pgettext_lazy("of a panel member", "Conflict of interest declared")
        WITHDRAWN = "withdrawn", pgettext_lazy("of a panel member", "Invitation withdrawn")

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="panel")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.INVITED)
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    organisation = models.CharField(max_length=200)
    organisation_url = models.URLField(max_length=400, blank=True)
    language = models.CharField(max_length=8, default="en")
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)  # of the content that was answered about
    recommendation = models.CharField(max_length=16, blank=True)
    reason = models.TextField(max_length=4000, blank=True)
    answers = models.JSONField(default=dict)
    # A quality body that works on this platform too: its staff may answer signed in, and have their recommendation signed with their key.
    body = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, related_name="+")
    endorses = models.BooleanField(default=False)
    name_public = models.BooleanField(default=False)  # whether the person's name may stand in the public record

    class Meta:
        ordering = ("invited_at", "pk")
        indexes = [models.Index(fields=["institution", "invited_at"], name="panel_invitations")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.proposal_id} ({self.state})"


class Condition(TenantModel):
    """What must still be done after an approval, until when. Fulfilled by one person with evidence, accepted by another."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("of a condition", "Open")
        FULFILLED = "fulfilled", pgettext_lazy("of a condition", "Waiting to be accepted")
        ACCEPTED = "accepted", pgettext_lazy("of a condition", "Fulfilled")

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="conditions")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    text = models.TextField(max_length=2000)
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    evidence = models.TextField(max_length=4000, blank=True)
    evidence_url = models.URLField(max_length=2000, blank=True)
    fulfilled_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    fulfilled_at = models.DateTimeField(null=True)
    answer = models.TextField(max_length=4000, blank=True)  # of the person who accepted it or sent it back
    accepted_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    reminded = models.SmallIntegerField(null=True)

    class Meta:
        ordering = ("due_on", "pk")

    def __str__(self) -> str:
        return f"condition of {self.proposal_id} ({self.state})"


class Endorsement(TenantModel):
    """The decision as a signed EndorsementCredential (Open Badges 3.0). `body` signed it: the institution itself, or a quality body that
    works on this platform too. Its bytes never change; that it was revoked stands in the body's status list."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="endorsements")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    body = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    achievement_version = models.CharField(max_length=32)  # public id of the version whose achievement is endorsed
    content_hash = models.CharField(max_length=64)
    status_entry = models.OneToOneField("status.StatusEntry", on_delete=models.PROTECT, related_name="+")
    document = models.BinaryField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "body"],
                condition=models.Q(revoked_at=None),
                name="one_endorsement_in_force_per_body",
            )
        ]
        indexes = [models.Index(fields=["achievement_version"], name="endorsements_of_version")]

    def __str__(self) -> str:
        return f"endorsement {self.public_id}"

    @property
    def url(self) -> str:
        """The absolute address, which is also the credential's id."""
        return f"{settings.TESTAMUR_BASE_URL}/endorsements/{self.public_id}"

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion, MicroCredential
from testamur_site.foundation.tenancy.api import TenantModel, new_public_id
from testamur_site.issuing.api import Award
from testamur_site.wallet.api import Holder

from . import rules
from .reading.credentials import sent_of
from .rules import AgreementState, RequestState

_NAME, _ADDRESS = 300, 400


def _person() -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


def _public_id() -> Any:
    return models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)


def _credits() -> Any:
    return models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)


class Desk(TenantModel):
    """Whether an institution takes requests, what it says to learners, and how many days it gives itself."""

    open = models.BooleanField(default=False)
    days = models.PositiveSmallIntegerField(default=rules.ANSWER_DAYS)
    words = models.TextField(blank=True, max_length=2000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="one_desk")]

    def __str__(self) -> str:
        return f"desk of {self.institution_id}"


class Agreement(TenantModel):
    """What two institutions agreed. The terms change only while it is a draft; every step is an `AgreementChange`."""

    public_id = _public_id()
    state = models.CharField(max_length=8, default=AgreementState.DRAFT)
    title = models.CharField(max_length=_NAME)
    partner_name = models.CharField(max_length=_NAME)
    partner_id = models.CharField(
        max_length=_ADDRESS, blank=True
    )  # the issuer's identifier in credentials: a DID or an address
    direction = models.CharField(max_length=8, default=rules.Direction.INCOMING)
    achievements = models.JSONField(default=list, blank=True)
    categories = models.JSONField(default=list, blank=True)
    minimum_level = models.PositiveSmallIntegerField(null=True, blank=True)  # EQF, 1 to 8
    target = models.ForeignKey(MicroCredential, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    credits = _credits()  # for each credential; empty: as the credential says
    cap = _credits()  # for each person, all together
    name_rule = models.CharField(max_length=8, default=rules.NameRule.FOLDED)
    transcribes = models.CharField(max_length=10, default=rules.Transcribes.RECEIVING)
    automatic = models.BooleanField(default=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True, max_length=2000)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["institution", "state"], name="agreements_by_state")]

    def __str__(self) -> str:
        return f"agreement {self.public_id}"

    @property
    def terms(self) -> rules.Terms:
        return rules.Terms(
            partner=self.partner_id,
            direction=rules.Direction(self.direction),
            achievements=tuple(self.achievements),
            categories=tuple(self.categories),
            minimum_level=self.minimum_level,
            credits=self.credits,
            cap=self.cap,
            name_rule=rules.NameRule(self.name_rule),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            elective=self.target_id is None,
        )


class AgreementChange(TenantModel):
    """One step of an agreement, with the terms as they were then. Append-only."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="changes")
    event = models.CharField(max_length=10)  # created, changed, activated, ended
    terms = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    by = _person()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.event} of {self.agreement_id}"


class Request(TenantModel):
    """A learner asks an institution to recognise credentials. `target` is what they wish; empty: elective credits.

    What is personal (the documents, what was written) belongs to the holder and goes with them; what was decided stays.
    """

    public_id = _public_id()
    holder = models.ForeignKey(Holder, null=True, on_delete=models.SET_NULL, related_name="+")
    target = models.ForeignKey(MicroCredential, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=RequestState.SENT)
    due = models.DateField()
    sent_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due", "pk")
        indexes = [models.Index(fields=["institution", "state", "due"], name="requests_by_state")]

    def __str__(self) -> str:
        return f"request {self.public_id}"


class SentDocument(TenantModel):
    """A credential that goes with a request: its bytes, as they were sent, and what the last report said of it.

    `subject` is what the confirmed document says of itself (`Report.subject`)."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="documents")
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="+")
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=60)
    url = models.CharField(max_length=2048, blank=True)
    subject = models.JSONField(default=dict)
    verdict = models.CharField(max_length=12)
    identity_shown = models.BooleanField(default=False)
    verified_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["request", "digest"], name="sent_once")]

    def __str__(self) -> str:
        return f"document of {self.request_id}"

    @property
    def sent(self) -> rules.Sent:
        return sent_of(self.subject, valid=self.verdict == "valid", shown=self.identity_shown)


class Message(TenantModel):
    """What the learner and the institution wrote to each other about a request."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="messages")
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="+")
    by_learner = models.BooleanField()
    by = _person()
    text = models.TextField(max_length=4000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"message about {self.request_id}"


class Recognition(TenantModel):
    """What was decided about a request. Append-only, but for `award`, which is set when the credential exists."""

    public_id = _public_id()
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="recognition")
    result = models.CharField(max_length=10)
    target = models.ForeignKey(AchievementVersion, null=True, on_delete=models.PROTECT, related_name="+")
    elective = models.BooleanField(default=False)
    credits = _credits()
    source = models.CharField(max_length=30, default=rules.Source.TRANSFERRED)
    reason = models.TextField(max_length=4000)
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.PROTECT, related_name="recognitions")
    award = models.OneToOneField(Award, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = _person()
    approver = models.CharField(
        max_length=200, blank=True
    )  # the institution, or the agreement: what pathways count as approver
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-decided_at", "-pk")

    def __str__(self) -> str:
        return f"recognition {self.public_id}"


class Recognised(TenantModel):
    """What a decision was about: the achievement, not the person. By it past decisions are found."""

    recognition = models.ForeignKey(Recognition, on_delete=models.CASCADE, related_name="about")
    issuer = models.CharField(max_length=_ADDRESS, blank=True)
    issuer_name = models.CharField(max_length=_NAME, blank=True)
    achievement = models.CharField(max_length=_ADDRESS, blank=True)
    name = models.CharField(max_length=_NAME, blank=True)
    digest = models.CharField(max_length=64)  # of the document

    class Meta:
        indexes = [models.Index(fields=["institution", "achievement"], name="recognised_achievements")]

    def __str__(self) -> str:
        return f"about {self.recognition_id}"


class Equivalence(TenantModel):
    """A rule that the institution publishes: this achievement counts as that one of ours, or as elective credits, until a day."""

    public_id = _public_id()
    issuer = models.CharField(max_length=_ADDRESS, blank=True)
    issuer_name = models.CharField(max_length=_NAME)
    achievement = models.CharField(max_length=_ADDRESS, blank=True)
    name = models.CharField(max_length=_NAME)
    target = models.ForeignKey(MicroCredential, null=True, on_delete=models.PROTECT, related_name="+")
    credits = _credits()
    valid_from = models.DateField(default=timezone.localdate)
    valid_until = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True, max_length=1000)
    by = _person()
    published_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("issuer_name", "name", "pk")

    def __str__(self) -> str:
        return f"equivalence {self.public_id}"


def plain(amount: Decimal | None) -> str:
    """A number of credits as it is written: 5 and 2.5, never 5.00."""
    return "" if amount is None else f"{amount.normalize():f}"

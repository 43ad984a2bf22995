from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.tenancy.api import TenantModel, new_public_id
from testamur_site.issuing.api import Award
from testamur_site.wallet.api import Holder

from .rules import Category, Done, RenewalState, Terms


class Cycle(TenantModel):
    """What has to be done before a credential of this version ends, so that it is renewed. `categories` are
    `{"key", "name", "required"}`, amounts as text."""

    version = models.OneToOneField(
        AchievementVersion, on_delete=models.CASCADE, related_name="+"
    )  # a draft may be discarded
    total = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=40)
    categories = models.JSONField(default=list)
    window_days = models.PositiveSmallIntegerField(default=180)
    grace_days = models.PositiveSmallIntegerField(default=30)
    reinstatement_days = models.PositiveSmallIntegerField(default=0)
    extra = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal(0))
    audit_share = models.PositiveSmallIntegerField(default=10)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"cycle of {self.version_id}"

    @property
    def terms(self) -> Terms:
        return Terms(
            total=self.total,
            unit=self.unit,
            categories=tuple(Category(one["key"], one["name"], Decimal(one["required"])) for one in self.categories),
            window_days=self.window_days,
            grace_days=self.grace_days,
            reinstatement_days=self.reinstatement_days,
            extra=self.extra,
            audit_share=self.audit_share,
        )


class Renewal(TenantModel):
    """One credential of a holder on its way to its successor. There is one for each credential; the successor begins its own.

    `refreshing`: whoever has the credential may fetch its newest copy (`refreshService`); the holder decides.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="renewals")
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default=RenewalState.OPEN)
    begins = models.DateField()
    ends = models.DateField()
    refreshing = models.BooleanField(default=True)
    asked_at = models.DateTimeField(null=True)
    reinstated = models.BooleanField(default=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    successor = models.OneToOneField(Award, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("ends", "pk")
        indexes = [models.Index(fields=["institution", "state"], name="renewals_by_state")]

    def __str__(self) -> str:
        return f"renewal {self.public_id}"


class Activity(TenantModel):
    """Something that the holder did and that counts: in their own words with evidence, or a credential of their wallet (`award`).
    `refused` is the word of staff, after they looked."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    renewal = models.ForeignKey(Renewal, on_delete=models.CASCADE, related_name="activities")
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))])
    on = models.DateField()
    evidence = models.URLField(max_length=300, blank=True)
    award = models.ForeignKey(Award, null=True, on_delete=models.PROTECT, related_name="+")
    refused = models.BooleanField(default=False)
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("on", "pk")
        constraints = [models.UniqueConstraint(fields=["renewal", "award"], name="counted_once")]

    def __str__(self) -> str:
        return f"activity {self.public_id}"

    def done(self) -> Done:
        """Whether it counts is asked of the credential as it stands now."""
        stands = self.award is None or self.award.state == "issued"
        return Done(self.public_id, self.category, self.amount, self.on, stands and not self.refused)

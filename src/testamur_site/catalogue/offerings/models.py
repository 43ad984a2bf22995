from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from . import rules


class Offering(TenantModel):
    """One run of one version of a micro-credential: who enrols, enrols here.

    It stays with the version it was opened for, so that whoever began under that version finishes under it.
    `seats_taken` is written by `services.take_seat` and `give_back_seat` alone.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for enrolment")
        CLOSED = "closed", _("Enrolment closed")
        CANCELLED = "cancelled", _("Cancelled")

    class Price(models.TextChoices):
        FREE = "free", _("Free of charge")
        FIXED = "fixed", _("One price")
        SLIDING = "sliding", _("A range: each pays what they can")
        ON_REQUEST = "on_request", _("On request")

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    version = models.ForeignKey("catalogue.AchievementVersion", on_delete=models.PROTECT, related_name="offerings")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)

    starts_on = models.DateField()
    # Learners begin when they like, from `starts_on` on; what is due counts from their own first day.
    self_paced = models.BooleanField(default=False)
    ends_on = models.DateField(null=True, blank=True)
    enrol_until = models.DateField(null=True, blank=True)  # the last day on which one may enrol

    seats = models.PositiveIntegerField(null=True, blank=True)  # None: as many as come
    seats_taken = models.PositiveIntegerField(default=0, editable=False)

    price_kind = models.CharField(max_length=12, choices=Price.choices, default=Price.FREE)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)  # the least, of a range
    price_to = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)  # the most, of a range
    currency = models.CharField(max_length=3, blank=True, default="")  # ISO 4217

    mode = models.CharField(max_length=200, blank=True, default="")  # address of a term of `eu_vocabularies.MODES`
    language_tags = models.CharField(max_length=200, blank=True, default="")  # ",en,ko,": BCP 47
    place = models.CharField(max_length=200, blank=True, default="")
    note = models.TextField(max_length=2000, blank=True, default="")

    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("offering")
        verbose_name_plural = _("offerings")
        ordering = ("starts_on", "pk")
        indexes = [models.Index(fields=["institution", "state", "starts_on"], name="offering_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats_taken__lte=F("seats")), name="no_more_learners_than_seats"
            )
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of instruction as BCP 47 tags."""
        return tuple(tag for tag in self.language_tags.split(",") if tag)

    @property
    def seats_left(self) -> int | None:
        """None where seats are not counted."""
        return None if self.seats is None else max(self.seats - self.seats_taken, 0)

    @property
    def is_free(self) -> bool:
        return self.price_kind == self.Price.FREE

    @property
    def least_price(self) -> Decimal | None:
        """What somebody pays at least; 0 for a free one, None where the price is told on request."""
        return Decimal(0) if self.is_free else self.price

    def refusal(self, today: date) -> str:
        """Why nobody can enrol on that day, as a code of `rules.Refusal`; '' when one can."""
        return rules.refusal(
            rules.Enrolling(self.state, self.enrol_until, self.ends_on, self.seats, self.seats_taken), today
        )

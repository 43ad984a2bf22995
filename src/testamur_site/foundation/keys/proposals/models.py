from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.tenancy.api import TenantModel, new_public_id


class KeyProposal(TenantModel):
    """One change of an institution's keys, proposed by one person and carried out or refused by another.

    `kind` says who carries it out (`carrying_out`), `facts` what. `alone`: it was carried out by the person who proposed it, because there
    was no second one.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for a second person")
        DONE = "done", _("Carried out")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Taken back")
        EXPIRED = "expired", _("Expired")

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=40)
    target = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    reason = models.TextField(max_length=2000)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(max_length=2000, blank=True)
    alone = models.BooleanField(default=False)

    class Meta:
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind", "target"],
                condition=models.Q(state="open"),
                name="one_open_proposal_per_kind_and_target",
            )
        ]

    @property
    def state_now(self) -> KeyProposal.State:
        """The state, where an open one that nobody carried out in time counts as expired before that is written down."""
        late = self.state == self.State.OPEN and self.expires_at <= timezone.now()
        return self.State.EXPIRED if late else self.State(self.state)

    def __str__(self) -> str:
        return f"{self.kind} {self.target} ({self.state})"

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.db import models
from django.utils import timezone

from testamur.pathways import Programme, read_programme
from testamur_site.catalogue.api import AchievementVersion, MicroCredential
from testamur_site.foundation.tenancy.api import TenantModel, new_public_id
from testamur_site.issuing.api import Award
from testamur_site.wallet.api import Holder

from .rules import Awarding, ParticipantState


@lru_cache(maxsize=64)
def _read(content: bytes) -> Programme:
    """A list of participants asks for the same rule once a row; a programme is frozen, and its text never changes under it."""
    return read_programme(content)


class Rule(TenantModel):
    """The programme of one version of a microdegree, as its author wrote it, byte for byte: its hash is the one that credentials carry."""

    version = models.OneToOneField(
        AchievementVersion, on_delete=models.CASCADE, related_name="+"
    )  # a draft may be discarded
    text = models.TextField()
    digest = models.CharField(max_length=64)  # SHA-256, hexadecimal, of the text in UTF-8
    awarding = models.CharField(max_length=10, default=Awarding.APPROVAL)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"rule of {self.version_id}"

    @property
    def content(self) -> bytes:
        return self.text.encode()

    def programme(self) -> Programme:
        """The programme. What is stored was read before; raises NotAProgramme where a later reader refuses it."""
        return _read(self.content)


class Participant(TenantModel):
    """Somebody who wants this microdegree. Joining lets the institution see the credentials that the rule looks at.

    `facts` are what the rule asks about the person beside credentials (a day of admission, an age), as the institution stated them. `shown`
    is the last evaluation as JSON values (`testamur.pathways.words.to_json` without sentences, and the names of the credentials): what
    the pages draw. It is emptied when the participant leaves.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    micro_credential = models.ForeignKey(MicroCredential, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="participants")
    holder = models.ForeignKey(Holder, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, default=ParticipantState.ACTIVE)
    facts = models.JSONField(default=dict)
    shown = models.JSONField(default=dict)
    outcome = models.CharField(max_length=20, blank=True)
    evaluated_at = models.DateTimeField(null=True)
    award = models.ForeignKey(Award, null=True, on_delete=models.PROTECT, related_name="+")
    grace_until = models.DateField(null=True)
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-joined_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["micro_credential", "holder"], condition=models.Q(left_at=None), name="joined_once"
            ),
        ]
        indexes = [models.Index(fields=["institution", "state"], name="participants_by_state")]

    def __str__(self) -> str:
        return f"participant {self.public_id}"


class Allowance(TenantModel):
    """What somebody decided by hand for a participant: an approval that the rule asks for, or a decision against it (`does`: waive, accept
    or refuse), with name, role and reason. It stands in the credential, as a decision by hand must."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="allowances")
    does = models.CharField(max_length=10, blank=True)  # '' for an approval
    of = models.CharField(max_length=200)  # the clause, stage or requirement
    credential = models.CharField(max_length=400, blank=True)
    by_name = models.CharField(max_length=200)
    role = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=1000)
    on = models.DateField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.does or 'approval'} of {self.of[:40]}"


class DecisionRow(TenantModel):
    """One thing that was decided about a participant. Append-only. `record` is the decision as evidence (a list of Open Badges 3.0 Evidence
    as JSON, `testamur.pathways.decisions`), emptied where the person is forgotten; `key` makes it single."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="decisions")
    event = models.CharField(max_length=10)
    key = models.CharField(max_length=160, unique=True)
    rule_digest = models.CharField(max_length=64)
    record = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    award = models.ForeignKey(Award, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.event} of {self.participant_id}"

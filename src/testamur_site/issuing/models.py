from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion, MicroCredential
from testamur_site.decisions.api import Decision
from testamur_site.foundation.tenancy.api import TenantModel, institution_without_index, new_public_id
from testamur_site.status.api import StatusEntry

from . import rules
from .pieces.fields import ContentField, PieceSize, SharedPiece, SignedField
from .revocations.rules import Objection, RevocationState
from .rules import AwardState, BatchState, Verdict

DRAFT_KEPT = timedelta(days=1)


def _draft_end() -> Any:
    return timezone.now() + DRAFT_KEPT


class Batch(TenantModel):
    """A class list on its way: first a draft that only shows verdicts, then what was started from it.

    The uploaded file is not kept longer than it takes to read it (`ListReading`); of one that could not be read `problem` says why.
    `header` and `columns` (one field a column) explain the cells of the rows. What a batch issues is pinned when it starts: the version,
    by its content hash, and the key. `undecided` are the ready rows of a long list that is being issued of which no award was made yet.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    micro_credential = models.ForeignKey(MicroCredential, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default=BatchState.DRAFT)
    file_name = models.CharField(max_length=120, blank=True)
    reading = models.JSONField(default=dict)
    header = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    default_date = models.DateField(null=True)
    award_again = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=64, blank=True)
    endorsed_hash = models.CharField(max_length=64, null=True)
    key_id = models.CharField(max_length=64, blank=True)
    undecided = models.PositiveIntegerField(default=0)
    problem = models.JSONField(null=True)
    undo_reason = models.CharField(max_length=24, blank=True)
    undo_note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(default=_draft_end)

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["institution", "-created_at"], name="batches_newest")]

    def __str__(self) -> str:
        return f"batch {self.public_id}"


class Award(TenantModel):
    """One credential of one learner. See `rules.py` for its states. Public knowledge is only what the holder publishes.

    `award_key` is the idempotency: unique for each micro-credential while the award counts, the recipient's folded address
    (with a suffix where awarding again was chosen), or the decision it was made of, NULL once it no longer counts. Nothing is found by
    name or address alone, so both can be emptied without breaking a chain of awards.

    `decision` is what an assessed award was made of, and `earned` what it says about how (`assessed.earned_of`). `endorsed_hash` is the
    fingerprint of the endorsements of its achievement (`documents.endorsed_hash`).

    `refresh_token`, of an award that can be renewed, is the secret part of the address in its `refreshService`: whoever asks there has the
    credential. Empty where nothing can be renewed.
    """

    institution = institution_without_index()
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    micro_credential = models.ForeignKey(MicroCredential, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="+")
    # Its index is the first column of another.
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="awards", db_index=False)
    line = models.PositiveIntegerField(null=True)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    recipient_name = models.CharField(max_length=200, blank=True)
    recipient_email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=8, default="en")
    award_key = models.CharField(max_length=330, null=True)
    awarded_date = models.DateField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    results = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    earned = models.JSONField(null=True)
    state = models.CharField(max_length=12, default=AwardState.QUEUED)
    content_hash = models.CharField(max_length=64)
    endorsed_hash = models.CharField(max_length=64, null=True)
    key_id = models.CharField(max_length=64)
    refresh_token = models.CharField(max_length=32, blank=True, default="")
    status_entry = models.OneToOneField(StatusEntry, null=True, on_delete=models.PROTECT, related_name="+")
    problem = models.JSONField(null=True)
    reason_code = models.CharField(max_length=24, blank=True)
    reason_note = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now)
    issued_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["institution", "micro_credential", "award_key"], name="awarded_once"),
        ]
        # None holds what changes when the award is signed (state, dates): so that step stays within the row's page, and touches no index.
        indexes = [
            models.Index(fields=["institution", "-created_at"], name="awards_newest"),
            models.Index(fields=["batch", "line"], name="awards_by_line"),
            models.Index(fields=["decision"], condition=models.Q(decision__isnull=False), name="awards_of_decision"),
            models.Index(fields=["refresh_token"], condition=~models.Q(refresh_token=""), name="awards_renewable"),
        ]

    def __str__(self) -> str:
        return f"award {self.public_id}"

    @property
    def url(self) -> str:
        """The absolute address of the award, which is also the credential's id."""
        return f"{settings.TESTAMUR_BASE_URL}/c/{self.public_id}"

    @property
    def refresh_url(self) -> str:
        """Where the newest copy of the credential can be asked for, or '' where it cannot be renewed."""
        return f"{settings.TESTAMUR_BASE_URL}/refresh/{self.refresh_token}" if self.refresh_token else ""

    @property
    def settled(self) -> bool:
        """Whether what was reached was decided by somebody or by a rule: then a correction changes the person and the validity, and nothing
        of the results, the evidence and the day. Evidence with a digest comes from a decision; no form and no list can write it."""
        return (
            self.decision_id is not None or self.earned is not None or any(one.get("digest") for one in self.evidence)
        )

    @property
    def successor(self) -> Award | None:
        """The award that took this one's place, or None."""
        return getattr(self, "superseded_by", None)

    @property
    def published(self) -> bool:
        """Whether a signed credential exists."""
        return self.state in rules.PUBLISHED

    @property
    def expired(self) -> bool:
        return self.valid_until is not None and self.valid_until < timezone.now()


class SharedText(TenantModel):
    """Bytes that stand in the prepared credentials of many awards: mostly their achievement (`text`), of a cohort also what each of them
    begins and ends with. Stored once, changed never."""

    institution = institution_without_index()
    digest = models.CharField(max_length=64)
    text = models.BinaryField()
    head = models.BinaryField(default=b"")
    tail = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "digest"], name="shared_once")]

    def __str__(self) -> str:
        return f"shared text {self.digest[:12]}"


class PreparedCredential(TenantModel):
    """The bytes that were decided upon before they were signed, and the signed bytes: written once each, changed never.

    One for each award. `signed` is exactly what is hosted, baked and verified. Both are read as a whole; stored is of `content` what is not
    in what is `shared`, the text of which belongs behind the first `shared_at` bytes, and of `signed` what follows the first `signed_after`
    bytes of the document in `content` (`pieces`). NULL: there is nothing to be joined.
    """

    institution = institution_without_index()
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="prepared")
    content = ContentField()
    digest = models.CharField(max_length=64)
    key_id = models.CharField(max_length=64)
    prepared_at = models.DateTimeField(default=timezone.now)
    signed = SignedField(null=True)
    signed_at = models.DateTimeField(null=True)
    shared = SharedPiece(SharedText, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    shared_at = PieceSize(null=True)
    signed_after = PieceSize(null=True)

    def __str__(self) -> str:
        return f"prepared credential {self.digest[:12]}"


class BatchRow(TenantModel):
    """A row of the class list as it was read: its cells (to give refused rows back), what they mean, and the verdict with its problems."""

    institution = institution_without_index()
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=8, default="en")
    awarded_date = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    results = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    verdict = models.CharField(max_length=8, default=Verdict.READY)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ("line",)
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="one_row_per_line")]
        indexes = [models.Index(fields=["batch", "verdict", "line"], name="rows_by_verdict")]

    def __str__(self) -> str:
        return f"row {self.line}"


class ListReading(TenantModel):
    """How far the workers have come with a long list (`rules.Stage`); it goes with the file when the last row is judged.

    `size` and `offset` are bytes of the stored file, `number` the row that was read or judged last, as a spreadsheet counts. `rows` are
    those that were found, `judged` those of them that have a verdict. `encoding` is what a person chose, `delimiter` empty where the file
    was converted (`services/lists/stored.py`), and `language` the one of whoever uploaded it: verdicts name results in it.
    """

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, related_name="being_read")
    stage = models.CharField(max_length=12)
    size = models.PositiveBigIntegerField(default=0)
    encoding = models.CharField(max_length=16, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    language = models.CharField(max_length=8, default="en")
    offset = models.PositiveBigIntegerField(default=0)
    number = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    judged = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"reading of {self.batch_id}"


class ListPart(TenantModel):
    """A piece of a file that is being read: all of one length but the last."""

    institution = institution_without_index()
    reading = models.ForeignKey(ListReading, on_delete=models.CASCADE, related_name="parts", db_index=False)
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reading", "position"], name="one_part_per_position")]

    def __str__(self) -> str:
        return f"part {self.position}"


class RevocationRules(TenantModel):
    """What an institution asks for before it revokes. Without a row, one person revokes alone."""

    second_person_single = models.BooleanField(default=False)
    second_person_cohort = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="one_set_of_revocation_rules")]

    def __str__(self) -> str:
        return f"rules of revoking of {self.institution_id}"


class Revocation(TenantModel):
    """Somebody's word that credentials shall be revoked: one award, one batch, or whatever fits the key, the micro-credential and the
    days that are given. See `revocations/rules.py` for its states.

    `replace`: each is followed by a new credential with the same content, signed by the present key. `release`: the same people can be
    awarded again. `found` is how many credentials it concerned when it was proposed; what was issued afterwards is not touched. `reached`
    is the award (primary key) up to which it has come.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    award = models.ForeignKey(Award, null=True, on_delete=models.PROTECT, related_name="revocations")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="revocations")
    key_id = models.CharField(max_length=64, blank=True)
    micro_credential = models.ForeignKey(MicroCredential, null=True, on_delete=models.PROTECT, related_name="+")
    issued_from = models.DateTimeField(null=True)
    issued_until = models.DateTimeField(null=True)
    reason_code = models.CharField(max_length=24)
    note = models.TextField(blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    release = models.BooleanField(default=False)
    replace = models.BooleanField(default=False)
    found = models.PositiveIntegerField(default=0)
    reached = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=12, default=RevocationState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-proposed_at", "-pk")
        indexes = [models.Index(fields=["institution", "-proposed_at"], name="revocations_newest")]

    def __str__(self) -> str:
        return f"revocation {self.public_id}"


class StatusChange(TenantModel):
    """What was said about an issued credential afterwards: that it is revoked, suspended or superseded, by whom, why, and what became of
    an objection to it.

    `list_version` is the first version of the revocation list that says so; the log holds that list, and its number there is from when on
    the change was public (`queries.place_of`). `successor` is what was awarded because an objection was upheld.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="changes")
    change = models.CharField(max_length=12)
    reason_code = models.CharField(max_length=24)
    note = models.TextField(blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    list_version = models.PositiveIntegerField(null=True)
    revocation = models.ForeignKey(Revocation, null=True, on_delete=models.PROTECT, related_name="changes")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    objection = models.CharField(max_length=12, default=Objection.NONE)
    objection_note = models.TextField(blank=True)
    objected_at = models.DateTimeField(null=True)
    answer_note = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True)
    successor = models.OneToOneField(Award, null=True, on_delete=models.PROTECT, related_name="awarded_anew_for")

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["institution", "objection"], name="objections_by_state")]

    def __str__(self) -> str:
        return f"{self.change}: {self.award_id}"

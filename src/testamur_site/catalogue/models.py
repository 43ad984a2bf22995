from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from .description import codec
from .description.elements import Description, Rubric
from .description.vocabulary import in_language


class AchievementImage(TenantModel):
    """A picture, kept once per institution under its digest and never changed: versions may share it.

    `png` is always there, because badges are baked into it; `svg` only when the picture was composed here.
    """

    digest = models.CharField(max_length=64, editable=False)  # SHA-256 of the PNG, hexadecimal
    png = models.BinaryField()
    svg = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "digest"], name="one_image_per_digest")]

    def __str__(self) -> str:
        return self.digest[:12]


class MicroCredential(TenantModel):
    """What an institution offers under one lasting address, through all its versions."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    # Changed by every service, for "last touched" in lists.
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("micro-credential")
        verbose_name_plural = _("micro-credentials")
        indexes = [models.Index(fields=["institution", "state"])]

    def __str__(self) -> str:
        return self.public_id


class AchievementVersion(TenantModel):
    """One version: the whole description as a value (`description.elements.Description`), and what became of it.

    The columns below `content` repeat parts of it for searching and filtering; `services.py` writes them together.
    A trigger of the database refuses to change the content of a locked version (`migrations/0002`).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Replaced by a newer version")

    class EarlierLearners(models.TextChoices):
        FINISH = "finish", _("They may finish under the version they began with")
        UNTIL = "until", _("They may finish under the version they began with until a date")
        MOVE = "move", _("They move to this version")

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    micro_credential = models.ForeignKey(MicroCredential, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    content = models.JSONField(default=dict)
    image = models.ForeignKey(AchievementImage, on_delete=models.PROTECT, null=True, related_name="+")
    what_changed = models.TextField(blank=True, default="", max_length=2000)
    locked_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    # What the quality process approved: the hash of the content (`exchange.achievement.content_hash`), '' for nothing, and how long
    # that holds (None: without end). The process itself belongs to quality, catalogue keeps the fact.
    approved_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    approved_until = models.DateField(null=True, editable=False)

    # What becomes of learners who began under an earlier version, once this one is published.
    earlier_learners = models.CharField(
        max_length=12, choices=EarlierLearners.choices, default=EarlierLearners.FINISH, blank=True
    )
    earlier_until = models.DateField(null=True, blank=True)

    search_text = models.TextField(default="", editable=False)
    eqf_level = models.PositiveSmallIntegerField(null=True, editable=False)
    language_tags = models.CharField(max_length=200, default="", editable=False)  # ",en,ko,": languages of instruction

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ("micro_credential", "-number")
        constraints = [
            models.UniqueConstraint(fields=["micro_credential", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["micro_credential"], condition=models.Q(state="draft"), name="one_draft_per_micro_credential"
            ),
            models.UniqueConstraint(
                fields=["micro_credential"], condition=models.Q(state="published"), name="one_published_version"
            ),
        ]
        indexes = [models.Index(fields=["state", "eqf_level"])]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def description(self) -> Description:
        """The description as typed values. Assign `content` through the services only."""
        # Kept together with the content it was read from: a refresh from the database brings other content.
        read_from, description = self.__dict__.get("_description", (None, None))
        if read_from is not self.content or description is None:
            description = codec.description_from_json(self.content)
            self.__dict__["_description"] = (self.content, description)
        return description

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def title(self) -> str:
        """The title in the reader's language, else in English, else in any; '' when a draft has none yet."""
        return self.title_in(get_language() or "en")

    def title_in(self, language: str) -> str:
        return in_language(self.description.title, language)

    @property
    def alternative_text(self) -> str:
        """What the picture shows, in the reader's language; the title where nobody wrote it down."""
        return in_language(self.description.image.alternative_text, get_language() or "en") or self.title


# Tables of this capability that lie in the folders of their own rules; Django finds them here.
from .finding.models import CatalogueEntry as CatalogueEntry  # noqa: E402
from .finding.models import CatalogueStamp as CatalogueStamp  # noqa: E402
from .offerings.models import Offering as Offering  # noqa: E402


class PublishingPolicy(TenantModel):
    """Which of an institution's versions need an approval before they are published. No row: none.

    `stop_when_overdue`: once an approval has run out, nothing is published or awarded by it until it is renewed.
    """

    class Requires(models.TextChoices):
        NONE = "none", _("No micro-credential needs an approval")
        ASSESSED = "assessed", _("Those that are awarded on a decision need one")
        ALL = "all", _("Every micro-credential needs one")

    requires_approval = models.CharField(max_length=8, choices=Requires.choices, default=Requires.NONE)
    stop_when_overdue = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="one_publishing_policy")]

    def __str__(self) -> str:
        return self.requires_approval


class RubricTemplate(TenantModel):
    """A rubric in the institution's library, to be taken into descriptions as a copy. `content` is `description.elements.Rubric`.

    `origin` says where it came from: a version of ours (its public identifier) or the address in a CASE file.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    content = models.JSONField(default=dict)
    origin = models.CharField(max_length=400, blank=True, default="")
    retired = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("rubric of the library")
        verbose_name_plural = _("rubrics of the library")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.public_id

    @property
    def rubric(self) -> Rubric:
        return codec.from_json(Rubric, self.content)


class CoOwnerConsent(TenantModel):
    """What a co-owning institution of this installation said to a version. `institution` is the co-owner, so that its people see it.

    An agreement is to a content (`content_hash`): when the content changes, it has to be given again.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for agreement")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")

    version = models.ForeignKey(AchievementVersion, on_delete=models.CASCADE, related_name="consents")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    content_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    reason = models.TextField(blank=True, default="", max_length=2000)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "institution"], name="one_consent_per_co_owner")]

    def __str__(self) -> str:
        return self.state

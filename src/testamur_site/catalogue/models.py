from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from .description import codec
from .description.elements import Description
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

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .managers import TenantManager

COLOUR = RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("A colour looks like #1a5fb4."))
COUNTRY = RegexValidator(r"\A[A-Z]{2}\Z", _("A country is given by two capital letters (ISO 3166-1), for example IE."))


def new_public_id() -> str:
    """A random identifier of 144 bits for addresses and documents (24 characters, safe in a URL)."""
    return secrets.token_urlsafe(18)


def new_public_ids() -> Iterator[str]:
    """The same without end, a few hundred from one question to the operating system."""
    while True:
        text = urlsafe_b64encode(secrets.token_bytes(18 * 256)).decode("ascii")
        for start in range(0, len(text), 24):
            yield text[start : start + 24]


class Institution(models.Model):
    """A tenant: a university, college or other awarding body. Its own row is public knowledge; everything below it is not."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    # {"ko": {"name": "…", "description": "…"}}: what is said differently in another language; the rest stays as above.
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    country = models.CharField(_("country"), max_length=2, validators=[COUNTRY])
    description = models.TextField(_("description"), max_length=2000, blank=True)
    homepage = models.URLField(_("website"), max_length=400, blank=True)
    email = models.EmailField(_("e-mail address for questions"), blank=True)
    address = models.TextField(_("postal address"), max_length=400, blank=True)
    legal_identifier = models.CharField(_("legal or registration identifier"), max_length=100, blank=True)
    primary_colour = models.CharField(_("main colour"), max_length=7, default="#1f4e79", validators=[COLOUR])
    accent_colour = models.CharField(_("accent colour"), max_length=7, default="#c9792b", validators=[COLOUR])
    symbol = models.CharField(_("symbol"), max_length=40, blank=True, default="")
    languages = models.JSONField(_("languages"), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def did(self) -> str:
        """`did:web` of this institution (did:web method §3.2): host, port percent-encoded, path segments by colons."""
        host = urlsplit(settings.TESTAMUR_BASE_URL).netloc
        return f"did:web:{quote(host, safe='.-')}:institutions:{self.slug}"

    @property
    def profile_url(self) -> str:
        """Absolute address of the issuer profile."""
        return f"{settings.TESTAMUR_BASE_URL}/institutions/{self.slug}/profile.json"

    @property
    def public_url(self) -> str:
        """Absolute address of the public page."""
        return f"{settings.TESTAMUR_BASE_URL}/institutions/{self.slug}"

    def in_language(self, field: str, language: str | None = None) -> str:
        """`name` or `description` in the reader's language, or as first written where there is no translation."""
        translated = self.translations.get(language or get_language() or "en", {})
        return translated.get(field) or getattr(self, field)

    @property
    def localised_name(self) -> str:
        return self.in_language("name")

    @property
    def localised_description(self) -> str:
        return self.in_language("description")

    def get_absolute_url(self) -> str:
        """Where its staff begin to work."""
        return f"/staff/{self.slug}/"


class TenantModel(models.Model):
    """A row that belongs to an institution. See `scope.py` for what `objects` answers.

    A table that a cohort fills declares `institution = institution_without_index()`: others of its indexes begin with the institution, or
    its rows are found by what they belong to, and each index more costs as much as a tenth of the row.
    """

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")

    objects = TenantManager()

    class Meta:
        abstract = True


def institution_without_index() -> Any:
    """The institution of a `TenantModel` without an index of its own."""
    return models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+", db_index=False)


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    DESIGNER = "designer", _("Designer")
    PROGRAMME_LEAD = "programme_lead", _("Programme lead")
    ASSESSOR = "assessor", _("Assessor")
    QUALITY_OFFICER = "quality_officer", _("Quality officer")
    ISSUER = "issuer", _("Issuer")
    VIEWER = "viewer", _("Viewer")


class Membership(TenantModel):
    """A person's role in an institution. One role each: it is a sentence somebody can say ("she is an issuer")."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "user"], name="one_role_per_person_and_institution")
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.institution_id}"


class Logo(TenantModel):
    """The institution's logo, apart from its row so that it is read only where it is shown."""

    content = models.BinaryField()
    media_type = models.CharField(max_length=40)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="one_logo_per_institution")]

    def __str__(self) -> str:
        return f"logo of {self.institution_id}"

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import LineField
from testamur_site.foundation.tenancy.api import COLOUR, Institution, Role, slug_problem, slug_suggestion

from .models import User


class SignUpFields(forms.Form):
    """What signing up asks beside address and password; allauth mixes it into its own form."""

    name = LineField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def signup(self, request: HttpRequest, user: User) -> None:  # noqa: ARG002 - allauth calls it so
        user.name = self.cleaned_data["name"]
        user.language = get_language() or ""
        user.save(update_fields=["name", "language"])


class ProfileForm(forms.Form):
    name = LineField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language of pages and mail"), choices=settings.LANGUAGES)


class AcceptInvitationForm(forms.Form):
    """Makes the account of somebody who was invited; the address is known from the invitation."""

    name = LineField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=256,
        help_text=_("At least 12 characters. Several words in a row are easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "password" in values:
            try:
                validate_password(values["password"], User(email=self._email, name=values.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


# CLDR also names regions that are no countries: unions, the unknown, what ISO 3166-1 only reserves. (XK, Kosovo, is widely used.)
_NO_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])


def _country(code: str) -> str:
    """The code in capitals. It stands in every credential, where a mistaken one could not be corrected any more."""
    code = code.upper()
    if code not in Locale("en").territories or code in _NO_COUNTRIES:
        raise forms.ValidationError(
            _("No country has the code “%(code)s” (ISO 3166-1)."), code="unknown_country", params={"code": code}
        )
    return code


class NewInstitutionForm(forms.Form):
    name = LineField(label=_("Name of the institution"), max_length=200)
    country = forms.RegexField(
        r"\A[A-Za-z]{2}\Z",
        label=_("Country"),
        help_text=_("Two letters, for example KR or IE (ISO 3166-1)."),
        error_messages={"invalid": _("A country is given by two letters, for example KR or IE.")},
    )
    slug = forms.CharField(
        label=_("Short name in addresses"),
        max_length=60,
        required=False,
        help_text=_(
            "Lower-case Latin letters, digits and hyphens. It becomes part of the institution's identifier in every "
            "credential and cannot be changed later."
        ),
    )

    def clean_country(self) -> str:
        return _country(self.cleaned_data["country"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "slug" in self.errors or "name" not in values:
            return values
        slug = values.get("slug") or slug_suggestion(values["name"])
        problem = slug_problem(slug) if slug else "missing"
        if problem == "missing":
            self.add_error("slug", _("We cannot make a short name from this name. Please choose one."))
        elif problem == "form":
            self.add_error(
                "slug", _("Use 3 to 60 lower-case Latin letters, digits and single hyphens, for example han-river.")
            )
        elif problem == "reserved":
            self.add_error("slug", _("This short name is needed by the platform itself. Please choose another one."))
        elif Institution.objects.filter(slug=slug).exists():
            self.add_error("slug", _("This short name is taken. Please choose another one."))
        values["slug"] = slug
        return values


class InstitutionForm(forms.Form):
    """What an owner may change later: everything but the short name, which stands in issued credentials."""

    name = LineField(label=_("Name"), max_length=200)
    name_ko = LineField(label=_("Name in Korean"), max_length=200, required=False)
    country = NewInstitutionForm.base_fields["country"]
    description = forms.CharField(
        label=_("Description"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    description_ko = forms.CharField(
        label=_("Description in Korean"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    homepage = forms.URLField(label=_("Website"), max_length=400, required=False, assume_scheme="https")
    email = forms.EmailField(label=_("E-mail address for questions"), required=False)
    address = forms.CharField(
        label=_("Postal address"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    legal_identifier = LineField(label=_("Legal or registration identifier"), max_length=100, required=False)
    primary_colour = forms.CharField(
        label=_("Main colour"), validators=[COLOUR], widget=forms.TextInput(attrs={"type": "color"})
    )
    accent_colour = forms.CharField(
        label=_("Accent colour"), validators=[COLOUR], widget=forms.TextInput(attrs={"type": "color"})
    )
    symbol = forms.CharField(label=_("Symbol"), max_length=40, required=False, widget=forms.HiddenInput())
    logo = forms.FileField(
        label=_("Logo"), required=False, help_text=_("PNG, JPEG or WebP, at most 2 MB."), max_length=200
    )

    def clean_country(self) -> str:
        return _country(self.cleaned_data["country"])

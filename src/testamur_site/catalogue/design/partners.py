"""Who stands behind the programme besides the issuer: partners with their part, and co-owners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.tenancy.api import institution_by_slug

from ..description.elements import Partner
from ..description.vocabulary import in_language
from .fields import PlainField, WordsField
from .rows import Context, ElementForm


def _organisations(context: Context) -> list[tuple[str, str]]:
    language = (get_language() or "en").split("-")[0]
    return [(o.key, in_language(o.name, language) or o.key) for o in context.description.organisations]


class PartnerForm(ElementForm):
    organisation = forms.ChoiceField(
        label=_("Organisation"), help_text=_("One of those under Organisations. Enter it there first.")
    )
    part = WordsField(
        label=_("Its part"),
        lines=2,
        max_length=1000,
        help_text=_("For example: sets the case, gives placements, judges the final work."),
    )

    def prepare(self) -> None:
        self.fields["organisation"].choices = [("", "—"), *_organisations(self.context)]  # type: ignore[attr-defined]

    def build(self, _nested: Mapping[str, tuple[Any, ...]]) -> Partner:
        return Partner(**self.cleaned_data)


class CoOwnersForm(ElementForm):
    """Co-owners are organisations of the description, or institutions on this platform, named by their short names."""

    owning = forms.MultipleChoiceField(
        label=_("Departments and organisations that own it together with us"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are named on the page and in the credential."),
    )
    here = PlainField(
        label=_("Institutions on this platform that own it together with us"),
        max_length=500,
        help_text=_(
            "Their short names as in their addresses (/institutions/…), with commas between them. Each has to agree before a "
            "version is published."
        ),
    )

    def prepare(self) -> None:
        choices = _organisations(self.context)
        keys = {key for key, _name in choices}
        owners = self.context.description.co_owners
        self.initial["owning"] = [owner for owner in owners if owner in keys]
        self.initial["here"] = ", ".join(owner for owner in owners if owner not in keys)
        if choices:
            self.fields["owning"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["owning"]

    def clean_here(self) -> tuple[str, ...]:
        slugs = tuple(
            dict.fromkeys(part.strip().strip("/").rpartition("/")[2] for part in self.cleaned_data["here"].split(","))
        )
        slugs = tuple(slug for slug in slugs if slug)
        unknown = [slug for slug in slugs if institution_by_slug(slug[:60]) is None]
        if unknown:
            raise forms.ValidationError(
                _("There is no institution “%(name)s” on this platform."), params={"name": unknown[0][:60]}
            )
        return slugs

    def build(self, _nested: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
        values = self.cleaned_data
        return {"co_owners": (*values.get("owning", ()), *values["here"])}

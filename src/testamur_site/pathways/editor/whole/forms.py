"""The forms of the programme as a whole, of its pools, and of one part of its text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from testamur.pathways.dates import moment

from ...api import Awarding
from ..forms import as_time


class SettingsForm(forms.Form):
    """The programme as a whole."""

    title_en = forms.CharField(label=_("Title in English"), max_length=2_000)
    title_ko = forms.CharField(label=_("Title in Korean"), max_length=2_000, required=False)
    awarding = forms.ChoiceField(
        label=_("When all requirements are met"),
        choices=[
            (Awarding.AUTOMATIC.value, _("the microdegree is awarded by itself")),
            (Awarding.APPROVAL.value, _("somebody approves it first")),
        ],
        widget=forms.RadioSelect,
    )
    grace = forms.IntegerField(
        label=_("Days of grace"),
        min_value=0,
        max_value=3_650,
        required=False,
        help_text=_("How long it is kept when a credential that counted is revoked and nothing takes its place."),
    )
    grace_en = forms.CharField(label=_("What the learner is told then, in English"), max_length=2_000, required=False)
    grace_ko = forms.CharField(label=_("What the learner is told then, in Korean"), max_length=2_000, required=False)
    exclusive = forms.BooleanField(
        label=_("What counts in another programme does not count here"),
        required=False,
        help_text=_("Asked where it is known that a credential counts elsewhere."),
    )
    validity_lasts = forms.CharField(
        label=_("How long the microdegree is valid"),
        max_length=40,
        required=False,
        help_text=_("A time: 3 years. Empty: without end."),
    )
    validity_from = forms.CharField(
        label=_("Valid from which day"),
        max_length=120,
        required=False,
        help_text=_("Empty: the day of the decision. Or the name of a day that the institution states."),
    )
    validity_grace = forms.CharField(
        label=_("Grace after its end"), max_length=40, required=False, help_text=_("A time: 90 days. Empty: none.")
    )
    validity_lapse_en = forms.CharField(
        label=_("What follows when it has lapsed, in English"), max_length=2_000, required=False
    )
    validity_lapse_ko = forms.CharField(
        label=_("What follows when it has lapsed, in Korean"), max_length=2_000, required=False
    )
    as_named = forms.BooleanField(
        label=_("Only the versions of micro-credentials that are named count"),
        required=False,
        help_text=_("Otherwise a later version counts like the one that is named, as soon as it is published."),
    )
    repeats = forms.BooleanField(
        label=_("The same micro-credential may count several times"),
        required=False,
        help_text=_(
            "Otherwise of several credentials for the same micro-credential, or for versions of it, one counts."
        ),
    )
    unit = forms.CharField(
        label=_("Unit of credits"),
        max_length=200,
        required=False,
        help_text=_("Credentials rarely name their unit; a number without one is taken to be in this unit."),
    )

    def __init__(self, *arguments: Any, rest: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in rest:
            self.fields.pop(name, None)

    def clean_validity_lasts(self) -> str:
        return as_time(self.cleaned_data["validity_lasts"])

    def clean_validity_grace(self) -> str:
        return as_time(self.cleaned_data["validity_grace"])

    def clean_validity_from(self) -> str:
        text: str = self.cleaned_data["validity_from"].strip()
        if text:
            try:
                moment(text)
            except ValueError as error:
                raise ValidationError(_("Write a day, as 2026-03-01, or the name of one.")) from error
        return text

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        further = ("validity_from", "validity_grace", "validity_lapse_en", "validity_lapse_ko")
        asked = "validity_lasts" in self.fields and "validity_lasts" not in self.errors
        if asked and not values.get("validity_lasts") and any(values.get(name) for name in further):
            self.add_error("validity_lasts", _("Say how long it is valid."))
        return values

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under headings."""
        found = [(heading, [self[name] for name in names if name in self.fields]) for heading, names in _HEADINGS]
        return [(heading, fields) for heading, fields in found if fields]


_HEADINGS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Title"), ("title_en", "title_ko")),
    (_("Awarding"), ("awarding", "grace", "grace_en", "grace_ko")),
    (_("Validity"), ("validity_lasts", "validity_from", "validity_grace", "validity_lapse_en", "validity_lapse_ko")),
    (_("What counts"), ("as_named", "repeats", "exclusive", "unit")),
)


class PoolForm(forms.Form):
    """One pool. Without a name it is none; `was` is the name that it had."""

    was = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)
    name = forms.CharField(label=_("Name of the pool"), max_length=200, required=False)
    uses = forms.IntegerField(
        label=_("In how many requirements a credential may count"), min_value=2, max_value=100, required=False
    )
    credits = forms.DecimalField(
        label=_("Most credits that are shared"),
        min_value=Decimal("0.01"),
        max_value=10_000,
        decimal_places=2,
        required=False,
        help_text=_("Empty: no limit."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("name") and not values.get("uses") and "uses" not in self.errors:
            self.add_error("uses", _("Say how many."))
        if not values.get("name") and (values.get("uses") or values.get("credits")) and not values.get("was"):
            self.add_error("name", _("Give the pool a name; the requirements choose it by that."))
        return values


class _Pools(forms.BaseFormSet):
    def clean(self) -> None:
        names = [name for form in self.forms if (name := form.cleaned_data.get("name"))] if not any(self.errors) else []
        if len(names) != len(set(names)):
            raise ValidationError(_("Two pools cannot have the same name."))

    def rows(self) -> list[dict[str, Any]]:
        """The pools that are to be there, as `shapes.pools.write_pools` takes them; one whose name was emptied is to go."""
        return [
            {
                "was": form.cleaned_data["was"],
                "name": form.cleaned_data["name"],
                "uses": form.cleaned_data["uses"],
                "credits": f"{most.normalize():f}" if (most := form.cleaned_data["credits"]) else "",
            }
            for form in self.forms
            if form.cleaned_data.get("name")
        ]


PoolFormSet = forms.formset_factory(PoolForm, formset=_Pools, extra=2, max_num=50, absolute_max=50)


class PartForm(forms.Form):
    """One part of the text, as text."""

    part = forms.CharField(
        label=_("The part as text"),
        required=False,
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 16,
                "spellcheck": "false",
                "autocapitalize": "off",
                "class": "code",
                "dir": "ltr",
                "wrap": "off",
            }
        ),
    )

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import DateInput, LineField
from testamur_site.wallet.api import Deposit

from .models import Activity, Cycle
from .rules import MAX_CATEGORIES, OTHER, Category, Terms

MOST = Decimal("99999.99")


def _categories(terms: Terms) -> list[tuple[str, Any]]:
    return [*((one.key, one.name) for one in terms.categories), (OTHER, _("Something else"))]


class ActivityForm(forms.Form):
    """Something that the holder did."""

    name = LineField(label=_("What you did"), max_length=200)
    category = forms.ChoiceField(label=_("Category"))
    amount = forms.DecimalField(label=_("How much"), min_value=Decimal("0.01"), max_value=MOST, decimal_places=2)
    on = forms.DateField(label=_("Day on which it ended"), widget=DateInput)
    evidence = forms.URLField(
        label=_("Evidence"),
        help_text=_("The address of a certificate, a programme or a report. Staff may ask to see it."),
        required=False,
        max_length=300,
        assume_scheme="https",
    )

    def __init__(self, *arguments: Any, terms: Terms, begins: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.begins = begins
        self.fields["category"].choices = _categories(terms)  # type: ignore[attr-defined]
        self.fields["amount"].help_text = terms.unit

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(_("This day is yet to come. Enter it when it is done."))
        if on < self.begins:
            raise forms.ValidationError(_("This was before the cycle began, so it does not count."))
        return on


class CountForm(forms.Form):
    """A credential of the wallet that counts."""

    award = forms.ChoiceField(label=_("Credential"))
    category = forms.ChoiceField(label=_("Category"))
    amount = forms.DecimalField(label=_("How much"), min_value=Decimal("0.01"), max_value=MOST, decimal_places=2)
    prefix = "count"

    def __init__(self, *arguments: Any, terms: Terms, deposits: Sequence[Deposit], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["award"].choices = [  # type: ignore[attr-defined]
            (one.award.public_id, f"{one.award.version.title} · {one.award.institution.localised_name}")
            for one in deposits
        ]
        self.fields["category"].choices = _categories(terms)  # type: ignore[attr-defined]
        self.fields["amount"].help_text = terms.unit


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The holder reads it, and can mend it while there is time."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    activities = forms.MultipleChoiceField(
        label=_("What does not count"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments: Any, activities: Sequence[Activity], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["activities"].choices = [(one.public_id, one.name) for one in activities]  # type: ignore[attr-defined]


class CycleForm(forms.Form):
    """What has to be done before a credential is renewed."""

    total = forms.DecimalField(
        label=_("In total"),
        help_text=_("So much has to be done in each cycle."),
        min_value=Decimal("0.01"),
        max_value=MOST,
        decimal_places=2,
    )
    unit = LineField(label=_("Unit"), help_text=_("For example: hours, units, points."), max_length=40)
    categories = forms.CharField(
        label=_("Of these, at least"),
        help_text=_("One line for each category, with its amount: Ethics = 10"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    window_days = forms.IntegerField(
        label=_("Days before the end from which it can be renewed"), min_value=1, max_value=3660, initial=180
    )
    grace_days = forms.IntegerField(label=_("Days of grace after the end"), min_value=0, max_value=730, initial=30)
    reinstatement_days = forms.IntegerField(
        label=_("Further days in which it can be reinstated"),
        help_text=_("0 if what has lapsed is not reinstated. Staff look at every reinstatement."),
        min_value=0,
        max_value=3660,
        initial=0,
    )
    extra = forms.DecimalField(
        label=_("To be done additionally for a reinstatement"),
        min_value=Decimal(0),
        max_value=MOST,
        decimal_places=2,
        initial=Decimal(0),
    )
    audit_share = forms.IntegerField(
        label=_("Share of renewals that staff look at, in percent"),
        help_text=_("They are drawn by lot."),
        min_value=0,
        max_value=100,
        initial=10,
    )

    def clean_categories(self) -> tuple[Category, ...]:
        found: list[Category] = []
        for line in filter(None, map(str.strip, self.cleaned_data["categories"].splitlines())):
            name, _equals, amount = (part.strip() for part in line.rpartition("="))
            if not name or not amount.isascii() or not amount.replace(".", "", 1).isdigit() or len(amount) > 8:
                raise forms.ValidationError(
                    _("“%(line)s” is not a category with an amount. Write it like this: Ethics = 10")
                    % {"line": line[:80]}
                )
            if len(name) > 80 or any(one.name.casefold() == name.casefold() for one in found):
                raise forms.ValidationError(
                    _("Each category has a short name of its own: %(line)s") % {"line": line[:80]}
                )
            found.append(Category(f"category-{len(found) + 1}", name, Decimal(amount)))
        if len(found) > MAX_CATEGORIES:
            raise forms.ValidationError(_("At most %(limit)d categories.") % {"limit": MAX_CATEGORIES})
        return tuple(found)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        asked = sum((one.required for one in given.get("categories") or ()), Decimal(0))
        total = given.get("total")
        if total is not None and asked > total:
            self.add_error(
                "total", _("The categories ask for %(asked)s together. The total cannot be less.") % {"asked": asked}
            )
        return given

    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)

    @staticmethod
    def initial_of(cycle: Cycle) -> dict[str, Any]:
        names = ("total", "unit", "window_days", "grace_days", "reinstatement_days", "extra", "audit_share")
        lines = "\n".join(f"{one.name} = {one.required}" for one in cycle.terms.categories)
        return {**{name: getattr(cycle, name) for name in names}, "categories": lines}

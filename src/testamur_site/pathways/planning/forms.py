from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from testamur.errors import InputError
from testamur.pathways import Constraints
from testamur_site.foundation.design_system.api import DateInput


class PlanForm(forms.Form):
    """What the way should be like. Everything but the first may stay empty."""

    objective = forms.ChoiceField(
        label=_("The way should be"),
        choices=[
            ("cheapest", _("as cheap as possible")),
            ("fastest", _("as fast as possible")),
            ("lightest", _("as little work as possible")),
        ],
        initial="cheapest",
        widget=forms.RadioSelect,
    )
    budget = forms.DecimalField(
        label=_("It may cost at most"), required=False, min_value=0, max_value=10_000_000, decimal_places=2
    )
    hours = forms.DecimalField(
        label=_("Hours a week at most"), required=False, min_value=Decimal("0.5"), max_value=168, decimal_places=1
    )
    by = forms.DateField(label=_("Done by"), required=False, widget=DateInput)
    languages = forms.MultipleChoiceField(
        label=_("Only in"),
        required=False,
        choices=[("en", _("English")), ("ko", _("Korean"))],
        widget=forms.CheckboxSelectMultiple,
    )
    mode = forms.ChoiceField(
        label=_("Form of participation"),
        required=False,
        choices=[("", _("any")), ("online", _("online")), ("onsite", _("on site")), ("hybrid", _("partly online"))],
    )

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._today = today

    def clean_by(self) -> date | None:
        by: date | None = self.cleaned_data["by"]
        if by is not None:
            try:
                Constraints(begin=self._today, by=by)
            except InputError as error:
                raise ValidationError(_("Choose a day from today on, at most five years ahead.")) from error
        return by

    def constraints(self, today: date) -> Constraints:
        values = self.cleaned_data
        return Constraints(
            begin=today,
            by=values["by"],
            budget=int(values["budget"] * 100) if values["budget"] is not None else None,
            hours_per_week=values["hours"],
            languages=frozenset(values["languages"]),
            modes=frozenset({values["mode"]} if values["mode"] else ()),
        )

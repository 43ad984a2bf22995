from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from testamur.errors import InputError
from testamur.pathways import Constraints, Objective
from testamur_site.foundation.design_system.api import DateInput

from .rules import MOST_WITHOUT, Asked


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
    without = forms.MultipleChoiceField(
        label=_("Leave out"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What you do not want to take, or cannot."),
    )

    def __init__(self, *arguments: Any, today: date, offerings: Iterable[tuple[str, str]] = (), **options: Any) -> None:
        """`offerings` (identifier, name) can be left out."""
        super().__init__(*arguments, **options)
        self._today = today
        choices = list(offerings)
        if choices:
            self.fields["without"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["without"]

    def clean_by(self) -> date | None:
        by: date | None = self.cleaned_data["by"]
        if by is not None:
            try:
                Constraints(begin=self._today, by=by)
            except InputError as error:
                raise ValidationError(_("Choose a day from today on, at most five years ahead.")) from error
        return by

    def clean_without(self) -> list[str]:
        without: list[str] = self.cleaned_data["without"]
        if len(without) > MOST_WITHOUT:
            raise ValidationError(_("Leave out fewer; a plan without so much is another question."))
        return without

    def asked(self) -> Asked:
        """The question, of a form that is valid."""
        values = self.cleaned_data
        return Asked(
            objective=Objective(values["objective"]),
            budget=int(values["budget"] * 100) if values["budget"] is not None else None,
            hours=values["hours"],
            by=values["by"],
            languages=frozenset(values["languages"]),
            mode=values["mode"],
            without=frozenset(values.get("without", ())),
        )


def as_initial(asked: Asked) -> dict[str, Any]:
    """The values of a form that asks `asked` again."""
    return {
        "objective": asked.objective.value,
        "budget": None if asked.budget is None else Decimal(asked.budget) / 100,
        "hours": asked.hours,
        "by": asked.by,
        "languages": sorted(asked.languages),
        "mode": asked.mode,
        "without": sorted(asked.without),
    }

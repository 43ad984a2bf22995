"""The forms about versions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import DateInput

from ...models import AchievementVersion

Rules = AchievementVersion.EarlierLearners


class EarlierLearnersForm(forms.Form):
    """What becomes of learners who began under an earlier version."""

    earlier_learners = forms.ChoiceField(
        label=_("Learners who enrolled before"),
        choices=Rules.choices,
        widget=forms.RadioSelect,
        initial=Rules.FINISH,
    )
    earlier_until = forms.DateField(
        label=_("Until"), required=False, widget=DateInput, help_text=_("The last day on which they can finish.")
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None and "earlier_learners" not in data:  # who says nothing takes nothing from anybody
            data = data.copy()
            data["earlier_learners"] = Rules.FINISH
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        rule, until = values.get("earlier_learners"), values.get("earlier_until")
        if rule == Rules.UNTIL and until is None and "earlier_until" not in self.errors:
            self.add_error("earlier_until", _("Please give the last day."))
        if rule != Rules.UNTIL:
            values["earlier_until"] = None
        return values


class NewVersionForm(EarlierLearnersForm):
    what_changed = forms.CharField(
        label=_("What changes?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence for colleagues and for people who hold the earlier version."),
    )
    field_order = ("what_changed", "earlier_learners", "earlier_until")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("What would have to change?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

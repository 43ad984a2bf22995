from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .rules import MAX_REASON


class DismissForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is no misconduct"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For colleagues: a source that both quote, work together that was allowed, chance."),
    )


class ReportForm(forms.Form):
    about = forms.MultipleChoiceField(
        label=_("Whom the case is about"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one.")},
        help_text=_("The comparison cannot say who copied. Who handed in later is not always who copied."),
    )
    suspicion = forms.CharField(
        label=_("What is suspected"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The learner reads this and answers to it. Name no other learner."),
    )

    def __init__(self, *arguments: object, codes: tuple[str, str], **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        choices = [("first", codes[0]), ("second", codes[1])]
        self.fields["about"].choices = choices  # type: ignore[attr-defined]

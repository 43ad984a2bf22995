from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AcknowledgeForm(forms.Form):
    """What somebody found who looked into an alarm."""

    reason = forms.CharField(
        label=_("What did you find, and what was done?"),
        help_text=_("For those who look at this later. Please do not write the names of learners here."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

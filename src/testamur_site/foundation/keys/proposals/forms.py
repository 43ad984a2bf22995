from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("Whoever approves of it reads this first. It is kept with the audit trail; name no learners."),
    )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Why not?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )


class NothingForm(forms.Form):
    """A form of one button, that can still say why a step was refused."""

    def keys(self) -> dict[str, Any]:
        return {}

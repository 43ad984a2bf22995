from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ExitForm(forms.Form):
    with_awards = forms.BooleanField(
        label=_("With the archive of awards"),
        help_text=_(
            "Names and e-mail addresses of all holders, and every credential. Only this lets you import the awards elsewhere. "
            "Keep it as you keep your student records."
        ),
        required=False,
    )

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import DateInput


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The learner reads it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FactsForm(forms.Form):
    """What the rule asks about the person. Every field may stay empty: what nobody stated is not known, and the decision says so."""

    def __init__(self, *arguments: Any, names: Sequence[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in names:
            self.fields[name] = forms.CharField(
                label=name.replace("_", " "),
                required=False,
                max_length=200,
            )

    def facts(self) -> dict[str, Any]:
        """The stated facts as values: a day stays text, a whole number is a number, yes and no are true and false."""
        return {name: _value(text.strip()) for name, text in self.cleaned_data.items() if text.strip()}


_WORDS = {"yes": True, "true": True, "예": True, "no": False, "false": False, "아니요": False}


def _value(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text) if text.count(".") == 1 and text.replace(".", "").isdecimal() else text
    except ValueError:
        return text


class AllowForm(forms.Form):
    """A decision by hand. What may be chosen comes from the rule."""

    does = forms.ChoiceField(label=_("What you decide"), widget=forms.RadioSelect)
    of = forms.ChoiceField(label=_("What it is about"))
    credential = forms.ChoiceField(label=_("Credential"), required=False)
    role = forms.CharField(
        label=_("In which role"),
        help_text=_("The programme may let only some roles decide against it."),
        required=False,
        max_length=100,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stands in the credential, with your name."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    on = forms.DateField(label=_("Day of the decision"), initial=date.today, widget=DateInput)

    def __init__(
        self,
        *arguments: Any,
        names: Sequence[str],
        credentials: Sequence[tuple[str, str]],
        may: Sequence[str],
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        decisions = {
            "": _("Approve what the rule leaves to a person"),
            "waive": _("Waive a requirement"),
            "accept": _("Accept a credential for a requirement"),
            "refuse": _("Refuse a credential"),
        }
        self.fields["does"].choices = [  # type: ignore[attr-defined]
            ("approve" if does == "" else does, word) for does, word in decisions.items() if does == "" or does in may
        ]
        self.fields["of"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        self.fields["credential"].choices = [("", _("None in particular")), *credentials]  # type: ignore[attr-defined]
        self.initial.setdefault("does", "approve")

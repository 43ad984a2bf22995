from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import LineField

from ..rules import MAXIMUM_NAME

LANGUAGES = (("en", "English"), ("ko", "한국어"))


def _email(help_text: Any) -> forms.EmailField:
    return forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=help_text,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class EnrolForm(forms.Form):
    """What a learner says to be enrolled: no more than is needed. `prerequisites`: the programme asks for some."""

    name = LineField(
        label=_("Your name"),
        max_length=MAXIMUM_NAME,
        help_text=_("As it is to stand on your credential, in any script."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    email = _email(_("We send you a link to confirm. There is no password."))
    language = forms.ChoiceField(label=_("Language of our mails"), choices=LANGUAGES)
    goals = forms.CharField(
        label=_("What do you want to reach with it?"),
        max_length=1000,
        required=False,
        help_text=_("A sentence or two, for those who teach. You can leave it empty."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    prerequisites = forms.BooleanField(label=_("I bring along what is needed"))

    def __init__(self, *arguments: Any, prerequisites: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not prerequisites:
            del self.fields["prerequisites"]


class EnterForm(forms.Form):
    email = _email(_("The one with which you enrolled. We send a link that lets you in; there is no password."))


class AboutMeForm(forms.Form):
    name = LineField(
        label=_("Your name"),
        max_length=MAXIMUM_NAME,
        help_text=_("As it is to stand on your credential, in any script."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language of our mails"), choices=LANGUAGES)

    def __init__(self, *arguments: Any, name_fixed: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if name_fixed:
            self.fields["name"].disabled = True
            self.fields["name"].help_text = _(
                "Somebody of the institution has checked who you are. Ask them to correct your name."
            )

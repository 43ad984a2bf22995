from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import LineField

from .rules import MAXIMUM_NAME


class EnterForm(forms.Form):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_(
            "The one at which you received a credential. We send a link that lets you in; there is no password."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("A further e-mail address of yours"),
        max_length=254,
        help_text=_("We send a link there. Open it in this browser, so that we know that both are you."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class PortfolioForm(forms.Form):
    name = LineField(
        label=_("Name on your portfolio"),
        max_length=MAXIMUM_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    about = forms.CharField(
        label=_("About you"),
        help_text=_("A few sentences, if you like. Everybody who has the address can read them."),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    public = forms.BooleanField(
        label=_("Show my portfolio to everybody who has its address"),
        help_text=_("It shows only the credentials that you have published."),
        required=False,
    )

"""The verify form: one of three inputs, bounded."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import FileDrop

from . import rules


class VerifyForm(forms.Form):
    address = forms.CharField(
        label=_("Web address or text"),
        help_text=_("The address of a credential, its JSON, or a signed token that begins with eyJ."),
        required=False,
        max_length=rules.MAXIMUM_BYTES,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )
    file = forms.FileField(
        label=_("File or picture"),
        help_text=_("A badge image (PNG, SVG), a credential (JSON), or a photograph of a QR code. Up to 4 MB."),
        required=False,
        allow_empty_file=True,
        widget=FileDrop(accept=".json,.jsonld,.jwt,.png,.svg,.txt,.zip,image/*"),
    )
    recipient = forms.CharField(
        label=_("E-mail address of the person in front of you"),
        help_text=_("Optional. We compare it with the credential and keep nothing."),
        required=False,
        max_length=320,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )

    # One of the two is needed, so calling either of them optional would mislead.
    for _one in (address, file):
        _one.one_of_several = True
    del _one  # else it would be a field of that name

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file and file.size > rules.MAXIMUM_BYTES:
            raise forms.ValidationError(
                _(
                    "This file has %(size)d MB; a credential has at most 4 MB. Choose the badge image or the JSON file itself."
                ),
                params={"size": file.size // (1024 * 1024)},
            )
        return file

    def given(self) -> rules.Input:
        """The input to verify: the file where one was chosen, else the text."""
        file = self.cleaned_data.get("file")
        if file is not None and file is not False:
            return rules.read_file(file.read(rules.MAXIMUM_BYTES + 1))
        return rules.read_text(self.cleaned_data.get("address") or "")

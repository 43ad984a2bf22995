from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .writing import locked
from .writing.locked import Lock, LockError


class ExitForm(forms.Form):
    with_awards = forms.BooleanField(
        label=_("With the private part"),
        help_text=_(
            "Names and e-mail addresses of all holders, every credential, and everything that was decided. "
            "Only this lets you import them elsewhere. Keep it as you keep your student records."
        ),
        required=False,
    )
    with_files = forms.BooleanField(
        label=_("With the files that learners handed in"),
        help_text=_(
            "In the private part. For whoever still decides about works, or must keep them. It may become large."
        ),
        required=False,
    )
    passphrase = forms.CharField(
        label=_("Passphrase for the private part"),
        help_text=_("With it the private part is encrypted. Nobody can recover it: keep it apart from the archive."),
        required=False,
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The passphrase once more"),
        required=False,
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    recipients = forms.CharField(
        label=_("Or public keys for which it is encrypted"),
        help_text=_(
            "One key of age or SSH in a line: age1…, ssh-ed25519 …. Whoever has one of the private keys opens it."
        ),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        passphrase, recipients = found.get("passphrase", ""), found.get("recipients", "").strip()
        found["lock"] = Lock()
        if found.get("with_files") and not found.get("with_awards"):
            self.add_error("with_awards", _("The files are in the private part; include it, or leave them away."))
        if passphrase and recipients:
            self.add_error("recipients", _("Choose one of the two: a passphrase, or keys."))
        elif (passphrase or recipients) and not found.get("with_awards"):
            self.add_error("with_awards", _("Only the private part is encrypted; include it, or leave the lock away."))
        elif passphrase != found.get("again", ""):
            self.add_error("again", _("The two are not the same."))
        elif passphrase or recipients:
            try:
                found["lock"] = locked.for_passphrase(passphrase) if passphrase else locked.for_recipients(recipients)
            except LockError as error:
                if error.reason == "passphrase":
                    short = _("At least %(least)d characters. Several words are easier to keep than one odd one.")
                    self.add_error("passphrase", short % {"least": locked.SHORTEST})
                else:
                    self.add_error("recipients", _("A line here is no public key of age or SSH."))
        return found

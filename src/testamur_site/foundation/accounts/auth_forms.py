"""allauth's forms in our words: labels instead of placeholders (which vanish when one types), and one way to a forgotten password."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

ADDRESS = _("E-mail address")
PASSWORD = _("Password")
NEW_PASSWORD = _("New password")
HELP = _("At least 12 characters. Several words in a row are easy to remember and hard to guess.")


class _OurWords(forms.Form):
    """Takes the placeholders away and gives the fields named in `words` a label and a help text."""

    words: dict[str, tuple[Any, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        for name, (label, help_text) in self.words.items():
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, help_text


class LoginForm(_OurWords, allauth_forms.LoginForm):
    words = {"login": (ADDRESS, ""), "password": (PASSWORD, ""), "remember": (_("Stay signed in on this device"), "")}


class SignupForm(_OurWords, allauth_forms.SignupForm):
    words = {"email": (ADDRESS, ""), "password1": (_("Choose a password"), HELP)}


class AddEmailForm(_OurWords, allauth_forms.AddEmailForm):
    words = {"email": (ADDRESS, "")}


class ResetPasswordForm(_OurWords, allauth_forms.ResetPasswordForm):
    words = {"email": (ADDRESS, "")}


class ResetPasswordKeyForm(_OurWords, allauth_forms.ResetPasswordKeyForm):
    words = {"password1": (NEW_PASSWORD, HELP), "password2": (_("New password, once more"), "")}


class ChangePasswordForm(_OurWords, allauth_forms.ChangePasswordForm):
    words = {
        "oldpassword": (_("Present password"), ""),
        "password1": (NEW_PASSWORD, HELP),
        "password2": (_("New password, once more"), ""),
    }


class SetPasswordForm(_OurWords, allauth_forms.SetPasswordForm):
    words = {"password1": (NEW_PASSWORD, HELP), "password2": (_("New password, once more"), "")}


class ReauthenticateForm(_OurWords, allauth_forms.ReauthenticateForm):
    words = {"password": (PASSWORD, "")}

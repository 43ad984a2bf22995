from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur.proofs.keys import PrivateKey
from testamur_site.foundation.design_system.api import FileDrop

from . import update_keys
from .histories import Ceremony


class _Passphrase(forms.TextInput):
    """Shown while it is typed, since it is copied from paper; never sent back to the browser."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:  # noqa: ARG002
        return super().get_context(name, None, attrs)


def _file(label: Any, help_text: Any) -> forms.FileField:
    return forms.FileField(
        label=label, help_text=help_text, widget=FileDrop(accept=".pem"), max_length=200, allow_empty_file=False
    )


def _passphrase(label: Any) -> forms.CharField:
    attributes = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    return forms.CharField(
        label=label,
        max_length=100,
        widget=_Passphrase(attributes),
        help_text=_("Six groups of four signs. Capitals and hyphens do not matter."),
    )


class _KeysForm(forms.Form):
    """Files of update keys, each with its passphrase. What was given is never shown again."""

    def _read(self, name: str) -> PrivateKey | None:
        """The key in the file of that name; what is wrong is said beside the field."""
        given, passphrase = self.cleaned_data.get(f"{name}_file"), self.cleaned_data.get(f"{name}_passphrase")
        if given is None or not passphrase:
            return None
        try:
            return update_keys.read(given.read(update_keys.MAX_BYTES + 1), passphrase)
        except update_keys.UpdateKeyUnreadable as error:
            from ..proposals import sentences

            field = f"{name}_file" if error.code == "file" else f"{name}_passphrase"
            self.add_error(field, sentences.refused(error))
            return None


class ChooseForm(forms.Form):
    identifier = forms.ChoiceField(label=_("New credentials are issued under"), widget=forms.RadioSelect)

    def __init__(self, *arguments: Any, web: str, webvh: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["identifier"].choices = [("web", web), ("webvh", webvh)]  # type: ignore[attr-defined]


class NextKeyForm(_KeysForm):
    """The key that was just prepared, given back: so somebody has it."""

    next_file = _file(_("The new update key"), _("The file that you have just saved."))
    next_passphrase = _passphrase(_("Its passphrase"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["next_key"] = self._read("next")
        return cleaned


class StartForm(NextKeyForm):
    portable = forms.BooleanField(
        label=_("It may move to another domain later"),
        help_text=_(
            "Decided once: an identifier that may move stays the same when you change the platform or your domain."
        ),
        required=False,
        initial=True,
    )


class PresentKeyForm(_KeysForm):
    """The key that the last version committed to."""

    present_file = _file(_("The present update key"), _("The file that was saved before the last version was written."))
    present_passphrase = _passphrase(_("Its passphrase"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["present"] = self._read("present")
        return cleaned

    def keys(self) -> dict[str, Any]:
        """What `carry_out` takes."""
        return {"present": self.cleaned_data["present"]}


class CeremonyForm(PresentKeyForm, NextKeyForm):
    """Both keys: the present one writes a version, the next one is committed to."""

    field_order = ("present_file", "present_passphrase", "next_file", "next_passphrase")

    def keys(self) -> dict[str, Any]:
        return {"ceremony": Ceremony(self.cleaned_data["present"], self.cleaned_data["next_key"])}

"""The form that collects a bundle."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.verification.bulk.forms import FilesField, ManyFiles
from testamur_site.verification.rules import MAXIMUM_BYTES

from .services import MAX_DOCUMENTS


class BundleForm(forms.Form):
    files = FilesField(
        label=_("Credentials"),
        help_text=_("We verify them now and collect the issuers’ keys and status lists. Up to 20 files."),
        allow_empty_file=True,
        widget=ManyFiles(accept=".json,.jsonld,.jwt,.png,.svg,.txt", attrs={"multiple": True}),
    )

    def clean_files(self) -> list[object]:
        files = self.cleaned_data["files"]
        if len(files) > MAX_DOCUMENTS or sum(file.size for file in files) > 2 * MAXIMUM_BYTES:
            raise forms.ValidationError(_("These are too many at once. Choose at most 20 files of together 8 MB."))
        return files

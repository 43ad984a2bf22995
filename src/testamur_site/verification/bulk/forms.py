"""The form for many documents at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import FileDrop


class ManyFiles(FileDrop):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; `clean` gives the list of them."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        files = [one for one in (super(FilesField, self).clean(each, initial) for each in given) if one]
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


class ManyForm(forms.Form):
    files = FilesField(
        label=_("Files"),
        help_text=_(
            "A ZIP archive, a CSV with addresses, JSON Lines, or several credentials. Up to 10,000 documents and 64 MB."
        ),
        allow_empty_file=True,
        widget=ManyFiles(
            accept=".zip,.csv,.tsv,.txt,.json,.jsonl,.ndjson,.jsonld,.jwt,.png,.svg", attrs={"multiple": True}
        ),
    )

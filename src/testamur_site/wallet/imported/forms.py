from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import FileDrop
from testamur_site.verification.api import VerifyForm


class AddForm(VerifyForm):
    """What the verify page takes, without the question whom it is about: it is about the holder."""

    recipient = None  # type: ignore[assignment]
    file = forms.FileField(
        label=_("File of the credential"),
        help_text=_("A badge image (PNG, SVG), a PDF, or a credential (JSON). Up to 2 MB."),
        required=False,
        allow_empty_file=True,
        widget=FileDrop(accept=".json,.jsonld,.jwt,.png,.svg,.pdf,.txt,.zip"),
    )
    file.one_of_several = True  # type: ignore[attr-defined]

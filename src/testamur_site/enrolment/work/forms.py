from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import FileDrop, LineField

from .. import sentences
from ..evidence import store
from ..models import EvidenceItem
from ..rules import ADDRESSES, MAXIMUM_NOTE, MAXIMUM_TEXT, MAXIMUM_TITLE, MAXIMUM_URL, EvidenceKind


class _Files(FileDrop):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002 - Django's signature
        """Nothing: the view takes the files themselves, which are in the store's hands already."""
        return None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002 - Django's signature
        return True


class PiecesForm(forms.Form):
    """New evidence, of the kinds that are taken: files, an address, a text. What is left empty is not added."""

    file = forms.Field(label=_("Files"), required=False)
    address_kind = forms.ChoiceField(label=_("What the address leads to"), required=False)
    url = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=MAXIMUM_URL + 100,
        help_text=_(
            "It must begin with https:// and be open to those who mark. We keep the address, not what is there."
        ),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    url_title = LineField(label=_("Its title"), required=False, max_length=MAXIMUM_TITLE)
    public = forms.BooleanField(
        label=_("My credential may name this address"),
        required=False,
        help_text=_(
            "Then everybody whom you show the credential can follow it. You can change your mind until it is awarded."
        ),
    )
    text_title = LineField(label=_("Title of the text"), required=False, max_length=MAXIMUM_TITLE)
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=MAXIMUM_TEXT * 2,  # the service counts; here only the absurd is cut off
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )

    def __init__(self, *arguments: Any, kinds: Iterable[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        accepted = set(kinds)
        addresses = [kind for kind in EvidenceKind if kind in ADDRESSES and kind in accepted]
        self.fields["file"].widget = _Files(attrs={"multiple": True})
        self.fields["file"].help_text = _("Several at once are possible, up to %(most)s MB each.") % {
            "most": store.limit() // store.MEBIBYTE
        }
        self.fields["address_kind"].choices = [(kind, sentences.KINDS[kind]) for kind in addresses]  # type: ignore[attr-defined]
        if EvidenceKind.FILE not in accepted:
            del self.fields["file"]
        if not addresses:
            for name in ("address_kind", "url", "url_title", "public"):
                del self.fields[name]
        if EvidenceKind.TEXT not in accepted:
            for name in ("text_title", "text"):
                del self.fields[name]

    @property
    def takes_addresses(self) -> bool:
        return "url" in self.fields

    @property
    def one_kind_of_address(self) -> bool:
        return self.takes_addresses and len(self.fields["address_kind"].choices) == 1  # type: ignore[attr-defined]


class DraftForm(PiecesForm):
    """A whole draft in one form, so that every button saves everything. `revision` is 0 where there is no draft yet."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("A word to those who mark"),
        required=False,
        max_length=MAXIMUM_NOTE,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    help_used = forms.CharField(
        label=_("Help that you used"),
        required=False,
        max_length=MAXIMUM_NOTE,
        help_text=_(
            "People, texts, programs, also artificial intelligence: which, and for what. Leave it empty if there was none."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    again = forms.MultipleChoiceField(
        label=_("Use pieces that you have already"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments: Any, portfolio: Sequence[EvidenceItem], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["again"].choices = [(item.public_id, item.title) for item in portfolio]  # type: ignore[attr-defined]
        if not portfolio:
            del self.fields["again"]


class DeclarationForm(forms.Form):
    """The last step. `seen` stands for the draft as it was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    declared = forms.BooleanField(required=False)

    def __init__(self, *arguments: Any, statement: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["declared"].label = statement

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import DateInput, LineField
from testamur_site.foundation.tenancy.api import Institution

from . import queries
from .rules import MAX_CREDENTIALS, Piece

LONGEST = timedelta(days=366)
USUAL = timedelta(days=90)


class ChooseForm(forms.Form):
    """What goes into a transcript."""

    chosen = forms.MultipleChoiceField(
        label=_("Credentials"),
        help_text=_("Up to %(limit)d in one transcript.") % {"limit": MAX_CREDENTIALS},
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one credential.")},
    )
    title = LineField(
        label=_("Name of the transcript"),
        help_text=_("For yourself and for those who receive it."),
        required=False,
        max_length=120,
    )

    def __init__(self, *arguments: Any, pieces: Sequence[Piece], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (piece.digest, " · ".join(filter(None, (piece.name, piece.issuer, piece.awarded[:10])))) for piece in pieces
        ]
        self.initial.setdefault("chosen", [piece.digest for piece in pieces[:MAX_CREDENTIALS]])

    def clean_chosen(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["chosen"]
        if len(chosen) > MAX_CREDENTIALS:
            raise forms.ValidationError(
                _("You chose %(count)d. One transcript holds up to %(limit)d: make two.")
                % {"count": len(chosen), "limit": MAX_CREDENTIALS}
            )
        return chosen


def _usual_end() -> Any:
    return timezone.localdate() + USUAL


class _SendForm(forms.Form):
    purpose = LineField(
        label=_("What for"),
        help_text=_("For example: admission to the master's programme. The receiver reads it."),
        max_length=300,
    )
    until = forms.DateField(
        label=_("Until"),
        help_text=_("After this day the copy is deleted here. You can take it back earlier."),
        initial=_usual_end,
        widget=DateInput,
    )

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        today = timezone.localdate()
        if until < today:
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        if until > today + LONGEST:
            raise forms.ValidationError(_("Choose a day within a year. You can send it again later."))
        return until


class SendForm(_SendForm):
    """To an institution of this deployment."""

    institution = forms.ModelChoiceField(
        label=_("Institution"), queryset=Institution.objects.none(), to_field_name="slug", empty_label=_("Choose")
    )
    field_order = ("institution", "purpose", "until")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["institution"]
        field.queryset = queries.receivers()  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: one.localised_name  # type: ignore[attr-defined]


class OutsideForm(_SendForm):
    """To somebody outside, by a link."""

    receiver = LineField(label=_("Who receives it"), help_text=_("For yourself: a name or an office."), max_length=200)
    email = forms.EmailField(
        label=_("Their e-mail address"),
        help_text=_(
            "The link is sent there, and the address is used for nothing else. Leave it empty to hand the link over yourself."
        ),
        required=False,
    )
    field_order = ("receiver", "email", "purpose", "until")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        # It stands on one page with the other form, and no two fields of a page may have one id.
        super().__init__(*arguments, **{"auto_id": "id_outside_%s", **options})

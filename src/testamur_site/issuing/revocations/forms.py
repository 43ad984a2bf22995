from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from testamur_site.catalogue.api import MicroCredential
from testamur_site.foundation.design_system.api import DateInput
from testamur_site.foundation.keys.api import SigningKey

from ..forms import ReasonForm
from ..models import RevocationRules
from .rules import Objection, Scope


class ManyForm(ReasonForm):
    """Which credentials, why, and what follows."""

    micro_credential = forms.ChoiceField(label=_("Micro-credential"), required=False)
    key = forms.ChoiceField(
        label=_("Signed with the key"), required=False, help_text=_("For example a key that somebody has copied.")
    )
    issued_from = forms.DateField(label=_("Issued on or after"), required=False, widget=DateInput)
    issued_until = forms.DateField(
        label=_("Issued on or before"), required=False, widget=DateInput, help_text=_("Empty means: until now.")
    )
    afterwards = forms.ChoiceField(
        label=pgettext_lazy("of a proposal to revoke", "What follows"),
        widget=forms.RadioSelect,
        choices=[
            ("nothing", _("Nothing takes their place.")),
            ("release", _("The same people may be awarded again, for example by a mended list.")),
            (
                "replace",
                _("Each is replaced at once by a new credential with the same content, signed with the present key."),
            ),
        ],
        initial="nothing",
    )

    field_order = ("micro_credential", "key", "issued_from", "issued_until", "reason", "note", "evidence", "afterwards")

    def __init__(
        self,
        *args: Any,
        micro_credentials: Sequence[tuple[MicroCredential, str]],
        keys: Sequence[SigningKey],
        **values: Any,
    ) -> None:
        super().__init__(*args, **values)
        self._primary_keys = {one.public_id: one.pk for one, _title in micro_credentials}
        some: Any = self.fields["micro_credential"]
        some.choices = [("", _("All")), *((one.public_id, title) for one, title in micro_credentials)]
        every: Any = self.fields["key"]
        every.choices = [("", _("All")), *((key.fragment, key.fragment) for key in keys)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("issued_from"), values.get("issued_until")
        if first and last and last < first:
            self.add_error("issued_until", _("The last day is before the first."))
        if not self.errors and self.scope().empty:
            self.add_error(
                None,
                _(
                    "Choose a micro-credential, a key or a first day: otherwise everything would be revoked that you ever issued."
                ),
            )
        return values

    def scope(self) -> Scope:
        """The days as they are in the time zone of the site: from the beginning of the first to the end of the last."""
        values = self.cleaned_data
        first, last = values.get("issued_from"), values.get("issued_until")
        return Scope(
            key_id=values.get("key", ""),
            micro_credential=self._primary_keys.get(values.get("micro_credential", "")),
            issued_from=_begins(first) if first else None,
            issued_until=_begins(last + timedelta(days=1)) if last else None,
        )

    def choices(self) -> dict[str, bool]:
        chosen = self.cleaned_data["afterwards"]
        return {"release": chosen == "release", "replace": chosen == "replace"}


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class _GroupedField(forms.IntegerField):
    """A number that may be written as the page writes it, with its separators: 7,060."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python("".join(value.split()).replace(",", "") if isinstance(value, str) else value)


class NumberForm(forms.Form):
    """The last question before many credentials are revoked."""

    number = _GroupedField(
        label=_("How many credentials is that?"),
        min_value=1,
        help_text=_("Write the number as it stands above, to confirm that this is what you want."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = RevocationRules
        fields = ("second_person_single", "second_person_cohort")
        labels = {
            "second_person_single": _("A second person approves the revocation of a single credential"),
            "second_person_cohort": _("A second person approves the revocation of many, and the undoing of a batch"),
        }


class DeclineForm(forms.Form):
    note = forms.CharField(
        label=_("Why not"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For whoever proposed it."),
    )


class ObjectionForm(forms.Form):
    note = forms.CharField(
        label=_("What the holder says"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("As it was said or written, or where the letter lies. It is not published."),
    )


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        widget=forms.RadioSelect,
        choices=[
            (Objection.UPHELD.value, _("Upheld: the credential should not have been taken.")),
            (Objection.DISMISSED.value, _("Dismissed: it stays as it is.")),
        ],
    )
    note = forms.CharField(
        label=_("Reasons"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Also tell the holder yourself; this is for the institution's records."),
    )

    def chosen(self) -> Objection:
        return Objection(self.cleaned_data["outcome"])

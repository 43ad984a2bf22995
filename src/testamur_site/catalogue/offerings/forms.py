from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import DateInput, LineField

from ..description.eu_vocabularies import MODES
from ..description.places_and_languages import language_tag
from ..models import AchievementVersion
from ..public.presentation import language_name, term
from .models import Offering
from .presentation import currency_name
from .rules import CURRENCIES, LARGEST_PRICE, MOST_SEATS, Terms, faults
from .texts import fault


class OfferingForm(forms.Form):
    """Everything that is said of an offering; `terms()` gives it as a value after `is_valid()`."""

    starts_on = forms.DateField(label=_("First day"), widget=DateInput)
    self_paced = forms.BooleanField(
        label=_("Learners begin whenever they like, from that day on"),
        required=False,
        help_text=_("What is due then counts from each learner's own first day."),
    )
    ends_on = forms.DateField(
        label=_("Last day"), widget=DateInput, required=False, help_text=_("Leave it empty if there is none.")
    )
    enrol_until = forms.DateField(
        label=_("Last day to enrol"),
        widget=DateInput,
        required=False,
        help_text=_("Leave it empty if one can enrol until you close enrolment."),
    )
    seats = forms.IntegerField(
        label=_("Seats"),
        required=False,
        min_value=1,
        max_value=MOST_SEATS,
        help_text=_("Leave it empty if seats are not counted."),
    )
    price_kind = forms.ChoiceField(label=_("Price"), choices=Offering.Price.choices, widget=forms.RadioSelect)
    price = forms.DecimalField(
        label=_("Amount"),
        required=False,
        min_value=0,
        max_value=LARGEST_PRICE,
        decimal_places=2,
        help_text=_("For one price; for a range, the lowest."),
    )
    price_to = forms.DecimalField(
        label=_("Highest amount"),
        required=False,
        min_value=0,
        max_value=LARGEST_PRICE,
        decimal_places=2,
        help_text=_("For a range only."),
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    mode = forms.ChoiceField(label=_("Form of participation"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages of instruction"), required=False, widget=forms.CheckboxSelectMultiple
    )
    place = LineField(
        label=_("Place"),
        required=False,
        max_length=200,
        help_text=_("A city, a campus, or where the online room is announced."),
    )
    note = forms.CharField(
        label=_("What learners should know"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Weekdays and times, what the price includes, who gives a reduction."),
    )

    def __init__(self, *arguments: Any, version: AchievementVersion, offering: Offering | None = None, **options: Any):
        options["initial"] = _initial(version, offering) | (options.get("initial") or {})
        super().__init__(*arguments, **options)
        language = (get_language() or "en").split("-")[0]
        self.fields["currency"].choices = [  # type: ignore[attr-defined]
            ("", _("Not said")),
            *((code, f"{code} – {currency_name(code)}") for code in CURRENCIES),
        ]
        self.fields["mode"].choices = [  # type: ignore[attr-defined]
            ("", _("As described in the programme")),
            *((mode.uri, term(mode, language)) for mode in MODES),
        ]
        tags = dict.fromkeys(
            [*(offering.languages if offering else ()), *_tags(version), *(version.institution.languages or ()), "en"]
        )
        self.fields["languages"].choices = [(tag, language_name(tag)) for tag in tags]  # type: ignore[attr-defined]

    def clean_note(self) -> str:
        return self.cleaned_data["note"].replace("\r\n", "\n").strip()

    def clean(self) -> Mapping[str, Any]:
        if not self.errors:
            for member, code in faults(self.terms()).items():
                self.add_error(member, fault(code))
        return self.cleaned_data

    def refuse(self, found: Mapping[str, str], **facts: Any) -> None:
        """Say at their fields what a service refused."""
        for member, code in found.items():
            self.add_error(member if member in self.fields else None, fault(code, **facts))

    def terms(self) -> Terms:
        values = dict(self.cleaned_data)
        tags = values.pop("languages")
        return Terms(**values, language_tags=f",{','.join(tags)}," if tags else "")


def _tags(version: AchievementVersion) -> list[str]:
    return [tag for tag in map(language_tag, version.description.languages) if tag]


def _initial(version: AchievementVersion, offering: Offering | None) -> dict[str, Any]:
    if offering is not None:
        values: dict[str, Any] = {name: getattr(offering, name) for name in Terms.__dataclass_fields__}
        return {**values, "languages": list(offering.languages)}
    modes = version.description.participation
    return {
        "price_kind": Offering.Price.FREE,
        "languages": _tags(version),
        "mode": modes[0].uri if len(modes) == 1 and MODES.get(modes[0].uri) else "",
    }

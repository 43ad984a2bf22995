from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import DateInput

from . import queries
from .rules import Place


class _MomentInput(forms.DateTimeInput):
    """The browser's own picker for a day and a time; it always speaks ISO 8601."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class PlaceForm(forms.Form):
    """Which key, and since when. Asked by GET: it only shows what would follow."""

    key = forms.ChoiceField(label=_("Key"))
    since = forms.ChoiceField(
        label=_("Since when may somebody have a copy?"),
        choices=(
            ("now", _("It has just happened, or I do not know of any use of it: from now on")),
            ("moment", _("I was last sure that it was ours alone at this moment:")),
            ("place", _("The log shows from which place on:")),
        ),
        widget=forms.RadioSelect,
    )
    moment = forms.DateTimeField(
        label=_("Day and time (UTC)"),
        required=False,
        widget=_MomentInput(),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    year = forms.IntegerField(label=_("Log of the year"), required=False, min_value=2000, max_value=9999)
    index = forms.IntegerField(label=_("Place in it"), required=False, min_value=0, max_value=2**53)

    def __init__(self, *arguments: Any, fragments: list[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["key"].choices = [(name, name) for name in fragments]  # type: ignore[attr-defined]
        for name in ("moment", "year", "index"):
            self.fields[name].one_of_several = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["place"] = None
        if cleaned.get("since") == "moment":
            cleaned["place"] = self._at(cleaned.get("moment"))
        elif cleaned.get("since") == "place":
            year, index = cleaned.get("year"), cleaned.get("index")
            if year is None or index is None:
                self.add_error("index", _("Give the year and the place."))
            elif not queries.is_place((year, index)):
                self.add_error("index", _("The log does not reach that far."))
            else:
                cleaned["place"] = (year, index)
        return cleaned

    def _at(self, moment: datetime | None) -> Place | None:
        if moment is None:
            self.add_error("moment", _("Give the day and the time."))
            return None
        moment = moment.replace(tzinfo=UTC)
        if moment > timezone.now():
            self.add_error("moment", _("That is still to come."))
            return None
        place = queries.place_at(moment)
        if place is None:
            self.add_error("moment", _("There was no log in that year: withdraw the key instead."))
        return place


class RequirementForm(forms.Form):
    required_from = forms.DateField(
        label=_("Every credential must be in the public log from"),
        required=False,
        widget=DateInput(),
        help_text=_("The beginning of that day (UTC). Leave it empty to require nothing."),
    )
    reason = forms.CharField(
        label=_("Why?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=_(
            "Needed where a second person has to agree: for a day that has begun or is past, a later day than was set, or no requirement."
        ),
    )

    def clean_required_from(self) -> datetime | None:
        day = self.cleaned_data["required_from"]
        if day is not None and not 2000 <= day.year <= timezone.now().year + 5:
            raise forms.ValidationError(_("Choose a day within the next five years."))
        return datetime.combine(day, time(0), UTC) if day is not None else None

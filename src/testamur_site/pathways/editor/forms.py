"""The forms of the editor: one requirement, the programme as a whole, a case to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from testamur.errors import InputError
from testamur.pathways.dates import duration

from ..api import Awarding
from .fields import OWN
from .presentation import KINDS

_GROUPS, _LEAVES = ("all", "any", "choose"), ("take", "each")


class Lines(forms.CharField):
    """Several texts, one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 2}), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip()[:300] for line in str(super().clean(value)).splitlines() if line.strip()][:100]


class RequirementForm(forms.Form):
    """What the form can say of a requirement. Fields that do not belong to its kind, or of which the text says more than the form can
    show (`rest`), are not there."""

    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    title_ko = forms.CharField(label=_("Title in Korean"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("What it takes"), widget=forms.RadioSelect)
    at_least = forms.IntegerField(label=_("At least how many of these"), min_value=1, max_value=500, required=False)
    at_most = forms.IntegerField(
        label=_("At most how many count"), min_value=1, max_value=500, required=False, help_text=_("Empty: no limit.")
    )
    achievement = forms.MultipleChoiceField(
        label=_("Chosen micro-credentials"), required=False, widget=forms.CheckboxSelectMultiple
    )
    count = forms.IntegerField(label=_("Least number of credentials"), min_value=1, max_value=500, required=False)
    credits = forms.DecimalField(
        label=_("Least credits"), min_value=Decimal("0.01"), max_value=10_000, decimal_places=2, required=False
    )
    unit = forms.CharField(
        label=_("Unit of the credits"),
        max_length=40,
        required=False,
        help_text=_("Only where it is not the programme's: ECTS, for example."),
    )
    issuer = forms.BooleanField(label=_("Only credentials of this institution"), required=False)
    category = Lines(label=_("Only of a field or keyword"), help_text=_("One a line: any of them will do."))
    skill = Lines(label=_("Only with a skill"), help_text=_("Its address (ESCO, for example), one a line."))
    level_of = forms.CharField(
        label=_("Framework of the level"), max_length=80, required=False, help_text=_("EQF, for example.")
    )
    level_least = forms.CharField(label=_("Least level"), max_length=20, required=False)
    grade_of = forms.CharField(
        label=_("Scale of the grade"),
        max_length=80,
        required=False,
        help_text=_("percent, or a scale that the text defines under “scales”."),
    )
    grade_least = forms.CharField(label=_("Least grade"), max_length=20, required=False)
    recent = forms.CharField(
        label=_("Awarded within the last"), max_length=40, required=False, help_text=_("A time: 5 years, 18 months.")
    )
    residency = forms.DecimalField(
        label=_("Least share from this institution, in per cent"),
        min_value=1,
        max_value=100,
        decimal_places=1,
        required=False,
    )
    transfer_cap = forms.DecimalField(
        label=_("Most credits that were transferred"), min_value=0, max_value=10_000, decimal_places=2, required=False
    )
    prior_cap = forms.DecimalField(
        label=_("Most credits of recognised prior learning"),
        min_value=0,
        max_value=10_000,
        decimal_places=2,
        required=False,
    )
    after = forms.MultipleChoiceField(
        label=_("Counts only after"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What counts here is begun only once these requirements are met."),
    )

    def __init__(
        self,
        *arguments: Any,
        kind: str,
        rest: Sequence[str],
        choices: Sequence[tuple[str, str]],
        after: Sequence[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        is_group = kind in _GROUPS
        kinds = _GROUPS if is_group else _LEAVES if kind in _LEAVES else (kind,)
        self.fields["kind"].choices = [(each, KINDS[each]) for each in kinds]  # type: ignore[attr-defined]
        self.fields["achievement"].choices = choices  # type: ignore[attr-defined]
        self.fields["after"].choices = after  # type: ignore[attr-defined]
        leave = {"choose": "kind", **{f"from: {key}": key for key in ("achievement", "category", "skill", "issuer")}}
        leave |= {"from: awarded": "recent", "credits": "credits", "count": "count"}
        gone = {leave[each] for each in rest if each in leave}
        for key in ("level", "grade"):
            if f"from: {key}" in rest:
                gone |= {f"{key}_of", f"{key}_least"}
        gone |= {"at_least", "at_most"} if not is_group or "kind" in gone else set()
        if is_group:
            gone |= {
                "achievement",
                "issuer",
                "category",
                "skill",
                "level_of",
                "level_least",
                "grade_of",
                "grade_least",
                "recent",
            }
        if kind == "condition":
            gone = set(self.fields) - {"title_en", "title_ko"}
        elif "kind" in gone:
            self.fields["kind"].required = False
        for name in gone:
            self.fields.pop(name, None)
        if not after:
            self.fields.pop("after", None)
        if not choices:
            self.fields.pop("achievement", None)

    def clean_recent(self) -> str:
        text: str = self.cleaned_data["recent"].strip()
        if text:
            try:
                duration(text)
            except (InputError, ValueError) as error:
                raise ValidationError(_("Write a time, as “5 years”, “18 months” or “30 days”.")) from error
        return text

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("kind") == "choose" and not values.get("at_least") and "at_least" in self.fields:
            self.add_error("at_least", _("Say how many."))
        if values.get("kind") == "each" and "achievement" in self.fields and not values.get("achievement"):
            self.add_error("achievement", _("Choose at least one, or ask for a number of credentials."))
        for key, of in (("level", _("Name the framework.")), ("grade", _("Name the scale."))):
            if values.get(f"{key}_least") and not values.get(f"{key}_of"):
                self.add_error(f"{key}_of", of)
        return values

    def fields_now(self, seen: Mapping[str, Any]) -> dict[str, Any]:
        """What is to stand there: `seen` with what the form says."""
        now = {**seen, **{key: _plain(value) for key, value in self.cleaned_data.items()}}
        now["kind"] = now.get("kind") or seen["kind"]
        if "issuer" in self.fields:
            now["issuer"] = OWN if self.cleaned_data.get("issuer") else None
        return now

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under headings."""
        headings = (
            (_("Title"), ("title_en", "title_ko")),
            (_("How many"), ("kind", "at_least", "at_most", "count", "credits", "unit")),
            (_("Which micro-credentials"), ("achievement",)),
            (
                _("Which credentials fit"),
                ("issuer", "category", "skill", "level_of", "level_least", "grade_of", "grade_least", "recent"),
            ),
            (_("Limits"), ("residency", "transfer_cap", "prior_cap")),
            (_("Order"), ("after",)),
        )
        found = [(heading, [self[name] for name in names if name in self.fields]) for heading, names in headings]
        return [(heading, fields) for heading, fields in found if fields]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class SettingsForm(forms.Form):
    """The programme as a whole."""

    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    title_ko = forms.CharField(label=_("Title in Korean"), max_length=200, required=False)
    awarding = forms.ChoiceField(
        label=_("When all requirements are met"),
        choices=[
            (Awarding.AUTOMATIC.value, _("the microdegree is awarded by itself")),
            (Awarding.APPROVAL.value, _("somebody approves it first")),
        ],
        widget=forms.RadioSelect,
    )
    grace = forms.IntegerField(
        label=_("Days of grace"),
        min_value=0,
        max_value=3_650,
        required=False,
        help_text=_("How long it is kept when a credential that counted is revoked and nothing takes its place."),
    )
    grace_en = forms.CharField(label=_("What the learner is told then, in English"), max_length=500, required=False)
    grace_ko = forms.CharField(label=_("What the learner is told then, in Korean"), max_length=500, required=False)
    exclusive = forms.BooleanField(
        label=_("What counts in another programme does not count here"),
        required=False,
        help_text=_("Asked where it is known that a credential counts elsewhere."),
    )
    unit = forms.CharField(
        label=_("Unit of credits"),
        max_length=40,
        required=False,
        help_text=_("Credentials rarely name their unit; a number without one is taken to be in this unit."),
    )

    def __init__(self, *arguments: Any, rest: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in rest:
            self.fields.pop(name, None)


class CaseForm(forms.Form):
    """Somebody who has these credentials, today."""

    chosen = forms.MultipleChoiceField(label=_("Somebody who has"), required=False, widget=forms.CheckboxSelectMultiple)
    case = forms.CharField(
        label=_("Or a case as text"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
        help_text=_("Written like a test of the language: credentials, facts, approvals."),
    )

    def __init__(self, *arguments: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["chosen"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            self.fields.pop("chosen")

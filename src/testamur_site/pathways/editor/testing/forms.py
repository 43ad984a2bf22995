"""The form of a test, the rows of its credentials, and the form of a case to try."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from testamur.pathways.dates import NotATime, day

from ..forms import Code
from ..shapes.trial import MOST_ROWS
from ..shapes.values import of_text

OUTCOMES = (
    ("holds", _("it is awarded")),
    ("does not hold", _("it is not awarded")),
    ("undecided", _("it cannot be decided")),
)
_STATES = (
    ("active", _("in force")), ("grace", _("in its days of grace")), ("lapsed", _("lapsed")), ("cancelled", _("cancelled by the rule")),
    ("withdrawn", _("withdrawn")),
)  # fmt: skip


class _Line(Code):
    """What else a credential says, on one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.TextInput(attrs={"class": "code", "dir": "ltr", "autocapitalize": "off"}), **options
        )

    @staticmethod
    def read(text: str) -> Any:
        return of_text(text)


def _day(text: str) -> str:
    text = text.strip()
    if text:
        try:
            day(text)
        except NotATime as error:
            raise ValidationError(_("Write a day, as 2026-03-01.")) from error
    return text


def _number(text: str) -> str:
    text = text.strip()
    if text and not (text.replace(".", "", 1).isdigit() and text.isascii() and len(text) < 10):
        raise ValidationError(_("Write a number, as 3 or 2.5."))
    return text


def _short(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(**{"label": label, "max_length": 200, "required": False, **options})


def _lines(label: Any, help_text: Any) -> Code:
    return Code(
        label=label, help_text=help_text, widget=forms.Textarea(attrs={"rows": 2, "class": "code", "dir": "ltr"})
    )


class _Names(forms.CharField):
    """Names, one a line, kept as typed."""

    def __init__(self, label: Any, help_text: Any) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            max_length=20_000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def clean(self, value: Any) -> str:
        return "\n".join(line.strip() for line in str(super().clean(value)).splitlines() if line.strip())


class TrialForm(forms.Form):
    """A test: a person, and what is to come out."""

    name = forms.CharField(
        label=_("What the test shows"), max_length=200, help_text=_("For example: one credit is missing.")
    )
    on = _short(
        _("Day of the decision"), help_text=_("Empty: 1 January 2026, so that the test says the same on every day.")
    )
    facts = Code(
        label=_("Facts about the person"),
        help_text=_("One a line, as the institution states them: semesters: 2"),
    )
    expect_outcome = forms.ChoiceField(label=_("What is to come out"), choices=OUTCOMES, widget=forms.RadioSelect)
    expect_counted = _short(_("Credits that count"))
    expect_count = forms.IntegerField(label=_("Credentials that count"), min_value=0, max_value=10_000, required=False)
    expect_award = _short(_("Which award"), help_text=_("Where the rule has several. none: nothing is awarded."))
    expect_state = forms.ChoiceField(label=_("How it stands then"), choices=[("", "—"), *_STATES], required=False)
    expect_used = _lines(_("Where credentials count"), _("One a line: credential: requirement"))
    expect_refused = _lines(_("Which do not count, and by what"), _("One a line: credential: clause"))
    expect_missing = _lines(_("What is missing"), _("One a line: requirement: amount"))
    expect_open = _Names(_("Open requirements"), _("One a line. A dash (–): none."))
    expect_impossible = _Names(_("Requirements that cannot be met any more"), _("One a line. A dash (–): none."))
    expect_undecided = _Names(_("What cannot be decided"), _("One a line. A dash (–): none."))
    expect_labels = _Names(_("Distinctions"), _("One a line. A dash (–): none."))
    expect_consequences = _Names(_("What follows from it"), _("One a line. A dash (–): none."))
    expect_audit = _Names(_("What is examined"), _("One a line. A dash (–): none."))
    expect_debits = _Names(_("What is debited"), _("One a line. A dash (–): none."))
    expect_reclassified = _lines(_("What credits become"), _("One a line: kind: amount"))
    further = Code(
        label=_("Approvals and decisions by hand"),
        help_text=_("As text: approvals: [{of: board, by: A. Kim, reason: All in order}]"),
    )

    def clean_on(self) -> str:
        return _day(self.cleaned_data["on"])

    def clean_expect_counted(self) -> str:
        return _number(self.cleaned_data["expect_counted"])

    def clean_expect_count(self) -> str:
        number = self.cleaned_data["expect_count"]
        return "" if number is None else str(number)

    @property
    def person(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "on", "facts")]

    @property
    def expected(self) -> list[forms.BoundField]:
        return [self[name] for name in ("expect_outcome", "expect_counted", "expect_count")]

    @property
    def more(self) -> list[forms.BoundField]:
        """What is asked rarely; it is unfolded where something stands in it."""
        return [
            self[name] for name in self.fields if name not in {each.name for each in (*self.person, *self.expected)}
        ]

    @property
    def more_is_said(self) -> bool:
        return any(bound.value() for bound in self.more) or any(bound.errors for bound in self.more)


class CredentialForm(forms.Form):
    """One credential of a test. Without a name for it, it is none; `was` is its number before."""

    was = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=MOST_ROWS)
    id = _short(_("Short name"), help_text=_("By which the test speaks of it: a, b, project."))
    achievement = _short(
        _("Micro-credential"),
        max_length=400,
        help_text=_("Its address or code. Empty: the short name."),
        widget=forms.TextInput(attrs={"list": "achievements", "dir": "ltr", "autocomplete": "off"}),
    )
    issuer = _short(
        _("Issuer"),
        max_length=400,
        widget=forms.TextInput(attrs={"list": "issuers", "dir": "ltr", "autocomplete": "off"}),
    )
    credits = _short(_("Credits"))
    category = _short(_("Fields or keywords"), max_length=1_000, help_text=_("Between commas."))
    awarded = _short(_("Awarded on"))
    valid = forms.ChoiceField(
        label=_("Is it valid?"),
        choices=[("", _("yes")), ("true", _("yes, said so")), ("false", _("no")), ("unknown", _("not known"))],
        required=False,
    )
    copies = _short(_("How many of its kind"), help_text=_("Empty: one."))
    further = _Line(label=_("What else it says, as text"), help_text=_("grade: {letter: A}, attempt: 2"))

    def clean_awarded(self) -> str:
        return _day(self.cleaned_data["awarded"])

    def clean_credits(self) -> str:
        return _number(self.cleaned_data["credits"])

    def clean_copies(self) -> str:
        text = self.cleaned_data["copies"].strip()
        if text and not (text.isascii() and text.isdigit() and 0 < int(text) <= 200):
            raise ValidationError(_("Write a number from 1 to 200."))
        return str(text)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        said = any(value for key, value in values.items() if key not in ("was", "id"))
        if said and not values.get("id") and values.get("was") is None:
            self.add_error("id", _("Give it a short name."))
        return values


class _Credentials(forms.BaseFormSet):
    def rows(self) -> list[dict[str, Any]]:
        """The credentials that are to be there; one whose short name was emptied is to go."""
        return [dict(form.cleaned_data) for form in self.forms if form.cleaned_data.get("id")]


CredentialFormSet = forms.formset_factory(
    CredentialForm, formset=_Credentials, extra=2, max_num=MOST_ROWS + 4, absolute_max=MOST_ROWS + 4
)


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

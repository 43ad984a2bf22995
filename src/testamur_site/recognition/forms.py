from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import DateInput, LineField

from . import rules
from .rules import Direction, NameRule, Result, Source, Transcribes

ELECTIVE = "elective"
_CREDITS: dict[str, Any] = {"min_value": 0, "max_digits": 7, "decimal_places": 2, "required": False}


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SendForm(forms.Form):
    """What a learner sends, and as what they wish it recognised."""

    credentials = forms.MultipleChoiceField(
        label=_("Credentials to send"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one credential.")},
    )
    wish = forms.ChoiceField(label=_("What you want them recognised as"))
    message = forms.CharField(
        label=_("Anything that helps to decide"),
        help_text=_("For example a syllabus or the number of hours."),
        max_length=4000,
        required=False,
        widget=_area(4),
    )
    consent = forms.BooleanField(
        label=_("I agree that this institution sees these credentials and my name"),
        help_text=_("You can take the request back until it is decided: then what you sent is deleted there."),
    )

    def __init__(
        self,
        *arguments: Any,
        credentials: Sequence[tuple[str, str]],
        wishes: Sequence[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self.fields["credentials"].choices = credentials  # type: ignore[attr-defined]
        self.fields["wish"].choices = [(ELECTIVE, _("Elective credits")), *wishes]  # type: ignore[attr-defined]

    def clean_credentials(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["credentials"]
        if len(chosen) > rules.MAXIMUM_DOCUMENTS:
            raise forms.ValidationError(
                _("Send at most %(limit)d credentials at once."), params={"limit": rules.MAXIMUM_DOCUMENTS}
            )
        return chosen


class MessageForm(forms.Form):
    text = forms.CharField(label=_("Your message"), max_length=4000, widget=_area(4))


class AskForm(forms.Form):
    text = forms.CharField(
        label=_("What you need to know"),
        help_text=_("The learner reads it and is asked to answer. Until then the deadline rests."),
        max_length=4000,
        widget=_area(3),
    )


class DecideForm(forms.Form):
    result = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (Result.RECOGNISED, _("Recognise")),
            (Result.PARTLY, _("Recognise in part, as elective credits")),
            (Result.REFUSED, _("Refuse")),
        ],
        widget=forms.RadioSelect,
    )
    target = forms.ChoiceField(label=_("Recognised as"))
    credits = forms.DecimalField(
        label=_("Credits"),
        help_text=_("Needed for elective credits. A micro-credential is worth what it says itself."),
        **_CREDITS,
    )
    source = forms.ChoiceField(
        label=_("Counts as"),
        choices=[
            (Source.TRANSFERRED, _("Transferred credit")),
            (Source.PRIOR_LEARNING, _("Recognised prior learning")),
        ],
        initial=Source.TRANSFERRED,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The learner reads it, and it stands in the credential."),
        max_length=4000,
        widget=_area(4),
    )

    def __init__(self, *arguments: Any, targets: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["target"].choices = [(ELECTIVE, _("Elective credits")), *targets]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        result, target = said.get("result"), said.get("target")
        if result == Result.PARTLY and target != ELECTIVE:
            self.add_error("target", _("In part means elective credits: nobody has half a micro-credential."))
        if result in (Result.RECOGNISED, Result.PARTLY) and target == ELECTIVE and not said.get("credits"):
            self.add_error("credits", _("Say how many credits are recognised."))
        return said


class DeskForm(forms.Form):
    open = forms.BooleanField(label=_("Learners may ask us to recognise credentials"), required=False)
    days = forms.IntegerField(label=_("Days until the answer"), min_value=1, max_value=365, initial=rules.ANSWER_DAYS)
    words = forms.CharField(
        label=_("What learners should know before they send"), max_length=2000, required=False, widget=_area(4)
    )


class EquivalenceForm(forms.Form):
    valid_until = forms.DateField(
        label=_("Valid until"),
        help_text=_("Empty: until you withdraw it."),
        required=False,
        widget=DateInput,
    )
    note = forms.CharField(label=_("Note for readers"), max_length=1000, required=False, widget=_area(2))


class _Lines(forms.CharField):
    """A list, one entry on each line."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=20_000, widget=_area(3), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        found = rules.lines(super().clean(value))
        if len(found) > 200 or any(len(line) > 400 for line in found):
            raise forms.ValidationError(_("At most 200 lines of 400 characters."))
        return found


class AgreementForm(forms.Form):
    title = LineField(label=_("Title"), max_length=300)
    partner_name = LineField(label=_("The other institution"), max_length=300)
    partner_id = LineField(
        label=_("Its identifier as an issuer"),
        help_text=_(
            "The DID or address that stands as issuer in its credentials, for example did:web:university.example."
        ),
        max_length=400,
        required=False,
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[
            (Direction.INCOMING, _("We recognise theirs")),
            (Direction.OUTGOING, _("They recognise ours")),
            (Direction.BOTH, _("Both")),
        ],
    )
    achievements = _Lines(
        label=_("Achievements"),
        help_text=_("Their identifiers, one on each line. Empty: any, or those of the fields below."),
    )
    categories = _Lines(label=_("Fields or tags"), help_text=_("One on each line."))
    minimum_level = forms.IntegerField(label=_("At least level (EQF)"), min_value=1, max_value=8, required=False)
    target = forms.ChoiceField(label=_("Recognised as"))
    credits = forms.DecimalField(
        label=_("Credits for each credential"), help_text=_("Empty: as many as the credential says."), **_CREDITS
    )
    cap = forms.DecimalField(
        label=_("At most so many credits for each person"), help_text=_("Empty: without limit."), **_CREDITS
    )
    name_rule = forms.ChoiceField(
        label=_("Name in the credential"),
        help_text=_("Beside the e-mail address, which always has to agree."),
        choices=[
            (NameRule.FOLDED, _("Has to agree, whatever the case, accents and order")),
            (NameRule.EXACT, _("Has to agree letter by letter")),
            (NameRule.NONE, _("Does not matter")),
        ],
    )
    transcribes = forms.ChoiceField(
        label=_("Who transcribes"),
        choices=[
            (Transcribes.RECEIVING, _("The institution that recognises")),
            (Transcribes.SENDING, _("The institution that awarded")),
        ],
    )
    automatic = forms.BooleanField(label=_("Recognise at once what the agreement covers"), required=False)
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DateInput)
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DateInput)
    note = forms.CharField(label=_("Note for readers"), max_length=2000, required=False, widget=_area(3))

    def __init__(self, *arguments: Any, targets: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["target"].choices = [(ELECTIVE, _("Elective credits")), *targets]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("valid_from"), said.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The end lies before the beginning."))
        return said

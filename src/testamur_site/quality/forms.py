from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from testamur_site.catalogue.api import PublishingPolicy
from testamur_site.foundation.design_system.api import DateInput

from . import rules, sentences
from .models import PanelMember, Policy
from .presentation import words
from .profiles import profiles, questions

LONGEST = 4000


def _text(label: Any, *, rows: int = 5, required: bool = True, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, max_length=LONGEST, required=required, help_text=help_text)


class ProposeForm(forms.Form):
    note = _text(
        _("Note to the reviewers"),
        required=False,
        help_text=_("What is new, where you are unsure, what you want judged."),
    )


class QuestionsForm(forms.Form):
    """The questions for one kind of reviewer, a recommendation and its reason. `seen` is the content that stood beside the form."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *arguments: Any, kind: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.asked = questions(kind)
        for question in self.asked:
            self.fields[f"answer_{question.id}"] = forms.ChoiceField(
                label=words(question.words),
                help_text=words(question.help),
                choices=list(sentences.ANSWERS.items()),
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose one; “I cannot judge this” is an answer too.")},
            )
            self.fields[f"note_{question.id}"] = forms.CharField(
                label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
        self.fields["recommendation"] = forms.ChoiceField(
            label=_("Your recommendation"), choices=list(sentences.RECOMMENDATIONS.items()), widget=forms.RadioSelect
        )
        self.fields["reason"] = _text(
            _("Reason"), help_text=_("Two or three sentences. What convinced you, what has to change?")
        )

    def pairs(self) -> list[tuple[Any, Any]]:
        """Each question with its note, for the template."""
        return [(self[f"answer_{one.id}"], self[f"note_{one.id}"]) for one in self.asked]

    def given(self) -> dict[str, dict[str, str]]:
        """The answers of the valid form, as the services take them."""
        return {
            one.id: {
                "answer": self.cleaned_data[f"answer_{one.id}"],
                "note": self.cleaned_data.get(f"note_{one.id}", ""),
            }
            for one in self.asked
            if self.cleaned_data.get(f"answer_{one.id}")
        }


class PanelForm(QuestionsForm):
    """What a member of the panel answers, on one page. Who has an interest of their own says so and answers nothing else."""

    # Who stands back answers nothing else: the browser must not insist.
    use_required_attribute = False

    interest = forms.ChoiceField(
        label=_("Do you have an interest of your own in this decision?"),
        help_text=_(
            "For example: you work for the institution, are paid by it, wrote a part of the programme, or are close to somebody who did."
        ),
        choices=(
            ("none", _("No, I judge from outside")),
            ("conflict", _("Yes, so I stand back from judging it")),
        ),
        widget=forms.RadioSelect,
    )
    name_public = forms.BooleanField(
        label=_("My name may stand in the public quality record"),
        required=False,
        help_text=_("Without it only your organisation and your recommendation are shown."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("interest") == "conflict":
            # Only the reason is asked of somebody who stands back.
            for name in [name for name in self.errors if name not in ("interest", "reason")]:
                del self.errors[name]
        return cleaned


class BodyForm(PanelForm):
    """The same for a quality officer of a body that works on this platform, who may have the recommendation signed."""

    endorses = forms.BooleanField(
        label=_("Sign our recommendation as an endorsement when exactly this content is approved"),
        required=False,
        help_text=_(
            "It is signed with your institution's key, stands in every credential, and can be withdrawn by you at any time."
        ),
    )


class InviteForm(forms.Form):
    kind = forms.ChoiceField(label=_("Speaks for"), choices=PanelMember.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The link goes to this address and to nobody else. It works for 30 days."),
    )
    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=200,
        help_text=_("It stands in the public record, and in the endorsement if it recommends the approval."),
    )
    organisation_url = forms.URLField(
        label=_("Website of the organisation"), max_length=400, required=False, assume_scheme="https"
    )
    body = forms.ChoiceField(
        label=_("Institution on this platform"),
        required=False,
        help_text=_(
            "Only for a quality body that works here too: its quality officers can then answer signed in and have their "
            "recommendation signed with their own key."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)

    def __init__(self, *arguments: Any, bodies: Sequence[Any] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.bodies = {body.slug: body for body in bodies}
        self.fields["body"].choices = [("", "—"), *((slug, body.localised_name) for slug, body in self.bodies.items())]
        if not self.bodies:
            del self.fields["body"]

    def clean_body(self) -> Any:
        return self.bodies.get(self.cleaned_data["body"])


class DecideForm(forms.Form):
    """The decision. Up to three conditions at once; more is better returned for changes."""

    CONDITIONS = 3

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    decision = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=(
            ("approve", _("Approve, with conditions if there are any below")),
            ("return", _("Return for changes")),
            ("decline", _("Decline")),
        ),
    )
    reason = _text(
        _("Reason"),
        help_text=_("The reason of an approval stands in the public quality record. Name no person in it."),
    )
    review_on = forms.DateField(label=_("Next review"), widget=DateInput, required=False)
    deviation = _text(
        _("Why a rule that does not hold is accepted"),
        rows=3,
        required=False,
        help_text=_(
            "Only needed to approve although a rule that must hold does not. It stands in the public record too."
        ),
    )

    def __init__(self, *arguments: Any, policy: Policy, failing: Sequence[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["review_on"].one_of_several = True  # needed for an approval only, so neither word would be right
        self.fields["review_on"].initial = rules.months_after(timezone.now().date(), policy.review_months)
        if not failing:
            del self.fields["deviation"]
        for number in range(1, self.CONDITIONS + 1):
            self.fields[f"condition_{number}"] = forms.CharField(
                label=_("Condition %(number)s") % {"number": number},
                max_length=2000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.fields[f"due_{number}"] = forms.DateField(label=_("Due on"), widget=DateInput, required=False)

    def condition_fields(self) -> list[tuple[Any, Any]]:
        return [(self[f"condition_{n}"], self[f"due_{n}"]) for n in range(1, self.CONDITIONS + 1)]

    @property
    def has_conditions(self) -> bool:
        numbers = range(1, self.CONDITIONS + 1)
        return any(self[name].value() or self[name].errors for n in numbers for name in (f"condition_{n}", f"due_{n}"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "approve":
            if "review_on" not in self.errors and not cleaned.get("review_on"):
                self.add_error("review_on", _("An approval needs the date of the next review."))
            for number in range(1, self.CONDITIONS + 1):
                text, due = cleaned.get(f"condition_{number}"), cleaned.get(f"due_{number}")
                if text and not due and f"due_{number}" not in self.errors:
                    self.add_error(f"due_{number}", _("Say until when the condition is to be fulfilled."))
                if due and not text:
                    self.add_error(f"condition_{number}", _("Say what is to be done until this day."))
        return cleaned

    def conditions(self) -> list[tuple[str, date]]:
        numbers = range(1, self.CONDITIONS + 1)
        found = [(self.cleaned_data[f"condition_{n}"], self.cleaned_data[f"due_{n}"]) for n in numbers]
        return [(text, due) for text, due in found if text and due]


class ReasonForm(forms.Form):
    reason = _text(_("Reason"), help_text=_("It stands in the public quality record. Name no person in it."))


class EvidenceForm(forms.Form):
    evidence = _text(_("How the condition is fulfilled"), help_text=_("What was done, and where one can see it."))
    evidence_url = forms.URLField(
        label=_("Address of the evidence"), max_length=2000, required=False, assume_scheme="https"
    )


class AcceptForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Is the condition fulfilled?"),
        widget=forms.RadioSelect,
        choices=(("accept", _("Yes, accept it")), ("send_back", _("No, send it back"))),
    )
    answer = _text(_("Reason"), rows=3)


class PolicyForm(forms.Form):
    requires_approval = forms.ChoiceField(
        label=_("Which micro-credentials need an approval before they are published?"),
        widget=forms.RadioSelect,
        choices=PublishingPolicy.Requires.choices,
    )
    profiles = forms.MultipleChoiceField(label=_("Profiles of rules"), widget=forms.CheckboxSelectMultiple)
    reviews = forms.IntegerField(
        label=_("Internal reviews in favour"),
        min_value=0,
        max_value=5,
        help_text=_("How many different people, 0 to 5."),
    )
    panel = forms.MultipleChoiceField(
        label=_("External panel"),
        help_text=_("Of each kind that is chosen, one member must recommend the approval."),
        widget=forms.CheckboxSelectMultiple,
        choices=PanelMember.Kind.choices,
        required=False,
    )
    review_months = forms.IntegerField(
        label=_("Months until the next review"), min_value=1, max_value=rules.LONGEST_REVIEW_MONTHS
    )
    decider_apart = forms.BooleanField(
        label=_("Who decides has not reviewed"),
        required=False,
        help_text=_("Who proposed or edited a programme never reviews it or decides, whatever is chosen here."),
    )
    stop_when_overdue = forms.BooleanField(
        label=_("Award nothing while a review or a condition is overdue"), required=False
    )
    endorse = forms.BooleanField(
        label=_("Sign each approval as an endorsement"),
        required=False,
        help_text=_("It becomes part of every credential, so that whoever verifies one sees the approval."),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["profiles"].choices = [(one.id, words(one.name)) for one in profiles()]

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.enrolment.api import EvidenceItem
from testamur_site.foundation.design_system.api import DateInput

from . import texts
from .models import DecisionPolicy
from .rules import AppealState, Consequence, Outcome

_WORDS = {"rows": 6, "dir": "auto"}


def _words(
    label: Any, help_text: Any = "", *, rows: int = 6, required: bool = True, limit: int = 20_000
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=limit,
        widget=forms.Textarea(attrs=_WORDS | {"rows": rows}),
    )


class DecideForm(forms.Form):
    """One learner's decision. `base` is what the person looked at."""

    base = forms.CharField(widget=forms.HiddenInput, max_length=64)
    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = _words(
        _("Reason"),
        _("Needed where you depart from what follows from the results. The learner reads it."),
        rows=4,
        required=False,
        limit=5000,
    )
    resubmit = forms.MultipleChoiceField(
        label=_("To be handed in again"), widget=forms.CheckboxSelectMultiple, required=False
    )
    until = forms.DateField(
        label=_("Until"),
        widget=DateInput,
        required=False,
        help_text=_("The last day on which the work can be handed in again. Empty: by the institution's rules."),
    )

    def __init__(
        self, *arguments: Any, outcomes: Sequence[Outcome], tasks: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.fields["outcome"].choices = [(one.value, texts.OUTCOMES[one]) for one in outcomes]  # type: ignore[attr-defined]
        self.fields["resubmit"].choices = list(tasks)  # type: ignore[attr-defined]
        if Outcome.RESUBMIT not in outcomes or not tasks:
            del self.fields["resubmit"], self.fields["until"]


class ReasonForm(forms.Form):
    reason = _words(_("Reason"), _("The learner reads it."), rows=4, limit=5000)


class _WithEvidence(forms.Form):
    """A form to which the learner can add pieces of their own evidence."""

    evidence = forms.MultipleChoiceField(
        label=_("Evidence"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("From “My evidence”. What is missing there you can add there first."),
    )

    def __init__(self, *arguments: Any, items: Sequence[EvidenceItem], **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices = [
            (item.public_id, f"{item.title or item.file_name or item.kind} · {texts.day(item.created_at.date())}")
            for item in items
        ]
        self.fields["evidence"].choices = choices  # type: ignore[attr-defined]
        self.items = {item.public_id: item for item in items}
        if not choices:
            del self.fields["evidence"]

    def chosen(self) -> list[EvidenceItem]:
        return [self.items[one] for one in self.cleaned_data.get("evidence", [])]


class AppealForm(_WithEvidence):
    grounds = forms.MultipleChoiceField(
        label=_("Grounds"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(ground.value, word) for ground, word in texts.GROUNDS.items()],
    )
    statement = _words(_("What happened, and what should be different"), rows=10)
    field_order = ("grounds", "statement", "evidence")


class StatementForm(_WithEvidence):
    statement = _words(_("Your account"), _("You answer once. Take the time that you have."), rows=10)
    field_order = ("statement", "evidence")


class ClaimForm(_WithEvidence):
    task = forms.ChoiceField(label=_("Task"))
    statement = _words(_("Where and how you learned it, and how your evidence shows it"), rows=10)
    field_order = ("task", "statement", "evidence")

    def __init__(self, *arguments: Any, tasks: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["task"].choices = list(tasks)  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer to an appeal."""

    state = forms.ChoiceField(
        label=_("Answer"),
        widget=forms.RadioSelect,
        choices=[
            (state.value, texts.APPEAL_STATES[state])
            for state in (AppealState.UPHELD, AppealState.PARTLY, AppealState.REJECTED)
        ],
    )
    mark_again = forms.MultipleChoiceField(
        label=_("Marked again by others"), widget=forms.CheckboxSelectMultiple, required=False
    )
    hand_in_again = forms.MultipleChoiceField(
        label=_("Handed in again, with a further attempt"), widget=forms.CheckboxSelectMultiple, required=False
    )
    lift = forms.MultipleChoiceField(
        label=_("Consequences that are taken back"), widget=forms.CheckboxSelectMultiple, required=False
    )
    answer = _words(_("Reasons"), _("The learner reads them."), rows=8)

    def __init__(
        self, *arguments: Any, tasks: Sequence[tuple[str, str]], cases: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        for name, choices in (("mark_again", tasks), ("hand_in_again", tasks), ("lift", cases)):
            self.fields[name].choices = list(choices)  # type: ignore[attr-defined]
            if not choices:
                del self.fields[name]


class SuspicionForm(forms.Form):
    submission = forms.ChoiceField(label=_("Which work?"), required=False)
    suspicion = _words(_("What was seen, and where"), _("The learner reads it and answers to it."), rows=8)

    def __init__(self, *arguments: Any, work: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["submission"].choices = [("", _("No single piece of work")), *work]  # type: ignore[attr-defined]


class FindingForm(forms.Form):
    proven = forms.ChoiceField(
        label=_("Finding"),
        widget=forms.RadioSelect,
        choices=[("no", _("Nothing is found: the question is dismissed")), ("yes", _("It is found to be so"))],
    )
    finding = _words(_("Reasons"), _("The learner reads them."), rows=8)


class ConsequenceForm(forms.Form):
    consequence = forms.ChoiceField(
        label=_("Consequence"),
        widget=forms.RadioSelect,
        choices=[(one.value, word) for one, word in texts.CONSEQUENCES.items()],
    )
    points = forms.DecimalField(
        label=_("Per cent points off the mark"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("Only for “mark reduced”."),
    )

    def __init__(self, *arguments: Any, about_work: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not about_work:
            kept = (Consequence.WARNING, Consequence.EXCLUSION)
            choices = [(one.value, word) for one, word in texts.CONSEQUENCES.items() if one in kept]
            self.fields["consequence"].choices = choices  # type: ignore[attr-defined]
            del self.fields["points"]


class JudgeForm(forms.Form):
    """The levels of a claim, a radio group for each criterion of the rubric, and the reasons."""

    judgement = _words(_("Reasons"), _("What the evidence shows and what it does not. The learner reads it."), rows=8)

    def __init__(
        self, *arguments: Any, criteria: Sequence[tuple[str, str, Sequence[tuple[str, str]]]], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        for key, name, levels in criteria:
            self.fields[f"level_{key}"] = forms.ChoiceField(label=name, widget=forms.RadioSelect, choices=list(levels))
        self.order_fields([*(f"level_{key}" for key, _name, _levels in criteria), "judgement"])
        self.keys = [key for key, _name, _levels in criteria]

    def levels(self) -> dict[str, str]:
        return {key: self.cleaned_data[f"level_{key}"] for key in self.keys}


class RecognitionForm(forms.Form):
    recognised = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Recognised: the task counts as shown")), ("no", _("Not recognised"))],
    )
    reason = _words(_("Reason"), _("The learner reads it."), rows=4, limit=5000)

    def __init__(self, *arguments: Any, carried: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not carried:
            self.fields["recognised"].choices = [("no", _("Not recognised"))]  # type: ignore[attr-defined]


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DecisionPolicy
        fields = ("four_eyes", "at_once", "appeal_days", "answer_days", "hearing_days", "resubmission_days")
        labels = {
            "four_eyes": _("Four eyes"),
            "at_once": _("Award at once"),
            "appeal_days": _("Days to appeal"),
            "answer_days": _("Days to answer an appeal"),
            "hearing_days": _("Days to answer a question of misconduct"),
            "resubmission_days": _("Days to hand in again"),
        }
        help_texts = {
            "four_eyes": _("Whoever confirms a decision has marked or moderated nothing of that learner."),
            "at_once": _(
                "The credential is issued when the decision is made. Otherwise it waits until the time to appeal is over."
            ),
        }

"""The form of one task, with the scheme by which it is marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ...description import eu_vocabularies as lists
from ...description.checks import is_decimal
from ...description.elements import MarkingScheme, Task
from ...description.tasks import is_percent
from ...description.vocabulary import in_language
from ..fields import ConceptField, NumberField, PeriodField, PlainField, WordsField
from ..rows import ElementForm

EVIDENCE = (
    ("file", _("A file")),
    ("text", _("A text that is written here")),
    ("link", _("A link")),
    ("video", _("A link to a video")),
    ("repository", _("A link to a code repository")),
)
_MARKING = (
    "assessors",
    "blind",
    "peers",
    "peer_weight",
    "industry",
    "self_assessment",
    "anonymous",
    "moderate_from",
)


class PercentField(NumberField):
    """From 0 to 100, as decimal text."""

    def clean(self, value: Any) -> str:
        number = super().clean(value)
        if number and not is_percent(number):
            raise forms.ValidationError(_("Please enter a number from 0 to 100."), code="percent")
        return number


def _count(label: Any, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    number = forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=number, **kwargs)


class TaskForm(ElementForm):
    """A task as its designers write it. `build` gives a `Task`; one that is new has no key yet."""

    title = WordsField(label=_("Task"), required=True, max_length=200, help_text=_("What learners see in their list."))
    instructions = WordsField(
        label=_("Instructions"),
        lines=8,
        max_length=10_000,
        help_text=_(
            "What to do, what to hand in, what help is allowed. Markdown: **bold**, lists with “-”, headings with “##”."
        ),
    )
    template = WordsField(
        label=_("Text that learners begin with"),
        lines=4,
        max_length=10_000,
        help_text=_("Optional. It is taken out before works are compared, so that nobody is suspected of copying it."),
    )
    evidence = forms.MultipleChoiceField(
        label=_("What may be handed in"), choices=EVIDENCE, widget=forms.CheckboxSelectMultiple
    )
    evidence_minimum = _count(_("How many pieces at least"), 0, 20)
    due_after = PeriodField(
        label=_("Due after the beginning"),
        help_text=_("Counted from the first day of each cohort. Leave empty for no date."),
    )
    attempts = _count(_("How often it may be tried"), 1, 10)
    group = forms.BooleanField(
        label=_("Done in groups"),
        help_text=_(
            "Everybody hands it in under their own name and is marked for themselves. Works of one group may be alike."
        ),
        required=False,
    )
    supervision = ConceptField(
        lists.SUPERVISION,
        label=_("Supervision and identity verification"),
        help_text=_("It stands in the credential: how surely was it this person who did the work?"),
    )
    assessment = forms.ChoiceField(label=_("Part of this assessment"), required=False)
    rubric = forms.ChoiceField(label=_("Rubric"), required=False)
    weight = NumberField(label=_("Weight among the tasks"), required=True)
    pass_mark = PercentField(label=_("Mark needed to pass, in per cent"), required=True)

    assessors = forms.ChoiceField(
        label=_("Assessors for each submission"), choices=(("1", _("One")), ("2", _("Two (double marking)")))
    )
    blind = forms.BooleanField(label=_("The second assessor does not see the first mark"), required=False)
    anonymous = forms.BooleanField(label=_("Marked without names"), required=False)
    peers = _count(
        _("Reviews by peers"), 0, 10, help_text=_("How many submissions each learner reviews. 0: no peer review.")
    )
    peer_weight = PercentField(
        label=_("Share of the peers in the mark, in per cent"),
        required=True,
        help_text=_("0: they give feedback only. More than 50 is not advised: peers alone should not certify."),
    )
    industry = _count(
        _("Industry validators for each submission"),
        0,
        5,
        help_text=_("Invited by link, with their organisation named."),
    )
    self_assessment = forms.BooleanField(
        label=_("Learners assess themselves first, for their own learning"), required=False
    )
    moderate_from = PercentField(label=_("A moderator decides from this difference, in per cent points"), required=True)
    item_bank = PlainField(
        label=_("Item bank"),
        max_length=40,
        help_text=_(
            "The identifier of an item bank, where this task is a short adaptive test. It then needs no rubric."
        ),
    )

    def initial_of(self, element: Task) -> dict[str, Any]:
        marking = {name: getattr(element.marking, name) for name in _MARKING}
        return {**super().initial_of(element), **marking, "evidence": list(element.evidence)}

    def prepare(self) -> None:
        language = (get_language() or "en").split("-")[0]
        d = self.context.description
        self._choices("rubric", [(r.key, in_language(r.title, language) or r.key) for r in d.rubrics])
        self._choices(
            "assessment",
            [(str(n), in_language(a.title, language) or str(n)) for n, a in enumerate(d.assessments, 1)],
        )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", _("None")), *choices]  # type: ignore[attr-defined]

    def clean_weight(self) -> str:
        weight = str(self.cleaned_data["weight"])
        if is_decimal(weight) and not float(weight) and len(self.context.description.tasks) < 2:
            raise forms.ValidationError(_("The only task has to weigh more than 0."))
        return weight

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("peer_weight", "0").strip("0.") and not values.get("peers"):
            self.add_error("peers", _("Peers have a share in the mark, so say how many reviews each learner gives."))
        return values

    def build(self, _nested: Mapping[str, tuple[Any, ...]]) -> Task:
        values = dict(self.cleaned_data)
        marking = {name: values.pop(name) for name in _MARKING}
        marking |= {name: str(marking[name]) for name in ("peers", "industry")}
        for name in ("evidence_minimum", "attempts"):
            values[name] = str(values[name])
        stored = self.element or Task("")
        # The order says nothing, so saving must not change it.
        same = set(values["evidence"]) == set(stored.evidence)
        values["evidence"] = stored.evidence if same else tuple(values["evidence"])
        return replace(stored, marking=replace(stored.marking or MarkingScheme(), **marking), **values)

"""The forms of marking. A mark's form is made of its rubric; the rest is plain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from testamur.assessment.rubrics import score
from testamur_site.catalogue.api import in_language
from testamur_site.foundation.design_system.api import LineField

from .designs import Design
from .models import Mark
from .rules import MAX_FEEDBACK, MAX_REASON


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One level as it is shown: `number` is the key that chooses it."""

    number: int
    key: str
    name: str
    points: str
    description: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion with its levels and what was written to it."""

    key: str
    name: str
    description: str
    weight: str
    must_pass: str
    levels: tuple[LevelRow, ...]
    feedback: str
    missing: bool = False

    @property
    def chosen(self) -> LevelRow | None:
        return next((level for level in self.levels if level.chosen), None)


@dataclass
class Filled:
    """What was sent or saved for a rubric: {criterion: level}, {criterion or "overall": text}, and the draft it was made from."""

    levels: dict[str, str]
    feedback: dict[str, str]
    revision: int | None = None


def filled(design: Design, sent: QueryDict) -> Filled:
    """Read a sent rubric. Only the rubric's own criteria are looked at; texts are cut to their longest."""
    keys = [criterion.key for criterion in design.model.criteria]
    revision = sent.get("revision", "")
    return Filled(
        levels={key: sent.get(f"level_{key}", "")[:64] for key in keys},
        feedback={key: sent.get(f"feedback_{key}", "")[:MAX_FEEDBACK] for key in [*keys, "overall"]},
        revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 9 else None,
    )


def of_mark(mark: Mark) -> Filled:
    return Filled(dict(mark.levels), dict(mark.feedback), mark.revision)


def rows(design: Design, values: Filled, *, complain: bool = False) -> list[CriterionRow]:
    """The rubric as a page shows it, in the reader's language, with what was filled in. `complain` marks criteria without a level."""
    language = get_language() or "en"
    weights = {criterion.weight for criterion in design.model.criteria}
    found = []
    for criterion in design.rubric.criteria:
        least = next((level for level in criterion.levels if level.key == criterion.must_pass), None)
        chosen = values.levels.get(criterion.key, "")
        found.append(
            CriterionRow(
                key=criterion.key,
                name=in_language(criterion.name, language) or criterion.key,
                description=in_language(criterion.description, language),
                weight=criterion.weight if len(weights) > 1 else "",
                must_pass=(in_language(least.name, language) or least.key) if least else "",
                levels=tuple(
                    LevelRow(
                        number,
                        level.key,
                        in_language(level.name, language) or level.key,
                        _points(level.points),
                        in_language(level.description, language),
                        level.key == chosen,
                    )
                    for number, level in enumerate(criterion.levels, 1)
                ),
                feedback=values.feedback.get(criterion.key, ""),
                missing=complain and not chosen,
            )
        )
    return found


def _points(points: str) -> str:
    return ngettext("%(points)s point", "%(points)s points", 1 if points == "1" else 2) % {"points": points}


def percent_of(design: Design, levels: dict[str, str]) -> str:
    """What levels come to, in per cent; '' while one is missing."""
    known = {key: level for key, level in levels.items() if level}
    found = score(design.model, known).percent
    return "" if found is None else str(found)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, label: str = "", help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = label
        self.fields["reason"].help_text = help_text


class PhraseForm(forms.Form):
    text = LineField(label=_("Phrase"), max_length=500, help_text=_("One sentence that you write often."))


class AssessorsForm(forms.Form):
    """Who marks in an offering: nobody chosen means all assessors of the institution."""

    people = forms.MultipleChoiceField(label=_("Assessors"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = people
        self.fields["people"].help_text = _(
            "Where nobody is chosen, all members with the role of an assessor share the work."
        )


class SampleForm(forms.Form):
    share = forms.IntegerField(
        label=_("Sample, in per cent of the submissions"),
        min_value=0,
        max_value=100,
        help_text=_(
            "So many of the submissions that come from now on go to a moderator without an occasion, drawn by chance. 0 for none."
        ),
    )


class PeerReviewForm(forms.Form):
    review_days = forms.IntegerField(
        label=_("Days to review"),
        min_value=1,
        max_value=60,
        initial=7,
        help_text=_("Then missing reviews are given to others."),
    )
    replacement_days = forms.IntegerField(
        label=_("Days for replacements"),
        min_value=1,
        max_value=30,
        initial=3,
        help_text=_("Then the requirement falls, and results are made of the reviews that are there."),
    )


class ValidatorForm(forms.Form):
    organisation_name = LineField(
        label=_("Organisation"),
        max_length=200,
        help_text=_("It is named in the credential of those whose work is marked."),
    )
    organisation_url = forms.URLField(
        label=_("Website of the organisation"), max_length=400, required=False, assume_scheme="https"
    )
    name = LineField(label=_("Name of the person"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("ko", "한국어")])
    most = forms.IntegerField(label=_("Submissions at most"), min_value=1, max_value=500, initial=5)

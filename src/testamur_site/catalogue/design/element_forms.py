"""The forms of single elements: a class for each element that repeats. Sections as a whole are in `section_forms.py`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import DateInput

from ..description import eu_vocabularies as lists
from ..description.elements import (
    Activity,
    Alignment,
    Assessment,
    CreditPoints,
    Identifier,
    LearningOutcome,
    NationalLevel,
    Organisation,
    QualityAssurance,
    ResultDescription,
    Skill,
)
from ..description.elements import (
    Group as Network,
)
from ..description.frameworks.national import FRAMEWORKS, choice_of, chosen
from ..description.places_and_languages import COUNTRIES, LANGUAGES
from ..description.vocabulary import Concept, in_language
from .fields import ConceptField, ConceptsField, HoursField, LinkField, NumberField, PlainField, WordsField
from .rows import ElementForm

Nested = Mapping[str, tuple[Any, ...]]


class SkillForm(ElementForm):
    name = WordsField(label=_("Skill"), max_length=300)
    framework = PlainField(
        label=_("Framework"), max_length=100, help_text=_("ESCO, DigComp, a framework of your field …")
    )
    url = PlainField(
        label=_("Address of the skill"),
        max_length=2000,
        help_text=_("The link or identifier that the framework gives it."),
    )

    def initial_of(self, element: Skill) -> dict[str, Any]:
        return {"name": element.concept.label, "framework": element.framework, "url": element.concept.uri}

    def build(self, _nested: Nested) -> Skill:
        values = self.cleaned_data
        stored = self.element.concept if self.element else Concept()
        same = stored.uri == values["url"]
        scheme = stored.scheme if same else ""
        if values["url"].startswith("http://data.europa.eu/esco/skill/"):
            scheme = "http://data.europa.eu/esco/concept-scheme/skills"
        concept = Concept(values["url"], values["name"], scheme, stored.notation if same else "")
        return Skill(concept, values["framework"])


class OutcomeForm(ElementForm):
    title = WordsField(
        label=_("Learning outcome"),
        max_length=600,
        required=True,
        help_text=_("What a learner can do afterwards. Begin with a verb: “Analyse a data set …”."),
    )
    description = WordsField(label=_("Explanation"), lines=2, max_length=3000)
    reusability = ConceptField(lists.REUSE_LEVELS, label=_("How widely it can be used"))

    def build(self, nested: Nested) -> LearningOutcome:
        key = self.element.key if self.element else ""
        return LearningOutcome(skills=nested["skills"], key=key, **self.cleaned_data)


class CreditForm(ElementForm):
    points = NumberField(label=_("Credit points"), required=True)
    system = ConceptField(lists.CREDIT_SYSTEMS, own_words=True, label=_("Credit system"))

    def clean_system(self) -> Concept:
        system = self.cleaned_data["system"]
        if system is None:
            raise forms.ValidationError(_("Please say in which system these points count."))
        return system

    def build(self, _nested: Nested) -> CreditPoints:
        return CreditPoints(self.cleaned_data["points"], self.cleaned_data["system"])


class NationalLevelForm(ElementForm):
    """A level from the lists, or one in the institution's own words."""

    choice = forms.ChoiceField(label=_("Level"), required=False)
    framework = PlainField(
        label=_("Or another framework"), max_length=100, help_text=_("Its short name, where it is not in the list.")
    )
    name = WordsField(label=_("Level in that framework"), max_length=200)
    url = PlainField(label=_("Address of the level"), max_length=2000)

    def prepare(self) -> None:
        korean = (get_language() or "en").startswith("ko")
        listed = [
            (
                f.korean if korean else f.english,
                [(f"{f.key}:{lv.code}", lv.korean if korean else lv.english) for lv in f.levels],
            )
            for f in FRAMEWORKS
        ]
        self.fields["choice"].choices = [("", "—"), *listed]  # type: ignore[attr-defined]

    def initial_of(self, element: NationalLevel) -> dict[str, Any]:
        if choice := choice_of(element):
            return {"choice": choice}
        return {"framework": element.framework, "name": element.level.label, "url": element.level.uri}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("choice") and not values.get("name"):
            self.add_error("choice", _("Please choose a level, or write one below."))
        if values.get("choice") and (values.get("name") or values.get("framework")):
            self.add_error("choice", _("Please choose from the list or write your own, not both."))
        return values

    def build(self, _nested: Nested) -> NationalLevel:
        values = self.cleaned_data
        if values["choice"] and (listed := chosen(values["choice"])):
            return listed
        stored = self.element.level if self.element and not choice_of(self.element) else Concept()
        level = replace(stored, label=values["name"], uri=values["url"])
        return NationalLevel(level, values["framework"])


class _WithOrganisations(ElementForm):
    """Fields that refer to organisations of the description."""

    references: tuple[str, ...] = ()

    def prepare(self) -> None:
        language = (get_language() or "en").split("-")[0]
        organisations = self.context.description.organisations
        choices = [(o.key, in_language(o.name, language) or o.key) for o in organisations]
        for name in self.references:
            if choices:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def referred(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(self.cleaned_data.get(name) or ()) for name in self.references}


def _organisations(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple)


class ActivityForm(_WithOrganisations):
    references = ("directed_by", "awarded_by")

    title = WordsField(label=_("What learners do"), required=True, max_length=300)
    description = WordsField(label=_("Description"), lines=3, max_length=5000)
    type = ConceptField(lists.ACTIVITY_TYPES, own_words=True, label=_("Type of activity"))
    mode = ConceptField(lists.MODES, label=_("Form of participation"))
    workload = HoursField(label=_("Hours"))
    languages = ConceptsField(LANGUAGES, label=_("Languages"))
    start = forms.DateField(label=_("From"), required=False, widget=DateInput)
    end = forms.DateField(label=_("Until"), required=False, widget=DateInput)
    directed_by = _organisations(_("Directed by"))
    awarded_by = _organisations(_("Awarded by"))

    def initial_of(self, element: Activity) -> dict[str, Any]:
        return {**super().initial_of(element), "start": element.start[:10], "end": element.end[:10]}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("start") and values.get("end") and values["end"] < values["start"]:
            self.add_error("end", _("This is before the beginning."))
        return values

    def build(self, _nested: Nested) -> Activity:
        values = {**self.cleaned_data, **self.referred()}
        stored = self.element or Activity({})
        for name in ("start", "end"):  # a stored time of day is kept while its day is the same
            day = values[name].isoformat() if values[name] else ""
            values[name] = getattr(stored, name) if getattr(stored, name)[:10] == day else day
        return replace(stored, **values)


class ResultForm(ElementForm):
    """The scale of a result: values in order, or two bounds."""

    RESULT_TYPES = (
        ("Result", _("Result in words (passed, not passed)")),
        ("LetterGrade", _("Letter or word grade")),
        ("Percent", _("Per cent")),
        ("RawScore", _("Points")),
        ("GradePointAverage", _("Grade point average")),
        ("PerformanceLevel", _("Level of performance")),
        ("RubricScore", _("Score of a rubric")),
        ("Status", _("Status")),
    )

    name = WordsField(label=_("Name of the result"), required=True, max_length=200)
    result_type = forms.ChoiceField(label=_("Kind"), choices=RESULT_TYPES, initial="Result")
    allowed_values = PlainField(
        label=_("Possible values"), max_length=1000, help_text=_("From low to high, with commas: F, D, C, B, A")
    )
    minimum = NumberField(label=_("Lowest number"))
    maximum = NumberField(label=_("Highest number"))
    required_value = PlainField(label=_("Needed to pass"), max_length=100)

    def initial_of(self, element: ResultDescription) -> dict[str, Any]:
        return {**super().initial_of(element), "allowed_values": ", ".join(element.allowed_values)}

    def prepare(self) -> None:
        stored = self.initial.get("result_type")
        if stored and stored not in dict(self.RESULT_TYPES):
            self.fields["result_type"].choices = [*self.RESULT_TYPES, (stored, stored)]  # type: ignore[attr-defined]

    def clean_allowed_values(self) -> tuple[str, ...]:
        stored = self.element.allowed_values if self.element else ()
        written = self.cleaned_data["allowed_values"]
        if written == ", ".join(stored):
            return stored  # a value may itself contain a comma
        return tuple(dict.fromkeys(part.strip() for part in written.split(",") if part.strip()))[:60]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        required, allowed = values.get("required_value"), values.get("allowed_values")
        if required and allowed and required not in allowed:
            self.add_error("required_value", _("This is none of the possible values above."))
        if values.get("minimum") and values.get("maximum") and float(values["minimum"]) >= float(values["maximum"]):
            self.add_error("maximum", _("This is not more than the lowest number."))
        return values

    def build(self, _nested: Nested) -> ResultDescription:
        return ResultDescription(**self.cleaned_data)


class AssessmentForm(_WithOrganisations):
    references = ("assessed_by", "awarded_by")

    title = WordsField(label=_("Assessment"), required=True, max_length=300)
    type = ConceptField(
        lists.ASSESSMENT_TYPES,
        own_words=True,
        label=_("Type of assessment"),
        help_text=_("Choose from the European list, or write your own words."),
    )
    description = WordsField(label=_("What is asked"), lines=3, max_length=5000)
    mode = ConceptField(lists.MODES, label=_("Where it takes place"))
    supervision = ConceptField(lists.SUPERVISION, label=_("Supervision and identity verification"))
    languages = ConceptsField(LANGUAGES, label=_("Languages"))
    grading_title = WordsField(label=_("Grading scheme"), max_length=200)
    grading_description = WordsField(label=_("How it is graded"), lines=3, max_length=3000)
    assessed_by = _organisations(_("Assessed by"))
    awarded_by = _organisations(_("Awarded by"))

    def build(self, nested: Nested) -> Assessment:
        stored = self.element or Assessment({})
        return replace(stored, results=nested["results"], **{**self.cleaned_data, **self.referred()})


class QualityForm(ElementForm):
    type = ConceptField(lists.QUALITY_ASSURANCE_TYPES, own_words=True, label=_("Type of quality assurance"))
    body = WordsField(label=_("Who assures the quality"), max_length=300)
    body_url = LinkField(label=_("Website of that body"))
    description = WordsField(label=_("How"), lines=3, max_length=5000)
    url = LinkField(label=_("Report or decision"))
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DateInput)

    def initial_of(self, element: QualityAssurance) -> dict[str, Any]:
        return {**super().initial_of(element), "valid_until": element.valid_until[:10]}

    def build(self, _nested: Nested) -> QualityAssurance:
        values = dict(self.cleaned_data)
        stored = self.element.valid_until if self.element else ""
        day = values["valid_until"].isoformat() if values["valid_until"] else ""
        values["valid_until"] = stored if stored[:10] == day else day
        return QualityAssurance(**values)


class AlignmentForm(ElementForm):
    TARGET_TYPES = (
        ("", _("Not said")),
        ("ceasn:Competency", _("Competency (CTDL-ASN)")),
        ("ceterms:Credential", _("Credential (CTDL)")),
        ("CFItem", _("Item of a CASE framework")),
        ("CFRubric", _("Rubric of a CASE framework")),
        ("CTDL", _("Other CTDL term")),
    )

    name = PlainField(label=_("Name of what it aligns to"), required=True)
    url = LinkField(label=_("Its address"), required=True)
    framework = PlainField(label=_("Framework"))
    code = PlainField(label=_("Code"), max_length=100)
    description = PlainField(label=_("Description"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    target_type = forms.ChoiceField(label=_("Kind"), choices=TARGET_TYPES, required=False)

    def prepare(self) -> None:
        stored = self.initial.get("target_type")
        if stored and stored not in dict(self.TARGET_TYPES):
            self.fields["target_type"].choices = [*self.TARGET_TYPES, (stored, stored)]  # type: ignore[attr-defined]

    def build(self, _nested: Nested) -> Alignment:
        return Alignment(**self.cleaned_data)


class IdentifierForm(ElementForm):
    scheme_name = PlainField(label=_("Register or scheme"), max_length=200)
    notation = PlainField(label=_("Identifier"), max_length=200, required=True)

    def build(self, _nested: Nested) -> Identifier:
        return replace(self.element or Identifier(""), **self.cleaned_data)


class NetworkForm(ElementForm):
    name = WordsField(label=_("Network or alliance"), required=True, max_length=300)
    email = forms.EmailField(label=_("E-mail address"), required=False)

    def build(self, _nested: Nested) -> Network:
        return Network(**self.cleaned_data)


class OrganisationForm(ElementForm):
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    awards = forms.BooleanField(label=_("Awards the micro-credential together with us"), required=False)
    name = WordsField(label=_("Legal name"), required=True, max_length=300)
    short_name = WordsField(label=_("Short name"), max_length=100)
    country = ConceptField(COUNTRIES, label=_("Country"))
    address = WordsField(label=_("Address"), lines=2, max_length=1000)
    homepage = LinkField(label=_("Website"))
    email = forms.EmailField(label=_("E-mail address"), required=False)
    registration_number = PlainField(label=_("Registration number"), max_length=200)
    vat_number = PlainField(label=_("VAT number"), max_length=200)

    def initial_of(self, element: Organisation) -> dict[str, Any]:
        return {
            **super().initial_of(element),
            "awards": element.key in self.context.description.awarding_bodies,
            "registration_number": element.registration.notation if element.registration else "",
            "vat_number": element.vat.notation if element.vat else "",
        }

    def build(self, nested: Nested) -> Organisation:
        values = dict(self.cleaned_data)
        values.pop("awards")
        key = values.pop("key")
        # By its key, not by its place: what the form does not show (logo, region) must never reach another organisation.
        stored = next((o for o in self.context.description.organisations if o.key == key), None)
        stored = stored or Organisation(f"org-{secrets.token_hex(4)}")
        registration = _identifier(stored.registration, values.pop("registration_number"), values["country"])
        vat = _identifier(stored.vat, values.pop("vat_number"), values["country"])
        return replace(
            stored,
            registration=registration,
            vat=vat,
            identifiers=nested["identifiers"],
            member_of=nested["member_of"],
            **values,
        )


def _identifier(stored: Identifier | None, notation: str, country: Concept | None) -> Identifier | None:
    if not notation:
        return None
    return replace(stored, notation=notation) if stored else Identifier(notation, "", country)

"""The sections of the form: what each is called, which fields and which repeating groups it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ..description import eu_vocabularies as lists
from ..description.elements import Description
from ..description.isced import FIELDS_OF_EDUCATION
from ..description.places_and_languages import LANGUAGES
from . import element_forms as elements
from .fields import ConceptField, ConceptsField, HoursField, LinkField, PeriodField, PlainField, WordsField
from .partners import CoOwnersForm, PartnerForm
from .rows import Context, ElementForm, Group, SectionEditor


class _SectionForm(ElementForm):
    def build(self, _nested: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
        return dict(self.cleaned_data)


class BasicsForm(_SectionForm):
    ACHIEVEMENT_TYPES = (
        ("MicroCredential", _("Micro-credential")),
        ("Course", _("Course")),
        ("Certificate", _("Certificate")),
        ("Certification", _("Certification")),
        ("Competency", _("Competency")),
        ("LearningProgram", _("Learning programme")),
        ("Badge", _("Badge")),
    )

    title = WordsField(label=_("Title"), required=True, max_length=200)
    alternative_title = WordsField(label=_("Other or short title"), max_length=200)
    description = WordsField(
        label=_("Description"),
        lines=4,
        max_length=4000,
        help_text=_("Two or three sentences for somebody who has never heard of it."),
    )
    achievement_type = forms.ChoiceField(label=_("Kind of achievement"), choices=ACHIEVEMENT_TYPES)
    programme_type = ConceptField(lists.PROGRAMME_TYPES, own_words=True, label=_("Type of programme"))
    languages = ConceptsField(LANGUAGES, label=_("Languages of instruction"))
    thematic_areas = ConceptsField(FIELDS_OF_EDUCATION, label=_("Fields of education (ISCED-F)"))
    tags = PlainField(label=_("Keywords"), max_length=500, help_text=_("With commas between them."))

    def initial_of(self, element: Description) -> dict[str, Any]:
        return {**super().initial_of(element), "tags": ", ".join(element.tags)}

    def prepare(self) -> None:
        stored = self.initial.get("achievement_type")
        if stored and stored not in dict(self.ACHIEVEMENT_TYPES):
            self.fields["achievement_type"].choices = [*self.ACHIEVEMENT_TYPES, (stored, stored)]  # type: ignore[attr-defined]

    def clean_tags(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(tag.strip()[:60] for tag in self.cleaned_data["tags"].split(",") if tag.strip()))[
            :20
        ]


_YES_NO = (("", _("Not said")), ("yes", _("Yes")), ("no", _("No")))


class WorkloadForm(_SectionForm):
    workload = HoursField(
        label=_("Notional workload in hours"),
        help_text=_("All the time an average learner needs: lessons, own work, assessment."),
    )
    maximum_duration = PeriodField(label=_("Longest time it may take"))
    eqf_level = ConceptField(lists.EQF_LEVELS, label=_("Level of the European Qualifications Framework (EQF)"))
    cycle = ConceptField(lists.QF_EHEA_CYCLES, label=_("Cycle of European higher education (QF-EHEA)"))
    level_not_applicable = forms.BooleanField(
        label=_("A level does not apply to this micro-credential"), required=False
    )
    partial_qualification = forms.ChoiceField(
        label=_("Is it part of a larger qualification?"), choices=_YES_NO, required=False
    )

    def initial_of(self, element: Description) -> dict[str, Any]:
        answer = {True: "yes", False: "no", None: ""}[element.partial_qualification]
        return {**super().initial_of(element), "partial_qualification": answer}

    def clean_partial_qualification(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["partial_qualification"])


class LearningForm(_SectionForm):
    participation = ConceptsField(lists.PARTICIPATION_MODES, boxes=True, label=_("Form of participation"))
    learning_setting = ConceptField(lists.LEARNING_SETTINGS, label=_("Learning setting"))


class ConditionsForm(_SectionForm):
    prerequisites = WordsField(
        label=_("Prerequisites"),
        lines=3,
        max_length=3000,
        help_text=_("Write “None” rather than leaving it empty: learners look for it."),
    )
    rpl = WordsField(
        label=_("Recognition of prior learning"),
        lines=3,
        max_length=3000,
        help_text=_("Whether learning from elsewhere can count, what to show for it, and who decides."),
    )
    integration = ConceptField(lists.INTEGRATION_OPTIONS, own_words=True, label=_("Can it be combined?"))
    integration_note = WordsField(
        label=_("What it counts towards"),
        lines=2,
        max_length=2000,
        help_text=_("Name the programme and how many credits it gives."),
    )
    validity = PeriodField(label=_("How long an award is valid"), help_text=_("Leave empty if it never expires."))
    further_information = WordsField(label=_("Further information"), lines=3, max_length=5000)
    homepage = LinkField(label=_("Website of the micro-credential"))


class CriteriaForm(_SectionForm):
    criteria = WordsField(
        label=_("Criteria"),
        lines=8,
        max_length=10_000,
        help_text=_(
            "What a learner has to do to earn it, in your own words. You may use Markdown: **bold**, lists with “-”, links. "
            "The elements of the other sections are added to the credential by themselves."
        ),
    )


class OrganisationsForm(ElementForm):
    """Which of the organisations award is answered in their rows."""

    def build(self, _nested: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
        return {}


_SKILLS = Group("skills", elements.SkillForm, _("Related skills"), _("Skill"), _("Add a skill"))
_RESULTS = Group("results", elements.ResultForm, _("Possible results"), _("Result"), _("Add a result"))
_IDENTIFIERS = Group(
    "identifiers", elements.IdentifierForm, _("Other identifiers"), _("Identifier"), _("Add an identifier")
)
_NETWORKS = Group("member_of", elements.NetworkForm, _("Networks"), _("Network"), _("Add a network"))


@dataclass(frozen=True)
class Section:
    key: str
    label: Any
    intro: Any
    form: type[ElementForm] | None
    groups: tuple[Group, ...] = ()

    def editor(self, context: Context, data: QueryDict | None = None, *, added: str = "") -> SectionEditor:
        if self.key == "organisations":
            return OrganisationsEditor(self.form, self.groups, context, data, added=added)
        return SectionEditor(self.form, self.groups, context, data, added=added)


class OrganisationsEditor(SectionEditor):
    def members(self) -> dict[str, Any]:
        members = super().members()
        awarding = [
            organisation.key
            for organisation, row in zip(members["organisations"], self._rows(), strict=True)
            if row.form.cleaned_data["awards"]
        ]
        return {**members, "awarding_bodies": tuple(awarding)}

    def is_valid(self) -> bool:
        """Also: no organisation may go that another section still refers to."""
        if not super().is_valid():
            return False
        kept = {row.form.cleaned_data["key"] for row in self._rows()}
        d = self.context.description
        used = {key for item in (*d.activities, *d.assessments) for key in item.awarded_by}
        used |= {key for a in d.activities for key in a.directed_by} | {
            key for a in d.assessments for key in a.assessed_by
        }
        used |= {partner.organisation for partner in d.partners} | {
            o.key for o in d.organisations if o.key in d.co_owners
        }
        missing = used - kept
        if missing and self.form is not None:
            self.form.add_error(
                None,
                _(
                    "An organisation that you removed is still named by an activity, by an assessment, or as a partner. Take it out "
                    "there first."
                ),
            )
            return False
        return True

    def _rows(self) -> list[Any]:
        return [row for row in self.groups[0].rows if not row.is_blank()]


SECTIONS: tuple[Section, ...] = (
    Section("basics", _("Title and description"), _("What it is called and what it is about."), BasicsForm),
    Section(
        "outcomes",
        _("Learning outcomes"),
        _("What learners will know and be able to do. Employers read this first."),
        None,
        (
            Group(
                "outcomes",
                elements.OutcomeForm,
                _("Learning outcomes"),
                _("Learning outcome"),
                _("Add a learning outcome"),
                (_SKILLS,),
                empty_rows=1,
            ),
        ),
    ),
    Section(
        "workload",
        _("Workload and level"),
        _("How much work it is and how demanding."),
        WorkloadForm,
        (
            Group("credits", elements.CreditForm, _("Credits"), _("Credits"), _("Add credits")),
            Group(
                "national_levels",
                elements.NationalLevelForm,
                _("National levels"),
                _("National level"),
                _("Add a national level"),
            ),
        ),
    ),
    Section(
        "learning",
        _("Learning activities"),
        _("How people take part and what they do."),
        LearningForm,
        (
            Group(
                "activities",
                elements.ActivityForm,
                _("Learning activities"),
                _("Learning activity"),
                _("Add a learning activity"),
            ),
        ),
    ),
    Section(
        "assessment",
        _("Assessment"),
        _("How you find out that somebody has reached the outcomes."),
        None,
        (
            Group(
                "assessments",
                elements.AssessmentForm,
                _("Assessments"),
                _("Assessment"),
                _("Add an assessment"),
                (_RESULTS,),
                empty_rows=1,
            ),
        ),
    ),
    Section(
        "quality",
        _("Quality assurance"),
        _("Why others can trust it."),
        None,
        (
            Group(
                "quality_assurance",
                elements.QualityForm,
                _("Quality assurance"),
                _("Quality assurance"),
                _("Add another"),
                empty_rows=1,
            ),
        ),
    ),
    Section(
        "conditions", _("Entry and recognition"), _("What is needed before, and what it leads to."), ConditionsForm
    ),
    Section(
        "criteria",
        _("Criteria and alignments"),
        _("What has to be done to earn it, and what it corresponds to elsewhere."),
        CriteriaForm,
        (Group("alignments", elements.AlignmentForm, _("Alignments"), _("Alignment"), _("Add an alignment")),),
    ),
    Section(
        "organisations",
        _("Organisations"),
        _("Your institution awards it and need not be entered. Add partners who award, teach or assess with you."),
        OrganisationsForm,
        (
            Group(
                "organisations",
                elements.OrganisationForm,
                _("Organisations"),
                _("Organisation"),
                _("Add an organisation"),
                (_IDENTIFIERS, _NETWORKS),
            ),
        ),
    ),
    Section(
        "partners",
        _("Partners and co-owners"),
        _("Companies, bodies and other institutions with a part in it, and who owns it together with you."),
        CoOwnersForm,
        (Group("partners", PartnerForm, _("Partners"), _("Partner"), _("Add a partner")),),
    ),
)
BY_KEY: dict[str, Section] = {section.key: section for section in SECTIONS}


class NewForm(forms.Form):
    """The first step: a title is enough."""

    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    title_ko = forms.CharField(label=_("Title in Korean"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not (values.get("title_en") or values.get("title_ko")):
            self.add_error("title_en", _("Please give it a title in English or in Korean."))
        return values

    def titles(self) -> dict[str, str]:
        found = {
            "en": self.cleaned_data.get("title_en", "").strip(),
            "ko": self.cleaned_data.get("title_ko", "").strip(),
        }
        return {language: title for language, title in found.items() if title}


class ImportForm(forms.Form):
    """A file with a description: a European Digital Credential (JSON-LD), or one that was exported here."""

    file = forms.FileField(label=_("File"))

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from testamur_site.catalogue.api import AchievementVersion, expires_on
from testamur_site.foundation.design_system.api import DateInput, FileDrop
from testamur_site.foundation.tables.api import (
    CHOICES,
    ENCODINGS,
    FIELDS,
    IGNORED,
    MAX_LONG_BYTES,
    CellRefused,
    clean_email,
    clean_name,
    of_file,
)
from testamur_site.foundation.tenancy.api import new_public_id

from . import sentences
from .rules import (
    CHOSEN_REASONS,
    AwardData,
    Reason,
    Scale,
    Terms,
    Why,
    award_date,
    evidence_of,
    expiry_date,
    latest_today,
    result_value,
)

LANGUAGES = (("en", "English"), ("ko", "한국어"))


def _refused(refusal: CellRefused) -> forms.ValidationError:
    return forms.ValidationError(
        sentences.of_problem({"code": refusal.code, "facts": refusal.facts}), code=refusal.code
    )


class AwardForm(forms.Form):
    """One award. The fields for results come from the version's result descriptions."""

    name = forms.CharField(
        label=_("Name of the learner"),
        max_length=300,
        help_text=_("As it is to stand on the credential, in any script."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=300,
        help_text=_("The learner gets a mail with a link. On the credential stands only a fingerprint of the address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=LANGUAGES)
    awarded_date = forms.DateField(label=_("Award date"), widget=DateInput)
    valid_until = forms.DateField(
        label=_("Valid until"), widget=DateInput, required=False, help_text=_("Leave empty if it does not expire.")
    )
    again = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    award_again = forms.BooleanField(
        label=_("Award again"),
        required=False,
        help_text=_("Only for somebody who is to hold this micro-credential a second time."),
    )

    def __init__(self, *arguments: Any, version: AchievementVersion, scales: Sequence[Scale], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.version, self.scales = version, scales
        today = timezone.now().date()
        self.fields["again"].initial = new_public_id()
        self.fields["awarded_date"].initial = today
        if ends := expires_on(today, version.description.validity):
            self.fields["valid_until"].initial = ends
        for position, scale in enumerate(scales):
            self.fields[f"result_{position}"] = _result_field(scale)
        self.order_fields(
            ["name", "email", "language", "awarded_date", "valid_until", *(f"result_{n}" for n in range(len(scales)))]
        )
        if options.get("initial"):
            for name, value in options["initial"].items():
                if name in self.fields:
                    self.fields[name].initial = value

    def clean_name(self) -> str:
        try:
            return clean_name(self.cleaned_data["name"])
        except CellRefused as refusal:
            raise _refused(refusal) from refusal

    def clean_email(self) -> str:
        try:
            return clean_email(self.cleaned_data["email"])
        except CellRefused as refusal:
            raise _refused(refusal) from refusal

    def clean(self) -> dict[str, Any]:
        """Dates against each other, results against their scales: by the same rules as the rows of a list."""
        cleaned = super().clean() or {}
        today = latest_today(timezone.now().date())
        awarded, until = cleaned.get("awarded_date"), cleaned.get("valid_until")
        self._judge("awarded_date", lambda: award_date(awarded.isoformat(), Terms(today=today)) if awarded else None)
        self._judge("valid_until", lambda: expiry_date(until.isoformat(), awarded, today) if until else None)
        for position, scale in enumerate(self.scales):
            text = cleaned.get(f"result_{position}") or ""
            if text:
                cleaned[f"result_{position}"] = self._judge(
                    f"result_{position}", lambda scale=scale, text=text: result_value(scale, text)
                )
        return cleaned

    def _judge(self, field: str, judge: Any) -> Any:
        try:
            return judge()
        except CellRefused as refusal:
            self.add_error(field, _refused(refusal))
            return None

    def data_of(self, evidence: Iterable[Mapping[str, str]]) -> AwardData:
        """The award that the valid form describes."""
        cleaned = self.cleaned_data
        return AwardData(
            name=cleaned["name"],
            email=cleaned["email"],
            language=cleaned["language"],
            awarded_date=cleaned["awarded_date"],
            valid_until=cleaned["valid_until"],
            results=[
                {"description": scale.id, "value": cleaned[f"result_{position}"]}
                for position, scale in enumerate(self.scales)
                if cleaned.get(f"result_{position}")
            ],
            evidence=list(evidence),
        )


def _result_field(scale: Scale) -> forms.Field:
    if scale.allowed:
        choices = [("", "—"), *((value, value) for value in scale.allowed)]
        help_text = _("At least %(required)s is required.") % {"required": scale.required} if scale.required else ""
        return forms.ChoiceField(label=scale.name, choices=choices, required=False, help_text=help_text)
    help_text = ""
    if scale.minimum or scale.maximum:
        help_text = _("From %(minimum)s to %(maximum)s.") % {"minimum": scale.minimum, "maximum": scale.maximum}
        if scale.required:
            help_text = f"{help_text} " + _("At least %(required)s is required.") % {"required": scale.required}
    return forms.CharField(label=scale.name, required=False, max_length=200, help_text=help_text)


class EvidenceForm(forms.Form):
    """One piece of evidence; an empty one does not count."""

    name = forms.CharField(label=_("Title of the evidence"), max_length=200, required=False)
    url = forms.CharField(
        label=_("Address (URL)"), max_length=2000, required=False, widget=forms.URLInput(attrs={"dir": "ltr"})
    )
    description = forms.CharField(
        label=_("Description"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            cleaned["evidence"] = evidence_of(
                cleaned.get("url", ""), cleaned.get("name", ""), cleaned.get("description", "")
            )
        except CellRefused as refusal:
            self.add_error("url" if refusal.code == "evidence.address" else "description", _refused(refusal))
        return cleaned


class _EvidenceForms(BaseFormSet):
    @property
    def shown(self) -> int:
        """How many stand in the open: those that are filled in, and the first; the rest can be unfolded."""
        return max(1, self.initial_form_count())

    @property
    def errors_below(self) -> bool:
        return self.is_bound and any(form.has_changed() or form.errors for form in self.forms[self.shown :])


EvidenceFormSet = formset_factory(EvidenceForm, formset=_EvidenceForms, extra=3, max_num=10, absolute_max=10)


def evidence_from(formset: Any) -> list[dict[str, str]]:
    return [form.cleaned_data["evidence"] for form in formset if form.cleaned_data.get("evidence")]


class UploadForm(forms.Form):
    """A class list and what is said about all its rows."""

    version = forms.ChoiceField(label=_("Micro-credential"))
    file = forms.FileField(
        label=_("Class list"),
        widget=FileDrop(accept=".csv,.tsv,.txt,.xlsx"),
        help_text=_(
            "CSV or XLSX, up to 10 MB and 20,000 rows; CSV in UTF-8 up to a million rows. Needed are a name and an e-mail address. "
            "A long list is read in the background, and the page shows how far that is."
        ),
        allow_empty_file=True,
    )
    default_date = forms.DateField(
        label=_("Award date for rows without one"),
        widget=DateInput,
        required=False,
        initial=lambda: timezone.now().date(),
    )
    language = forms.ChoiceField(label=_("Language of the mail, for rows without one"), choices=LANGUAGES)
    encoding = forms.ChoiceField(
        label=_("Encoding of a CSV file"),
        required=False,
        choices=[("", _("Find out by itself")), *((name, _(ENCODINGS[name])) for name in CHOICES)],
        help_text=_("Only if names come out wrong in the dry run."),
    )
    award_again = forms.BooleanField(
        label=_("Award again"),
        required=False,
        help_text=_("Also award those who hold this micro-credential already. Normally they are left alone."),
    )

    def __init__(self, *arguments: Any, versions: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.versions = {version.public_id: version for version in versions}
        self.fields["version"].choices = [(key, version.title) for key, version in self.versions.items()]

    def clean_version(self) -> AchievementVersion:
        return self.versions[self.cleaned_data["version"]]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_LONG_BYTES:
            raise forms.ValidationError(of_file("table.too_large", {"limit": MAX_LONG_BYTES // 1024 // 1024}, gettext))
        return file

    def clean_default_date(self) -> date | None:
        day = self.cleaned_data["default_date"]
        if day is not None and day > latest_today(timezone.now().date()):
            raise forms.ValidationError(
                sentences.of_problem({"code": "date.future", "facts": {"value": day.isoformat()}})
            )
        return day


UNUSED = "unused"


def _first_cells(samples: Sequence[Sequence[str]], position: int) -> str:
    """What stands first in a column of a list, each in its own direction of writing: by that it is known, whatever its heading."""
    cells = [row[position] for row in samples if position < len(row)]
    return format_html_join(" · ", "<bdi>{}</bdi>", ((Truncator(cell).chars(40),) for cell in cells if cell.strip()))


class ColumnsForm(forms.Form):
    """Which column is what: one choice for each column of the list."""

    default_date = UploadForm.base_fields["default_date"]
    award_again = UploadForm.base_fields["award_again"]

    def __init__(
        self,
        *arguments: Any,
        header: Sequence[str],
        columns: Sequence[str],
        results: Sequence[str],
        samples: Sequence[Sequence[str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        choices = [
            (UNUSED, _("not used")),
            *((field, sentences.FIELDS[field]) for field in FIELDS),
            *((f"result:{position}", name) for position, name in enumerate(results)),
        ]
        self.columns = []
        for position, (head, column) in enumerate(zip(header, columns, strict=True)):
            label = head or _("Column %(number)s (no heading)") % {"number": position + 1}
            name = f"column_{position}"
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=choices,
                initial=UNUSED if column in ("", IGNORED) else column,
                help_text=_first_cells(samples, position),
            )
            self.columns.append(name)
        self.order_fields([*self.columns, "default_date", "award_again"])

    clean_default_date = UploadForm.clean_default_date

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [cleaned.get(name) for name in self.columns]
        for name in self.columns:
            field = cleaned.get(name)
            if field not in (None, UNUSED) and not field.startswith("evidence_") and chosen.count(field) > 1:
                self.add_error(name, _("Two columns cannot be the same. Leave one of them unused."))
        return cleaned

    def mapping(self) -> list[str]:
        """One field a column, as `rules.evaluate` takes them."""
        chosen = (self.cleaned_data[name] for name in self.columns)
        return ["" if field == UNUSED else field for field in chosen]


class ReasonForm(forms.Form):
    """Why something is revoked, suspended or undone."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", "—"), *((reason.value, sentences.REASONS[reason]) for reason in CHOSEN_REASONS)],
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For your own records. It is not published."),
    )
    evidence = forms.CharField(
        label=_("Where the evidence lies"),
        required=False,
        max_length=300,
        help_text=_("For example the number of a file or a minute. For your own records."),
    )

    def chosen(self) -> Why:
        values = self.cleaned_data
        return Why(Reason(values["reason"]), values["note"], values["evidence"])

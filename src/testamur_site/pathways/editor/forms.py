"""The form of one requirement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from testamur.pathways import NotAProgramme
from testamur.pathways.dates import duration

from ..presentation import reader_language
from .presentation import KINDS
from .shapes.facts import COMPARISONS, SEVERAL
from .shapes.measures import ALIKE
from .shapes.requirement import OWN
from .shapes.values import of_lines

_GROUPS, _LEAVES = ("all", "any", "choose"), ("take", "each")
ATTRIBUTES: dict[str, Any] = {
    "issuer": _("Institution"),
    "language": _("Language of instruction"),
    "term": _("Term"),
    "mode": _("Form of participation"),
    "type": _("Type of credential"),
    "category": _("Field or keyword"),
    "year": _("Year of the award"),
    "achievement": _("Micro-credential"),
}
HOW: dict[str, Any] = {
    "is": _("is"),
    "is_not": _("is not"),
    "at_least": _("is at least"),
    "at_most": _("is at most"),
    "more_than": _("is more than"),
    "less_than": _("is less than"),
    "from": _("is this day or later"),
    "until": _("is this day or earlier"),
    "after": _("is after this day"),
    "before": _("is before this day"),
}
_DAYS: dict[str, Any] = {
    "started": _("the beginning"),
    "completed": _("the completion"),
    "enrolled": _("the enrolment"),
    "awarded": _("the award"),
}
_CODE = {"rows": 3, "spellcheck": "false", "autocapitalize": "off", "class": "code", "dir": "ltr"}


class Lines(forms.CharField):
    """Several texts, one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"required": False, "max_length": 40_000, "widget": forms.Textarea(attrs={"rows": 2}), **options}
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


class Code(forms.CharField):
    """Lines of the language, kept as they were typed. `values` are read by `shapes.values.of_lines`; mistakes are said with their line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"required": False, "max_length": 100_000, "widget": forms.Textarea(attrs=dict(_CODE)), **options}
        )

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        try:
            self.read(text)
        except NotAProgramme as error:
            raise ValidationError(said_mistakes(error)) from error
        return text

    @staticmethod
    def read(text: str) -> Any:
        return of_lines(text)


def said_mistakes(error: NotAProgramme) -> list[ValidationError]:
    """The mistakes in the reader's language, each with its line."""
    language = reader_language()
    return [
        ValidationError(
            _("Line %(line)s: %(message)s"),
            params={"line": one.line, "message": one.fault.said(language)},
            code=one.fault.code,
        )
        for one in error.mistakes[:20]
    ]


def as_time(text: str) -> str:
    """A time as it was typed. Raises ValidationError for what is none."""
    text = text.strip()
    if text:
        try:
            duration(text)
        except ValueError as error:
            raise ValidationError(_("Write a time, as “5 years”, “18 months” or “30 days”.")) from error
    return text


def _number(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(**{"label": label, "min_value": 1, "max_value": 500, "required": False, **options})


def _size(label: Any, **options: Any) -> forms.DecimalField:
    least = Decimal("0.01")
    return forms.DecimalField(
        **{"label": label, "min_value": least, "max_value": 10_000, "decimal_places": 2, "required": False, **options}
    )


def _text(label: Any, longest: int = 200, **options: Any) -> forms.CharField:
    return forms.CharField(**{"label": label, "max_length": longest, "required": False, **options})


def _one_of(label: Any, choices: Iterable[tuple[str, Any]], **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(**{"label": label, "choices": [("", "—"), *choices], "required": False, **options})


class RequirementForm(forms.Form):
    """What the form can say of a requirement. Fields that do not belong to its kind, or of which the text says more than they can show
    (`rest`: then it stands in `further`), are not there."""

    title_en = _text(_("Title in English"), 2_000)
    title_ko = _text(_("Title in Korean"), 2_000)
    kind = forms.ChoiceField(label=_("What it takes"), widget=forms.RadioSelect)
    at_least = _number(_("At least how many of these"))
    at_most = _number(_("At most how many count"), help_text=_("Empty: no limit."))
    achievement = forms.MultipleChoiceField(
        label=_("Chosen micro-credentials"), required=False, widget=forms.CheckboxSelectMultiple
    )
    count = _number(_("Least number of credentials"))
    count_most = _number(_("Most credentials that count"), help_text=_("Empty: no limit."))
    credits = _size(_("Least credits"))
    credits_most = _size(_("Most credits that count"), help_text=_("Empty: no limit."))
    unit = _text(_("Unit of the credits"), help_text=_("Only where it is not the programme's: ECTS, for example."))
    issuer = forms.BooleanField(label=_("Only credentials of this institution"), required=False)
    category = Lines(label=_("Only of a field or keyword"), help_text=_("One a line: any of them will do."))
    skill = Lines(label=_("Only with a skill"), help_text=_("Its address (ESCO, for example), one a line."))
    level_of = _text(_("Framework of the level"), help_text=_("EQF, for example."))
    level_least = _text(_("Least level"))
    grade_of = _text(_("Scale of the grade"), help_text=_("percent, or a scale that the text defines under “scales”."))
    grade_least = _text(_("Least grade"))
    version_least = _text(
        _("Least version"),
        20,
        help_text=_("Only this version of the micro-credential and later ones. Empty: as the whole says."),
    )
    recent = _text(_("Awarded within the last"), 40, help_text=_("A time: 5 years, 18 months."))
    residency = forms.DecimalField(
        label=_("Least share from this institution, in per cent"),
        min_value=1,
        max_value=100,
        decimal_places=1,
        required=False,
    )
    transfer_cap = _size(_("Most credits that were transferred"), min_value=0)
    prior_cap = _size(_("Most credits of recognised prior learning"), min_value=0)
    shares = _one_of(
        _("Pool"),
        (),
        help_text=_("A credential that counts here may count in other requirements of the same pool too."),
    )
    divisible = forms.BooleanField(label=_("A part of a credential may count"), required=False)
    distinct_of = _one_of(_("From different ones"), (), help_text=_("For example from at least two institutions."))
    distinct_least = _number(_("At least so many different ones"))
    distinct_most = _number(_("At most so many different ones"), help_text=_("Empty: no limit."))
    same = forms.MultipleChoiceField(label=_("All alike in"), required=False, widget=forms.CheckboxSelectMultiple)
    mean_of = _text(
        _("Scale of the mean"), help_text=_("percent, or a scale with points that the text defines under “scales”.")
    )
    mean_least = _size(_("Least mean"))
    mean_weights = _one_of(
        _("How the mean is weighted"),
        (("credits", _("by credits")), ("equal", _("all alike"))),
        help_text=_("Empty: by credits."),
    )
    mean_over = _one_of(
        _("Mean of what"),
        (("counted", _("of what counts here")), ("held", _("of all that the person holds"))),
        help_text=_("Empty: of what counts here."),
    )
    within_period = _text(_("All within a time"), 40, help_text=_("From the first to the last: 2 years, 18 months."))
    within_from = _one_of(_("Counted from"), _DAYS.items(), help_text=_("Empty: from the beginning of the first."))
    within_to = _one_of(_("Counted to"), _DAYS.items(), help_text=_("Empty: to the award of the last."))
    after = forms.MultipleChoiceField(
        label=_("Counts only after"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What counts here is begun only once these requirements are met."),
    )
    fact_name = _text(
        _("Which fact"), required=True, help_text=_("The name by which the institution states it: semesters, fee_paid.")
    )
    fact_how = forms.ChoiceField(label=_("How it compares"), choices=[(key, HOW[key]) for key in COMPARISONS])
    fact_value = Lines(
        label=_("Value"),
        required=True,
        help_text=_(
            "A number, a word, true or false, or a day: 2026-03-01. Several, one a line, where one of them must match."
        ),
    )
    refer = forms.BooleanField(label=_("Where it is not met, a person decides"), required=False)
    refer_to = _text(_("Who decides then"), help_text=_("An office, for example the records office."))
    further = Code(
        label=_("What else it says, as text"),
        help_text=_(
            "What has no field of its own. Written as in the text, one line for each. Comments in it are lost if you change it."
        ),
    )

    def __init__(
        self,
        *arguments: Any,
        kind: str,
        rest: Sequence[str],
        choices: Sequence[tuple[str, str]],
        after: Sequence[tuple[str, str]],
        pools: Sequence[str] = (),
        seen: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        seen = seen or {}
        is_group = kind in _GROUPS
        kinds = _GROUPS if is_group else _LEAVES if kind in _LEAVES else (kind,)
        self._choices("kind", [(each, KINDS[each]) for each in kinds])
        self._choices("achievement", choices)
        self._choices("after", _with(after, seen.get("after", ())))
        names = [(name, ATTRIBUTES[name]) for name in ALIKE]
        self._choices("same", _with(names, seen.get("same", ())))
        self._choices("distinct_of", [("", "—"), *_with(names, [seen.get("distinct_of", "")])])
        used = _with([(name, name) for name in pools], [seen.get("shares", "")])
        self._choices("shares", [("", "—"), *used])
        gone = {field for each in rest for field in _LEFT.get(each, ())}
        if kind == "condition":
            gone = set(self.fields) - {"title_en", "title_ko", *_FACT, "further"}
            if "condition" in rest:
                gone |= {"fact_name", "fact_how", "fact_value"}
        else:
            gone |= set(_FACT)
        gone |= {"at_least", "at_most"} if not is_group or "choose" in rest else set()
        if is_group:
            gone |= _OF_LEAVES
        if "choose" in rest:
            self.fields["kind"].required = False
        if not used:
            gone.add("shares")
        for name in gone:
            self.fields.pop(name, None)
        if not self.fields.get("after") or not self.fields["after"].choices:  # type: ignore[attr-defined]
            self.fields.pop("after", None)
        if not choices:
            self.fields.pop("achievement", None)

    def _choices(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_recent(self) -> str:
        return as_time(self.cleaned_data["recent"])

    def clean_within_period(self) -> str:
        return as_time(self.cleaned_data["within_period"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("kind") == "choose" and not values.get("at_least") and "at_least" in self.fields:
            self.add_error("at_least", _("Say how many."))
        if values.get("kind") == "each" and "achievement" in self.fields and not values.get("achievement"):
            self.add_error("achievement", _("Choose at least one, or ask for a number of credentials."))
        for least, of, sentence in (
            ("level_least", "level_of", _("Name the framework.")),
            ("grade_least", "grade_of", _("Name the scale.")),
            ("mean_least", "mean_of", _("Name the scale.")),
            ("mean_of", "mean_least", _("Say the least mean.")),
            ("distinct_least", "distinct_of", _("Say in what they differ.")),
            ("distinct_most", "distinct_of", _("Say in what they differ.")),
        ):
            if values.get(least) and not values.get(of) and of in self.fields and of not in self.errors:
                self.add_error(of, sentence)
        if values.get("distinct_of") and not (values.get("distinct_least") or values.get("distinct_most")):
            self.add_error("distinct_least", _("Say how many."))
        for name in ("count", "credits"):
            if values.get(name) and values.get(f"{name}_most") and values[name] > values[f"{name}_most"]:
                self.add_error(f"{name}_most", _("This is less than the least."))
        if len(values.get("fact_value") or ()) > 1 and values.get("fact_how") not in SEVERAL:
            self.add_error("fact_value", _("Here one value is compared."))
        return values

    def fields_now(self, seen: Mapping[str, Any]) -> dict[str, Any]:
        """What is to stand there: `seen` with what the form says."""
        now = {**seen, **{key: _as_before(seen.get(key), _plain(value)) for key, value in self.cleaned_data.items()}}
        now["kind"] = now.get("kind") or seen["kind"]
        if "issuer" in self.fields:
            now["issuer"] = OWN if self.cleaned_data.get("issuer") else None
        for key in ("at_least", "at_most"):
            now[key] = int(now[key]) if now.get(key) else None
        return now

    @property
    def after_finding(self) -> str:
        """The first field behind those for which micro-credentials are searched: there the search stands."""
        return next((name for name in _HEADINGS[4][1] if name in self.fields), "further")

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField], bool, bool]]:
        """The fields under headings; whether the part can be folded, and whether it is: where nothing stands in it."""
        found = [(heading, [self[name] for name in names if name in self.fields]) for heading, names in _HEADINGS]
        return [
            (heading, fields, heading in _RARE, not any(bound.value() or bound.errors for bound in fields))
            for heading, fields in found
            if fields
        ]


_FACT = ("fact_name", "fact_how", "fact_value", "refer", "refer_to")
_OF_LEAVES = {
    "achievement", "issuer", "category", "skill", "level_of", "level_least", "grade_of", "grade_least", "version_least", "recent", "shares",
    "divisible",
}  # fmt: skip
_LEFT: dict[str, tuple[str, ...]] = {
    **{f"from: {key}": (key,) for key in ("achievement", "category", "skill", "issuer")},
    "from: awarded": ("recent",),
    "from: version": ("version_least",),
    "from: level": ("level_of", "level_least"),
    "from: grade": ("grade_of", "grade_least"),
    "credits": ("credits", "credits_most"),
    "count": ("count", "count_most"),
    "distinct": ("distinct_of", "distinct_least", "distinct_most"),
    "mean: scale": ("mean_of", "mean_least", "mean_weights", "mean_over"),
    "within": ("within_period", "within_from", "within_to"),
    **{key: (key,) for key in ("unit", "after", "same", "shares", "divisible")},
}
"""The fields that cannot be shown, by the name of what is shown as text in their place."""
_HEADINGS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Title"), ("title_en", "title_ko")),
    (_("The fact"), ("fact_name", "fact_how", "fact_value", "refer", "refer_to")),
    (_("How many"), ("kind", "at_least", "at_most", "count", "count_most", "credits", "credits_most", "unit")),
    (_("Which micro-credentials"), ("achievement",)),
    (
        _("Which credentials fit"),
        ("issuer", "category", "skill", "level_of", "level_least", "grade_of", "grade_least", "version_least", "recent"),
    ),
    (_("Limits"), ("residency", "transfer_cap", "prior_cap", "shares", "divisible")),
    (
        _("All that counts together"),
        ("distinct_of", "distinct_least", "distinct_most", "mean_of", "mean_least", "mean_weights", "mean_over", "same",
         "within_period", "within_from", "within_to"),
    ),
    (_("Order"), ("after",)),
    (_("Anything else"), ("further",)),
)  # fmt: skip


_RARE = tuple(heading for heading, names in _HEADINGS if names[0] in ("residency", "distinct_of", "after", "further"))


def _with(choices: Sequence[tuple[str, Any]], names: Iterable[str]) -> list[tuple[str, Any]]:
    """The choices, with those added that the text names and nobody offers."""
    known = {key for key, _said in choices}
    return [*choices, *((name, name) for name in names if name and name not in known)]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_before(before: Any, now: Any) -> Any:
    """A number that is the same is written as it was: 3.50 stays 3.50."""
    if isinstance(before, str) and isinstance(now, str) and before != now:
        try:
            return before if Decimal(before) == Decimal(now) else now
        except InvalidOperation:
            return now
    return now

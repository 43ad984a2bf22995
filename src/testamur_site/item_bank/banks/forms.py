from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from testamur.assessment.adaptive.items import GREATEST_A, GREATEST_B, LEAST_A
from testamur_site.foundation.design_system.api import FileDrop, LineField

from ..models import Item, ItemBank
from ..rules import LANGUAGES, MAX_TEXT, ItemData, ItemKind, faults
from ..sentences import FAULTS, KINDS
from .tables import MAX_BYTES

_AREA = re.compile(r"\s*(?P<area>[^:\n]{1,60}?)\s*(?::\s*(?P<weight>[0-9]{1,3}(?:[.,][0-9]{1,2})?)\s*%?)?\s*\Z")


class BankForm(forms.Form):
    """The settings of a bank; `values()` gives them after `is_valid()`."""

    title = LineField(label=_("Title"), max_length=200)
    description = forms.CharField(
        label=_("What it measures"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For colleagues. Learners do not see it."),
    )
    minimum = forms.IntegerField(label=_("Fewest questions"), min_value=1, max_value=100)
    maximum = forms.IntegerField(label=_("Most questions"), min_value=1, max_value=100)
    standard_error = forms.FloatField(
        label=_("Precise enough at a standard error of"),
        min_value=0.1,
        max_value=1,
        help_text=_("0.35 takes about 17 questions of a good bank, 0.30 about 25."),
    )
    exposure = forms.IntegerField(
        label=_("At most so many per cent of the tests ask one question"),
        min_value=5,
        max_value=100,
        help_text=_("The lower, the later a question becomes known; the bank must be larger."),
    )
    minutes = forms.IntegerField(
        label=_("Minutes for the whole test"),
        required=False,
        min_value=1,
        max_value=480,
        help_text=_("Leave it empty if there is no limit. Some people need more time; give it to everybody."),
    )
    seconds_each = forms.IntegerField(
        label=_("Seconds for one question"),
        required=False,
        min_value=10,
        max_value=3600,
        help_text=_("Leave it empty if there is no limit."),
    )
    areas = forms.CharField(
        label=_("Content areas"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line with its share, for example “percent: 2”. Leave it empty if areas do not matter."),
    )

    def __init__(self, *arguments: Any, bank: ItemBank | None = None, **options: Any) -> None:
        bank = bank or ItemBank()
        initial = {name: getattr(bank, name) for name in self.base_fields if name not in ("areas", "exposure")}
        initial["exposure"] = round(bank.exposure * 100)
        initial["areas"] = "\n".join(f"{area}: {weight:g}" for area, weight in bank.areas.items())
        super().__init__(*arguments, **options, initial=initial)

    def clean_areas(self) -> dict[str, float]:
        areas: dict[str, float] = {}
        for line in self.cleaned_data["areas"].splitlines():
            if not line.strip():
                continue
            found = _AREA.match(line)
            if found is None or found["area"] in areas:
                raise forms.ValidationError(gettext("Please write each area once, as “name: share”."))
            areas[found["area"]] = float((found["weight"] or "1").replace(",", "."))
        if areas and not any(areas.values()):
            raise forms.ValidationError(gettext("At least one area needs a share."))
        if len(areas) > 20:
            raise forms.ValidationError(gettext("At most twenty areas, please."))
        return areas

    def clean(self) -> Mapping[str, Any]:
        least, most = (self.cleaned_data.get(name) for name in ("minimum", "maximum"))
        if least is not None and most is not None and least > most:
            self.add_error("maximum", gettext("This is less than the fewest."))
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "exposure": self.cleaned_data["exposure"] / 100}


class ItemForm(forms.Form):
    """One item; `data_of()` gives it after `is_valid()`."""

    key = LineField(label=_("Name"), max_length=40, help_text=_("For colleagues and tables, such as “percent-01”."))
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()), widget=forms.RadioSelect)
    text_en = forms.CharField(
        label=_("Question in English"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    text_ko = forms.CharField(
        label=_("Question in Korean"), required=False, max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    options_en = forms.CharField(
        label=_("Options in English"),
        required=False,
        max_length=4500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, two to eight. They are shown in another order to everybody."),
    )
    options_ko = forms.CharField(
        label=_("Options in Korean"),
        required=False,
        max_length=4500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The same ones in the same order."),
    )
    right = forms.IntegerField(
        label=_("Number of the right option"), required=False, min_value=1, max_value=8, help_text=_("Counted from 1.")
    )
    answer = forms.CharField(label=_("Right number"), required=False, max_length=40)
    tolerance = forms.CharField(
        label=_("Tolerance"), required=False, max_length=40, help_text=_("So far off is still right. Empty: exactly.")
    )
    area = LineField(label=_("Content area"), required=False, max_length=60)
    a = forms.FloatField(
        label=_("Discrimination (a)"),
        min_value=LEAST_A,
        max_value=GREATEST_A,
        help_text=_("How sharply it tells those who can from those who cannot. If you do not know, leave 1."),
    )
    b = forms.FloatField(
        label=_("Difficulty (b)"),
        min_value=-GREATEST_B,
        max_value=GREATEST_B,
        help_text=_("0: half of all learners answer it; 1: about a quarter; -1: about three quarters."),
    )
    source = LineField(
        label=_("Where the parameters come from"),
        required=False,
        max_length=200,
        help_text=_(
            "Such as “field trial 2026, n = 412”. Leave it empty while they are a guess: then they are provisional."
        ),
    )

    def __init__(self, *arguments: Any, item: Item | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options, initial=_initial(item))
        if item is not None:
            self.fields["key"].disabled = True

    def clean(self) -> Mapping[str, Any]:
        if not self.errors:
            for name, code in faults(self.data_of()).items():
                self.refuse(name, code)
        return self.cleaned_data

    def refuse(self, name: str, code: str) -> None:
        """Say at its field what a rule or a service refused."""
        place = {"text": "text_en", "options": "options_en"}.get(name, name)
        self.add_error(place, str(FAULTS[code]))

    def data_of(self) -> ItemData:
        said = self.cleaned_data
        lines = {tag: said[f"options_{tag}"].strip().splitlines() for tag in LANGUAGES}
        count = max(map(len, lines.values()))
        choice = said["kind"] == ItemKind.CHOICE
        return ItemData(
            key=said["key"],
            kind=said["kind"],
            area=said["area"],
            text={tag: text for tag in LANGUAGES if (text := said[f"text_{tag}"].replace("\r\n", "\n").strip())},
            options=[
                {tag: options[place].strip() for tag, options in lines.items() if place < len(options)}
                for place in range(count if choice else 0)
            ],
            right=said["right"] - 1 if choice and said["right"] else None,
            answer="" if choice else said["answer"].strip(),
            tolerance="" if choice else said["tolerance"].strip(),
            a=said["a"],
            b=said["b"],
            source=said["source"],
        )


class TableForm(forms.Form):
    """A table of items."""

    table = forms.FileField(label=_("Table (CSV)"), widget=FileDrop(accept=".csv,text/csv"))

    def clean_table(self) -> bytes:
        upload = self.cleaned_data["table"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(gettext("The table is larger than %(n)s MB.") % {"n": MAX_BYTES // 1_000_000})
        return bytes(upload.read())


def _initial(item: Item | None) -> dict[str, Any]:
    if item is None:
        return {"kind": ItemKind.CHOICE, "a": 1, "b": 0}
    return {
        **{name: getattr(item, name) for name in ("key", "kind", "area", "answer", "tolerance", "a", "b", "source")},
        "right": None if item.right is None else item.right + 1,
        **{f"text_{tag}": item.text.get(tag, "") for tag in LANGUAGES},
        **{f"options_{tag}": "\n".join(option.get(tag, "") for option in item.options).strip() for tag in LANGUAGES},
    }

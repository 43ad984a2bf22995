"""Form fields whose values are the values of a description: language maps, concepts, durations, links.

Each works without JavaScript. What a field cannot express it must keep: a concept that is in none of our lists stays choosable as
long as it stands in the description (`offer`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.design_system.api import one_line

from ..description.checks import is_decimal, is_link
from ..description.duration import hours_as_duration, parse_duration
from ..description.vocabulary import Concept, Vocabulary, in_language
from ..public.presentation import language_name, term

MAX_WORDS = 10_000


def _clean_text(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if "\x00" in text:
        raise ValidationError(_("The text contains a character that cannot be stored."), code="character")
    return text


class WordsWidget(forms.Widget):
    """One input for each language, each with its label."""

    template_name = "catalogue/design/words.html"
    use_fieldset = True

    def __init__(self, *, lines: int = 1) -> None:
        super().__init__()
        self.lines = lines
        self.languages: tuple[str, ...] = ("en",)

    def value_from_datadict(self, data: Mapping[str, Any], _files: Any, name: str) -> dict[str, str]:
        return {language: data.get(f"{name}_{language}", "") for language in self.languages}

    def value_omitted_from_data(self, data: Mapping[str, Any], _files: Any, name: str) -> bool:
        return not any(f"{name}_{language}" in data for language in self.languages)

    def id_for_label(self, _id: str) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        base = context["widget"]["attrs"].pop("id", None) or f"id_{name}"
        value = value if isinstance(value, Mapping) else {}
        context["inputs"] = [
            {
                "language": language,
                "label": language_name(language),
                "name": f"{name}_{language}",
                "id": f"{base}_{language}",
                "value": value.get(language, ""),
            }
            for language in self.languages
        ]
        context["lines"] = self.lines
        context["invalid"] = context["widget"]["attrs"].get("aria-invalid") == "true"
        return context


class WordsField(forms.Field):
    """A language map without empty entries. `required` asks for one language at least."""

    widget = WordsWidget

    def __init__(self, *, lines: int = 1, max_length: int = 300, required: bool = False, **kwargs: Any) -> None:
        super().__init__(widget=WordsWidget(lines=lines), required=required, **kwargs)
        self.max_length = max_length

    def write_in(self, languages: tuple[str, ...]) -> None:
        self.widget.languages = languages

    def clean(self, value: Any) -> dict[str, str]:
        clean = one_line if self.widget.lines == 1 else _clean_text
        words = {language: clean(str(text)) for language, text in (value or {}).items()}
        words = {language: text for language, text in words.items() if text}
        for language, text in words.items():
            if len(text) > self.max_length:
                raise ValidationError(
                    _("%(language)s: at most %(limit)s characters, there are %(count)s."),
                    code="max_length",
                    params={"language": language_name(language), "limit": self.max_length, "count": len(text)},
                )
        if self.required and not words:
            raise ValidationError(_("Please write this in at least one language."), code="required")
        return words

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _filled(initial) != _filled(data)


def _filled(words: Any) -> dict[str, str]:
    return {language: str(text).strip() for language, text in (words or {}).items() if str(text).strip()}


def _key(concept: Concept) -> str:
    """How a concept is named in a form: by its address, or by its words where it has none."""
    return concept.uri or f"~{in_language(concept.label, 'en')}"


class ConceptWidget(forms.MultiWidget):
    template_name = "catalogue/design/concept.html"
    use_fieldset = False

    def __init__(self, *, own_words: bool) -> None:
        self.own_words = own_words
        parts: dict[str, Any] = {"": forms.Select()}
        if own_words:
            parts["own"] = forms.TextInput(attrs={"maxlength": 200})
        super().__init__(parts)

    def decompress(self, value: Any) -> list[Any]:
        return [_key(value) if isinstance(value, Concept) else value or "", ""]

    def id_for_label(self, id_: str) -> str:
        return id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        # The list bears the field's own id, so that labels, error summaries and the links of the meter find it.
        if identifier := context["widget"]["attrs"].get("id"):
            context["widget"]["subwidgets"][0]["attrs"]["id"] = identifier
        return context


class ConceptField(forms.Field):
    """A term of a vocabulary, one that the description has already, or the institution's own words; None when empty."""

    def __init__(self, vocabulary: Vocabulary, *, own_words: bool = False, **kwargs: Any) -> None:
        super().__init__(widget=ConceptWidget(own_words=own_words), required=False, **kwargs)
        self.vocabulary = vocabulary
        self.own_words = own_words
        self.language = "en"
        self.offer(())

    def offer(self, known: Iterable[Concept]) -> None:
        """Let the concepts of the description that fit this list be chosen too."""
        # What is stored wins over our own wording of the same term: saving a form must not rewrite what was imported.
        listed = {_key(concept): concept for concept in self.vocabulary}
        self.known = listed | {_key(c): c for c in known if c.scheme == self.vocabulary.scheme or _key(c) in listed}
        self._list()

    def include(self, concept: Concept | None) -> None:
        """Let one more concept be chosen, whatever list it is from: the one that is stored in this very place."""
        if isinstance(concept, Concept):
            self.known[_key(concept)] = concept
            self._list()

    def _list(self) -> None:
        language = (get_language() or "en").split("-")[0]
        choices = [("", "—"), *((key, term(concept, language)) for key, concept in self.known.items())]
        self.widget.widgets[0].choices = choices

    def clean(self, value: Any) -> Concept | None:
        chosen, own = [*(value or []), "", ""][:2]
        own = one_line(str(own or ""))
        if own and self.own_words:
            return Concept("", {self.language: own[:200]})
        if not chosen:
            return None
        if chosen not in self.known:
            raise ValidationError(_("Please choose from the list."), code="invalid_choice")
        return self.known[chosen]

    def has_changed(self, initial: Any, data: Any) -> bool:
        chosen, own = [*(data or []), "", ""][:2]
        return (_key(initial) if isinstance(initial, Concept) else "") != (chosen or "") or bool(own)


class ConceptsWidget(forms.SelectMultiple):
    """Some selects, one of them empty: saving gives the next. Better by keyboard and on a phone than one long multiple list."""

    template_name = "catalogue/design/concepts.html"
    use_fieldset = True

    def id_for_label(self, _id: str, _index: str | None = None) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = [v for v in (value or []) if v]
        context["chosen"] = [*chosen, ""]
        context["options"] = [(str(key), label) for key, label in self.choices]
        return context


class ConceptsField(forms.Field):
    """Some terms of a vocabulary, in the order given. `boxes` draws a checkbox for each term: for short lists."""

    def __init__(self, vocabulary: Vocabulary, *, boxes: bool = False, **kwargs: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple() if boxes else ConceptsWidget(), required=False, **kwargs)
        self.vocabulary = vocabulary
        self.boxes = boxes
        self.include_all(())

    def offer(self, known: Iterable[Concept]) -> None:
        self.include_all(c for c in known if c.scheme == self.vocabulary.scheme)

    def include_all(self, concepts: Iterable[Concept]) -> None:
        self.known = {_key(concept): concept for concept in (*self.vocabulary, *concepts)}
        language = (get_language() or "en").split("-")[0]
        choices = [(key, term(concept, language)) for key, concept in self.known.items()]
        self.widget.choices = choices if self.boxes else [("", "—"), *choices]

    def prepare_value(self, value: Any) -> Any:
        return [_key(item) if isinstance(item, Concept) else item for item in value or ()]

    def clean(self, value: Any) -> tuple[Concept, ...]:
        chosen = list(dict.fromkeys(str(key) for key in value or () if key))
        if any(key not in self.known for key in chosen):
            raise ValidationError(_("Please choose from the list."), code="invalid_choice")
        return tuple(self.known[key] for key in chosen)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [k for k in self.prepare_value(initial) if k] != [k for k in (data or []) if k]


class PlainField(forms.CharField):
    """Short text in no particular language."""

    def __init__(self, *, max_length: int = 300, required: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, required=required, **kwargs)


class LinkField(PlainField):
    """An absolute http(s) address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2000, widget=forms.URLInput(attrs={"placeholder": "https://"}), **kwargs)

    def clean(self, value: Any) -> str:
        link = super().clean(value)
        if link and not is_link(link):
            raise ValidationError(_("Please enter a whole web address that begins with https://."), code="link")
        return str(link)


class NumberField(PlainField):
    """A decimal number as text, written with a point or a comma."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=9, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}), **kwargs
        )

    def clean(self, value: Any) -> str:
        number = str(super().clean(value)).replace(",", ".")
        if number and not is_decimal(number):
            raise ValidationError(
                _("Please enter a number with at most two decimal places, for example 2 or 2.5."), code="number"
            )
        return number


class HoursField(PlainField):
    """Hours of work as an ISO 8601 duration: `60`, `7.5` or `PT60H`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        duration = parse_duration(value) if isinstance(value, str) else None
        if duration is None or duration.calendar or duration.minutes:
            return value  # `P60M` is shown as it is, so that it can be seen and mended
        return f"{duration.hours.normalize():f}"

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if not text:
            return ""
        try:
            return hours_as_duration(text)
        except ValueError as error:
            raise ValidationError(_("Please enter hours as a number, for example 60 or 7.5."), code="hours") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "").strip()


_UNITS = (("M", _("months")), ("Y", _("years")), ("W", _("weeks")), ("D", _("days")))


class PeriodWidget(forms.MultiWidget):
    template_name = "catalogue/design/period.html"
    use_fieldset = True

    def __init__(self) -> None:
        number = forms.TextInput(attrs={"inputmode": "numeric", "class": "short"})
        super().__init__({"number": number, "unit": forms.Select(choices=_UNITS)})

    def decompress(self, value: Any) -> list[Any]:
        duration = parse_duration(value) if isinstance(value, str) else None
        if duration is None or duration.hours or duration.minutes:
            return [value or "", "M"]
        if duration.years and not (duration.months or duration.weeks or duration.days):
            return [duration.years, "Y"]
        months = 12 * duration.years + duration.months
        given = [(months, "M"), (duration.weeks, "W"), (duration.days, "D")]
        one = [(number, unit) for number, unit in given if number]
        return list(one[0]) if len(one) == 1 else [value, "M"]

    def id_for_label(self, _id: str) -> str:
        return ""


class PeriodField(forms.MultiValueField):
    """A length of calendar time as an ISO 8601 duration: a whole number and its unit, or a duration that is written out."""

    def __init__(self, **kwargs: Any) -> None:
        fields = (forms.CharField(required=False, max_length=20), forms.ChoiceField(choices=_UNITS, required=False))
        super().__init__(fields, widget=PeriodWidget(), required=False, require_all_fields=False, **kwargs)

    def compress(self, data_list: Any) -> str:
        number, unit = [*(str(part or "").strip() for part in data_list or ()), "", ""][:2]
        if not number:
            return ""
        if parse_duration(number.upper()):
            return number.upper()
        if not (number.isascii() and number.isdigit() and 0 < int(number) < 1000):
            raise ValidationError(_("Please enter a whole number, for example 6."), code="period")
        return f"P{int(number)}{unit or 'M'}"

"""How forms are drawn: set FORM_RENDERER to the renderer here and `{{ form }}` looks right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

# Explicit embeddings, overrides and isolates (Unicode UAX #9 §2). Names need none of them: Arabic and Hebrew letters carry their
# direction themselves. With them one name can be made to look like another.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    """`text` as one line with single spaces, for names and titles: they stand in subjects of mails, in headings and in lists, where a
    line break would begin something else. Raises ValidationError (code "direction_marks" or "character")."""
    line = " ".join(text.split())
    if any(character in _DIRECTION_MARKS for character in line):
        raise ValidationError(
            _(
                "The text holds invisible marks that change the direction of writing. Type it again instead of copying it."
            ),
            code="direction_marks",
        )
    if any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in line):
        raise ValidationError(_("The text contains a character that cannot be stored."), code="character")
    return line


class LineField(forms.CharField):
    """A name or a title. A browser sends one line for a text input; a program may send anything."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value if value in self.empty_values else one_line(value)


class Renderer(DjangoTemplates):
    """Django's own widgets inside our field: label, help, control, error, and a summary of errors above all."""

    form_template_name = "design_system/forms/form.html"
    formset_template_name = "design_system/forms/formset.html"
    field_template_name = "design_system/forms/field.html"


class FileDrop(forms.ClearableFileInput):
    """A file button that JavaScript turns into a place to drop a file. `accept` as in HTML: ".csv,.xlsx"."""

    template_name = "design_system/forms/file_drop.html"

    def __init__(self, *, accept: str = "", hint: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({**({"accept": accept} if accept else {}), **(attrs or {})})
        self.hint = hint

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["hint"] = self.hint
        return context


class ColourInput(forms.TextInput):
    """The browser's own colour picker, which gives #rrggbb."""

    input_type = "color"


class DateInput(forms.DateInput):
    """The browser's own date picker; it always speaks ISO 8601, whatever the language of the page."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")

"""How forms are drawn: set FORM_RENDERER to the renderer here and `{{ form }}` looks right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates


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

"""Fields that every capability uses."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError

from testamur_site.foundation.design_system.api import LineField, one_line


class NameForm(forms.Form):
    name = LineField(required=False, max_length=20)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  Han   River ", "Han River"),
        ("Uni\r\nBcc: victim@x.example", "Uni Bcc: victim@x.example"),
        ("한강 대학교", "한강 대학교"),
        ("جامعة الملك", "جامعة الملك"),
        ("‌می‌خواهم", "‌می‌خواهم"),  # Persian needs the joiner between its letters
        ("", ""),
    ],
)
def test_a_line_is_one_line(sent: str, kept: str) -> None:
    form = NameForm({"name": sent[:20]})
    assert form.is_valid()
    assert one_line(sent) == kept


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("Uni \u202edez fo", "direction_marks"),
        ("Uni\u2066x", "direction_marks"),
        ("a\x07b", "character"),
        ("a\x9bb", "character"),
    ],
)
def test_what_makes_a_name_look_like_another_is_refused(sent: str, code: str) -> None:
    form = NameForm({"name": sent})
    assert form.errors.as_data()["name"][0].code == code
    with pytest.raises(ValidationError):
        one_line(sent)

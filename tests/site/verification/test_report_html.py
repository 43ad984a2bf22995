"""The quick ways of `report_html.elements` write what Django's and the design system's write."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.template.defaultfilters import truncatechars
from django.utils import timezone, translation
from django.utils.html import escape
from hypothesis import example, given
from hypothesis import strategies as st

from testamur_site.foundation.design_system import api as design
from testamur_site.verification.report_html import elements

WORDS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&\"'-a김"), max_size=60)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"))
NEARLY = st.from_regex(
    r"[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|z|\\+09:00|)", fullmatch=True
)
LANGUAGES = st.sampled_from(["en", "ko"])


@given(st.lists(WORDS, max_size=8))
def test_texts_are_escaped_as_django_escapes_them(values: list[str]) -> None:
    assert elements.texts(values) == [str(escape(value)) for value in values]
    assert [elements.text(value) for value in values] == [str(escape(value)) for value in values]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | WORDS, lambda one: st.lists(one) | st.dictionaries(WORDS, one)
    )
)
def test_facts_are_words_or_json(value: object) -> None:
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    assert elements.fact(value, 40) == truncatechars(plain, 40)


@given(WORDS, st.integers(1, 70))
@example("micro-credential", 70)
def test_titles_keep_words_with_a_hyphen_together(value: str, longest: int) -> None:
    assert elements.title(value, longest) == design.unbroken(truncatechars(value, longest))


@given(MOMENTS | NEARLY | WORDS | st.none() | st.integers(), LANGUAGES)
@example("2026-02-30T10:00:00Z", "en")
@example("0001-01-01T00:00:00Z", "ko")
@example("2026-03-05T24:00:00Z", "en")
@example("2026-W10-4T10:00:00Z", "en")
@example("2026-03-05T10:00:0\u0661Z", "ko")
def test_days_and_moments_are_those_of_the_design_system(value: object, language: str) -> None:
    with translation.override(language):
        found = design.date_element(value)  # type: ignore[arg-type]
        assert elements.date(value, language) == (found if hasattr(found, "__html__") else str(escape(found)))
        assert elements.moment(value, language) == str(escape(design.moment(value)))  # type: ignore[arg-type]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul"])
def test_a_day_is_that_of_the_readers_zone(zone: str) -> None:
    late = datetime(2026, 3, 5, 20, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with timezone.override(zone):
        assert elements.date(late, "en") == design.date_element(late)
        assert elements.moment(late, "en") == design.moment(late)

from __future__ import annotations

import datetime as dt
import html as html_module
import json
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils import translation

from testamur_site.foundation.design_system import dates, markdown, navigation, published, states
from testamur_site.foundation.design_system.forms import FileDrop, Renderer


def render(source: str, **context: Any) -> str:
    return Template("{% load design %}" + source).render(Context(context))


class Enrolment(forms.Form):
    default_renderer = Renderer()
    name = forms.CharField(label="Name", help_text="As on the credential.")
    note = forms.CharField(label="Note", required=False)
    mode = forms.ChoiceField(label="Mode", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    file = forms.FileField(label="List", widget=FileDrop(accept=".csv", hint="Up to 5 MB."))
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


# ── States ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", states.STATES)
def test_a_state_is_shown_by_icon_and_word_and_not_by_colour_alone(name: str) -> None:
    with translation.override("en"):
        html = render("{% pill name %}", name=name)
        assert f"#{states.STATES[name].icon}" in html
        assert str(states.STATES[name].word) in html


def test_a_state_we_do_not_know_is_shown_plainly_and_escaped() -> None:
    html = render("{% pill name %}", name="<b>odd</b>")
    assert "pill quiet" in html
    assert "&lt;b&gt;odd&lt;/b&gt;" in html


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in render('{% icon "award" %}')
    labelled = render('{% icon "award" label=label %}', label='<"Award">')
    assert 'role="img"' in labelled
    assert 'aria-label="&lt;&quot;Award&quot;&gt;"' in labelled
    assert "aria-hidden" not in labelled


def test_a_notice_escapes_its_title_and_what_is_put_into_it() -> None:
    html = render(
        "{% notice kind title=title %}<p>{{ text }}</p>{% endnotice %}", kind="danger", title="<i>", text="<script>"
    )
    assert "notice failed" in html
    assert "&lt;i&gt;" in html
    assert "<p>&lt;script&gt;</p>" in html


# ── Forms ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_field_ties_label_help_and_error_to_its_control() -> None:
    html = str(Enrolment(data={}))
    assert '<label for="id_name">Name' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_only_what_may_be_left_out_is_marked() -> None:
    with translation.override("en"):
        html = str(Enrolment())
    assert html.count("(optional)") == 1
    assert html.index('for="id_note"') < html.index("(optional)")
    assert "error-summary" not in html


def test_the_summary_of_errors_links_to_each_field() -> None:
    html = render("{% error_summary form %}", form=Enrolment(data={}))
    assert 'role="alert"' in html
    assert 'href="#id_name"' in html
    # A group of radio buttons has no control of its own to jump to: the link leads to the group.
    assert 'href="#id_mode"' in html
    assert '<fieldset class="field" id="id_mode"' in str(Enrolment(data={}))
    assert "id_note" not in html


def test_a_place_to_drop_a_file_is_a_file_button_without_scripts() -> None:
    html = str(Enrolment())
    assert 'type="file"' in html
    assert 'accept=".csv"' in html
    assert "Up to 5 MB." in html


# ── Figures ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_counts_are_written_with_separators_and_nothing_else_is() -> None:
    assert render("{% stat 7060 'Awards' %}{% stat '87 %' 'Accepted' %}").count("<dd>7,060</dd>") == 1
    assert "<dd>87 %</dd>" in render("{% stat '87 %' 'Accepted' %}")
    assert render("{{ a|grouped }} {{ b|grouped }} {{ c|grouped }}", a=1234567, b="1234567", c=True) == (
        "1,234,567 1234567 True"
    )
    tabs = [{"label": "All", "url": "/", "current": True, "count": 1000}]
    assert '<span class="count">1,000</span>' in render("{% tabs tabs 'Rows' %}", tabs=tabs)


def test_progress_says_the_share_and_the_time_and_does_not_round_up_to_the_whole() -> None:
    html = render("{% progress 5999 6000 'Signing' left='under a minute left' %}")
    assert "5,999 of 6,000 · 99% · under a minute left" in html
    assert '<progress value="5999" max="6000" aria-label="Signing">' in html
    assert "<span>40%</span>" in render("{% progress 40 100 'Looking' shares=True %}")
    assert "0 of 1 · 0%" in render("{% progress 0 0 'Signing' %}")


# ── Pages, navigation ──────────────────────────────────────────────────────────────────────────────────────────────


def test_pages_keep_the_other_parameters_and_escape_them() -> None:
    request = RequestFactory().get("/", {"q": '"><script>', "page": "2"})
    html = render("{% pagination page %}", page=Paginator(range(100), 10).page(2), request=request)
    assert "?q=%22%3E%3Cscript%3E&amp;page=3" in html
    assert "<script>" not in html
    assert 'aria-current="page"' in html


def test_one_page_needs_no_pages() -> None:
    assert "nav" not in render("{% pagination page %}", page=Paginator(range(5), 10).page(1))


def test_the_last_crumb_is_where_we_are() -> None:
    html = render("{% breadcrumbs crumbs %}", crumbs=[("A", "/a"), ("<B>", "")])
    assert '<a href="/a">A</a>' in html
    assert '<span aria-current="page">&lt;B&gt;</span>' in html


ENTRIES = [
    {"label": "Style", "url_name": "tests:one", "icon": "award"},
    {"label": "Deeper", "url_name": "tests:two", "icon": "award", "right": "issue"},
    {"label": "Elsewhere", "url_name": "tests:not_there", "icon": "award"},
]


@pytest.fixture
def _staff_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = {"tests:one": "/staff/{slug}/", "tests:two": "/staff/{slug}/awards/"}

    def reverse(name: str, kwargs: dict[str, str]) -> str:
        if name not in addresses:
            raise navigation.NoReverseMatch
        return addresses[name].format(**kwargs)

    monkeypatch.setattr(navigation, "reverse", reverse)


@pytest.mark.usefixtures("_staff_urls")
@pytest.mark.parametrize(
    ("path", "can", "shown", "current"),
    [
        ("/staff/han/", {"issue": True}, ["Style", "Deeper"], "Style"),
        ("/staff/han/awards/x", {"issue": True}, ["Style", "Deeper"], "Deeper"),
        ("/staff/han/awards/x", {"issue": False}, ["Style"], "Style"),
    ],
)
def test_the_staff_see_what_they_may_and_where_they_are(
    path: str, can: dict[str, bool], shown: list[str], current: str
) -> None:
    request = RequestFactory().get(path)
    with override_settings(TESTAMUR_STAFF_NAVIGATION=ENTRIES):
        items = navigation.staff_items(request, SimpleNamespace(slug="han"), can)
    assert [item["label"] for item in items] == shown
    assert [item["label"] for item in items if item["current"]] == [current]


def test_the_shell_of_the_staff_needs_no_scripts_and_takes_the_colours_of_the_institution() -> None:
    institution = SimpleNamespace(
        localised_name="한강대학교", slug="han", primary_colour="#1f4e79", accent_colour="#c9792b"
    )
    context = {
        "institution": institution,
        "navigation": [{"label": "Awards", "url": "/staff/han/awards/", "icon": "award", "current": True}],
        "heading": "Revoke?",
        "confirm_label": "Revoke",
        "cancel_url": "/back",
    }
    with translation.override("en"):
        html = render_to_string("design_system/confirm.html", context, RequestFactory().get("/staff/han/awards/"))
    assert "/theme/1f4e79-c9792b.css" in html
    assert '<a href="/staff/han/awards/" aria-current="page">' in html
    assert "<details>" in html
    assert 'href="/back"' in html


@pytest.mark.parametrize("mark", ["", "Error: "])
def test_the_title_of_a_page_with_errors_says_so(mark: str) -> None:
    form = Enrolment(data={} if mark else None)
    with translation.override("en"):
        html = render_to_string("design_system/base.html", {"form": form}, RequestFactory().get("/"))
    assert f"<title>{mark}Testamur</title>" in html


def test_htmx_is_told_to_live_with_a_strict_policy() -> None:
    content = re.search(r'<meta name="htmx-config" content="([^"]*)">', render("{% htmx %}"))
    assert content is not None
    config = json.loads(html_module.unescape(content[1]))
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert {"code": "422", "swap": True} in config["responseHandling"]


# ── Dates and text ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "english", "korean"),
    [
        (dt.date(2026, 11, 5), "5 November 2026", "2026년 11월 5일"),
        ("2026-11-05", "5 November 2026", "2026년 11월 5일"),
        (dt.datetime(2026, 11, 5, 9, 7, tzinfo=dt.UTC), "5 November 2026", "2026년 11월 5일"),
        ("no date", "no date", "no date"),
        ("2026-13-45", "2026-13-45", "2026-13-45"),
        (None, "", ""),
    ],
)
def test_days_in_words(value: dates.Value, english: str, korean: str) -> None:
    with translation.override("en"):
        assert dates.day(value) == english
    with translation.override("ko"):
        assert dates.day(value) == korean


def test_a_moment_names_its_zone() -> None:
    with translation.override("en"):
        assert dates.moment("2026-11-05T09:07:00Z") == "5 November 2026, 09:07 UTC"
    with translation.override("ko"):
        assert dates.moment("2026-11-05T09:07:00Z") == "2026년 11월 5일 09:07 UTC"


def test_a_date_is_an_element_that_machines_can_read() -> None:
    with translation.override("en"):
        assert (
            render("{% date day %}", day=dt.date(2026, 11, 5)) == '<time datetime="2026-11-05">5 November 2026</time>'
        )
        assert render("{% date day %}", day="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,1)",
        "<img src=x onerror=alert(1)>",
        "![x](https://example.org/pixel.png)",
        "[x](https://example.org '\" onmouseover=alert(1) x=\"')",
        "<a href='https://example.org' style='position:fixed'>x</a>",
    ],
)
def test_text_with_marks_cannot_bring_scripts_or_trackers(hostile: str) -> None:
    class Seen(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in {"p", "a"}
            for name, value in attrs:
                assert name in {"href", "rel"}
                assert name == "rel" or str(value).startswith(("https://example.org", "#"))

    Seen().feed(markdown.render(hostile))


def test_text_with_marks_keeps_what_it_is_for() -> None:
    html = markdown.render("# Big\n\n**bold** and [a link](https://example.org)\n\n- one\n- two")
    assert "<h3>Big</h3>" in html
    assert "<strong>bold</strong>" in html
    assert 'href="https://example.org"' in html
    assert 'rel="noopener nofollow ugc"' in html
    assert html.count("<li>") == 2


def test_the_tables_of_links_are_full_before_anybody_asks() -> None:
    """A thread that finds one half full fails, or writes another address than was meant."""
    tables = "import mdurl._decode, mdurl._encode; held = mdurl._encode.encode_cache, mdurl._decode.decode_cache; "
    program = "from testamur_site.foundation.design_system import markdown; print([[*map(len, one.values())] for one in held])"
    made = subprocess.run([sys.executable, "-c", tables + program], check=True, capture_output=True, text=True)
    assert made.stdout.strip() == "[[128], [128]]"


def test_only_published_text_stays_in_memory() -> None:
    """What a visitor shows, or a learner or an assessor writes, does not."""
    markdown._KEPT.forget()
    for number in range(3 * published.MOST):
        assert markdown.render(f"*shown* {number}") == markdown.render_published(f"*shown* {number}")
        markdown.render(f"*written* {number}")
    assert 0 < len(markdown._KEPT) <= published.MOST
    assert not [text for text in markdown._KEPT if "written" in text]
    long = "x" * (markdown._LONGEST_KEPT + 1)
    assert markdown.render_published(long) == markdown.render(long)
    assert long not in [*markdown._KEPT]


def test_published_text_is_forgotten_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(published.time, "monotonic", lambda: now)
    markdown._KEPT.forget()
    markdown.render_published("*kept*")
    assert [*markdown._KEPT] == ["*kept*"]
    now += published.SECONDS + 1
    markdown.render("*whatever is asked for next*")
    assert [*markdown._KEPT] == []


def test_deeply_nested_text_ends() -> None:
    assert 0 < markdown.render(">" * 5000 + "x").count("<blockquote>") < 20

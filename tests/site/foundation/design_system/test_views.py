from __future__ import annotations

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from testamur_site.foundation.design_system.templatetags.design import theme_address


@pytest.mark.parametrize(("language", "title"), [("en", "Design system"), ("ko", "디자인 시스템")])
def test_the_style_page_speaks_both_languages(client: Client, language: str, title: str) -> None:
    response = client.get(reverse("design_system:design"), headers={"Accept-Language": language})
    text = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}">' in text
    assert f"<h1>{title}</h1>" in text


def test_a_public_page_sets_no_cookie(client: Client) -> None:
    assert not client.get(reverse("design_system:design")).cookies


def test_a_theme_never_changes(client: Client) -> None:
    response = client.get(theme_address("#8B1E3F", "#c9a227"))
    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]
    assert "--accent: light-dark(#8b1e3f, " in response.content.decode()


@pytest.mark.parametrize("primary", ["", "red", "#12", None])
def test_colours_that_are_none_give_the_address_of_the_products_own(primary: str | None) -> None:
    assert theme_address(primary, None) == "/theme/1d4d45-b0863a.css"


@pytest.mark.parametrize(
    "path", ["/theme/red-blue.css", "/theme/1d4d45-.css", "/theme/1d4d45-b0863a.css/", "/theme/..-...css"]
)
def test_other_themes_do_not_exist(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_badge_is_drawn_at_an_address_of_its_choices(client: Client) -> None:
    response = client.get("/badge/seal-1d4d45-b0863a-book-open.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")
    assert client.get("/badge/star-1d4d45-b0863a-book-open.svg").status_code == 404
    assert client.get("/badge/seal-1d4d45-b0863a-unknown.svg").status_code == 404


def test_the_language_is_remembered_and_the_reader_stays_where_he_was(client: Client) -> None:
    response = client.post(reverse("design_system:language"), {"language": "ko", "next": "/design?x=1"})
    assert (response.status_code, response["Location"]) == (302, "/design?x=1")
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "ko"
    assert 'lang="ko"' in client.get("/design").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_the_language_switch_leads_nowhere_else(client: Client, target: str) -> None:
    response = client.post(reverse("design_system:language"), {"language": "ko", "next": target})
    assert response["Location"] == "/"


def test_a_language_we_do_not_speak_is_not_remembered(client: Client) -> None:
    response = client.post(reverse("design_system:language"), {"language": "<x>", "next": "/design"})
    assert response.status_code == 302
    assert not response.cookies


def test_the_language_is_not_changed_by_following_a_link(client: Client) -> None:
    assert client.get(reverse("design_system:language")).status_code == 405


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_error_page_needs_neither_database_nor_session(language: str) -> None:
    """The test has no database mark: a query would fail it."""
    with translation.override(language):
        context = {"status": 500, "title": "T<", "explanation": "E", "next_step": "N"}
        html = render_to_string("design_system/error.html", context, RequestFactory().get("/"))
    assert "<h1>T&lt;</h1>" in html
    assert "500" in html

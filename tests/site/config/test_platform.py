"""What holds for every page: headers, error pages in words, health, logs."""

from __future__ import annotations

import io
import logging
import os
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.module_loading import import_string

from testamur_site.config import errors, health, settings, wiring
from testamur_site.config.logs import Line, WithoutSecrets, without_secrets
from testamur_site.config.middleware import VisitorAddress
from testamur_site.foundation.jobs.services import handler_at


def test_the_tests_run_on_the_database_they_were_asked_to() -> None:
    asked = os.environ.get("TESTAMUR_DATABASE_URL", "sqlite:").partition(":")[0]
    assert connection.vendor == asked


def test_health_needs_nothing(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_ready_when_database_and_migrations_are(db: None, client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "migrations": "ok", "jobs": "ok", "jobs_lag_seconds": 0}


def test_not_ready_without_a_database(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    def broken(*args: Any) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "MigrationExecutor", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "unreachable"}


def test_not_ready_while_migrations_are_pending(monkeypatch: pytest.MonkeyPatch, db: None, client: Client) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [("accounts", "0002")])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "pending"


def test_headers_of_a_page(client: Client, db: None) -> None:
    answer = client.get("/accounts/login/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer["Permissions-Policy"].startswith("camera=(self)")
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.cookies["csrftoken"]["httponly"]
    assert answer.cookies["csrftoken"]["samesite"] == "Lax"


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.csrf_failure, 403),
        (errors.not_found, 404),
        (errors.server_error, 500),
    ],
)
def test_error_pages_are_in_words_and_ask_no_database(
    rf: RequestFactory, handler: Any, status: int, language: str
) -> None:
    with translation.override(language):
        answer = handler(rf.get("/x"))
    page = answer.content.decode()
    assert answer.status_code == status
    assert f'<html lang="{language}"' in page
    assert ("습니다" in page or "십시오" in page) == (language == "ko")


def test_an_error_page_survives_a_broken_design(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise TemplateDoesNotExist("design_system/error.html")

    monkeypatch.setattr(errors, "render", broken)
    answer = errors.server_error(rf.get("/x"))
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content


def test_an_unknown_address_is_a_page(db: None, client: Client) -> None:
    answer = client.get("/nowhere/at/all")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_words(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.org", "password": "x"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Not Found: /claim/abc-DEF_123/more", "Not Found: /claim/…"),
        ("Forbidden: /invitations/tok-en", "Forbidden: /invitations/…"),
        ("Bad: /accounts/password/reset/key/1-abc/", "Bad: /accounts/password/reset/key/…"),
        ("GET /verify?address=https://x.example/c/1 200", "GET /verify?… 200"),
        ("mail to kim@example.org failed", "mail to …@… failed"),
        ("job done", "job done"),
    ],
)
def test_logs_hold_no_secret_and_no_address(text: str, clean: str) -> None:
    assert without_secrets(text) == clean


def test_a_logged_exception_shows_its_place_but_not_its_message() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Line())
    handler.addFilter(WithoutSecrets())
    logger = logging.Logger("sample")
    logger.addHandler(handler)
    try:
        raise ValueError("kim@example.org typed 900101-1234567")
    except ValueError:
        logger.exception("failed for %s", "kim@example.org")
    written = stream.getvalue()
    assert "failed for …@…" in written
    assert "builtins.ValueError at test_platform.py:" in written
    assert "900101" not in written


@pytest.mark.parametrize("path", sorted(django_settings.TESTAMUR_PERIODIC_JOBS))
def test_what_is_done_by_the_clock_exists(path: str) -> None:
    assert callable(handler_at(path))


@pytest.mark.parametrize("name", wiring.CAPABILITIES)
def test_capabilities_are_installed_under_their_names(name: str) -> None:
    below = name.removeprefix("testamur_site.").removeprefix("foundation.")
    assert apps.get_app_config(below.replace(".", "_")).name == name


def test_settings_name_things_that_exist() -> None:
    for name in (django_settings.ACCOUNT_ADAPTER, django_settings.FORM_RENDERER, django_settings.CSRF_FAILURE_VIEW):
        assert import_string(name)


def test_the_language_follows_the_cookie_then_the_browser(db: None, client: Client) -> None:
    assert (
        '<html lang="ko"'
        in client.get("/accounts/login/", headers={"Accept-Language": "ko-KR,ko;q=0.9"}).content.decode()
    )
    client.cookies["language"] = "en"
    assert (
        '<html lang="en"'
        in client.get("/accounts/login/", headers={"Accept-Language": "ko-KR,ko;q=0.9"}).content.decode()
    )


# ---- Behind a proxy


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("10.0.0.1, 198.51.100.7", "198.51.100.7"),  # what stands before it, the visitor has written themselves
        ("", "192.0.2.1"),
    ],
)
def test_behind_a_proxy_limits_count_the_visitor(forwarded: str, counted: str) -> None:
    seen: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    VisitorAddress(page)(request)
    assert seen == [counted]


def test_without_a_proxy_nobody_names_their_own_address() -> None:
    assert not any("VisitorAddress" in name for name in django_settings.MIDDLEWARE)


def test_behind_a_proxy_the_settings_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTAMUR_BEHIND_PROXY", "yes")
    specification = spec_from_file_location("testamur_site.config.settings_behind_a_proxy", settings.__file__)
    assert specification is not None
    assert specification.loader is not None
    read = module_from_spec(specification)
    specification.loader.exec_module(read)
    assert read.MIDDLEWARE[0] == "testamur_site.config.middleware.VisitorAddress"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/c/abc%00", "/m/%00", "/verify?address=%00", "/catalogue?q=a%00b"])
def test_a_null_character_is_no_server_error(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400
    assert client.get(address.replace("%00", "x")).status_code in (200, 404)

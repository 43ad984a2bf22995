"""Signing up, in and out; passwords; limits. What allauth does is tested only where our settings and pages decide it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from testamur_site.foundation.accounts.api import User, create_user
from testamur_site.foundation.accounts.services import AddressTaken
from testamur_site.foundation.jobs.api import run_pending

PASSWORD = "correct horse battery"
SIGN_UP = {"email": "New@Example.org", "password1": "seven green umbrellas", "name": "김민지"}

pytestmark = pytest.mark.django_db


def link_in_the_last_mail() -> str:
    run_pending()
    found = re.search(r"http://\S+", mail.outbox[-1].body)
    assert found
    return re.sub(r"^http://[^/]+", "", found[0])


def test_sign_in_by_address_and_password(client: Client, make_user: Callable[..., User]) -> None:
    make_user("kim@example.org")
    answer = client.post("/accounts/login/", {"login": "Kim@example.org", "password": PASSWORD})
    assert answer["Location"] == "/staff/"
    assert client.get("/accounts/").status_code == 200


def test_a_wrong_password_does_not_say_what_was_wrong(client: Client, make_user: Callable[..., User]) -> None:
    make_user("kim@example.org")
    known = client.post("/accounts/login/", {"login": "kim@example.org", "password": "wrong"}).content.decode()
    unknown = client.post("/accounts/login/", {"login": "lee@example.org", "password": "wrong"}).content.decode()
    assert errors(known) == errors(unknown) != []


def errors(page: str) -> list[str]:
    return re.findall(r'class="field-error"[^>]*>(.*?)</', page, re.DOTALL) + re.findall(
        r'class="error-summary.*?</div>', page, re.DOTALL
    )


def test_trying_passwords_is_slowed_down(client: Client, make_user: Callable[..., User], settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/key"}
    make_user("kim@example.org")
    for _ in range(3):
        client.post("/accounts/login/", {"login": "kim@example.org", "password": "wrong"})
    right = client.post("/accounts/login/", {"login": "kim@example.org", "password": PASSWORD})
    assert right.status_code != 302


def test_the_real_settings_limit_sign_in() -> None:
    from testamur_site.config import settings as real

    assert getattr(real, "ACCOUNT_RATE_LIMITS", None) is not False


def test_the_language_of_the_profile_follows_the_person(client: Client, make_user: Callable[..., User]) -> None:
    make_user("kim@example.org", language="ko")
    answer = client.post("/accounts/login/", {"login": "kim@example.org", "password": PASSWORD})
    assert answer.cookies["language"].value == "ko"
    assert "프로필" in client.get("/accounts/").content.decode()


def test_signing_up_needs_the_mail(client: Client) -> None:
    answer = client.post("/accounts/signup/", SIGN_UP)
    assert answer["Location"] == "/accounts/confirm-email/"
    user = User.objects.get()
    assert (user.email, user.name) == ("new@example.org", "김민지")
    refused = client.post("/accounts/login/", {"login": SIGN_UP["email"], "password": SIGN_UP["password1"]})
    assert refused["Location"] == "/accounts/confirm-email/"

    link = link_in_the_last_mail()
    assert client.get(link).status_code == 200
    client.post(link)
    assert EmailAddress.objects.get().verified
    again = client.post("/accounts/login/", {"login": SIGN_UP["email"], "password": SIGN_UP["password1"]})
    assert again["Location"] == "/staff/"


def test_where_registration_is_closed_nobody_signs_up(client: Client, settings: Any) -> None:
    settings.TESTAMUR_OPEN_REGISTRATION = False
    page = client.get("/accounts/signup/")
    assert "Registration is by invitation" in page.content.decode()
    client.post("/accounts/signup/", SIGN_UP)
    assert not User.objects.exists()


def test_a_short_password_is_refused(client: Client) -> None:
    answer = client.post("/accounts/signup/", {**SIGN_UP, "password1": "short"})
    assert "12" in answer.content.decode()
    assert not User.objects.exists()


def test_a_forgotten_password_is_chosen_anew(client: Client, make_user: Callable[..., User]) -> None:
    user = make_user("kim@example.org")
    client.post("/accounts/password/reset/", {"email": "kim@example.org"})
    form = client.get(link_in_the_last_mail(), follow=True)
    answer = client.post(
        form.request["PATH_INFO"], {"password1": "nine blue bicycles", "password2": "nine blue bicycles"}
    )
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.check_password("nine blue bicycles")


def test_a_used_reset_link_says_so(client: Client, db: None) -> None:
    assert "This link no longer works" in client.get("/accounts/password/reset/key/1-nonsense/").content.decode()


def test_asking_for_a_new_password_does_not_tell_who_has_an_account(
    client: Client, make_user: Callable[..., User]
) -> None:
    make_user("kim@example.org")
    known = client.post("/accounts/password/reset/", {"email": "kim@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "lee@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


@pytest.mark.parametrize("path", ["email/", "password/change/", "reauthenticate/"])
def test_pages_of_an_account_need_it(client: Client, path: str) -> None:
    assert client.get(f"/accounts/{path}")["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "signup/",
        "password/reset/",
        "password/reset/done/",
        "confirm-email/",
        "inactive/",
        "password/reset/key/done/",
    ],
)
def test_pages_for_visitors(client: Client, path: str, language: str) -> None:
    client.cookies["language"] = language
    page = client.get(f"/accounts/{path}")
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.content.decode()


@pytest.mark.parametrize("path", ["", "email/", "password/change/", "logout/"])
def test_pages_for_people(client_for: Callable[[User], Client], make_user: Callable[..., User], path: str) -> None:
    page = client_for(make_user("kim@example.org")).get(f"/accounts/{path}")
    assert page.status_code == 200
    assert "kim@example.org" in page.content.decode() or path in {"password/change/", "logout/"}


def test_signing_out(client_for: Callable[[User], Client], make_user: Callable[..., User]) -> None:
    browser = client_for(make_user("kim@example.org"))
    browser.post("/accounts/logout/")
    assert browser.get("/accounts/").status_code == 302


def test_the_profile_can_be_changed(client_for: Callable[[User], Client], make_user: Callable[..., User]) -> None:
    user = make_user("kim@example.org")
    answer = client_for(user).post("/accounts/", {"name": "김", "language": "ko"})
    user.refresh_from_db()
    assert (user.name, user.language) == ("김", "ko")
    assert answer.cookies["language"].value == "ko"


def test_an_address_belongs_to_one_account(make_user: Callable[..., User]) -> None:
    make_user("kim@example.org")
    with pytest.raises(AddressTaken):
        create_user("KIM@example.org")


def test_no_page_has_inline_script_or_style(client: Client) -> None:
    answer = client.get("/accounts/login/")
    page = answer.content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]

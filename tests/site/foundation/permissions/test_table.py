"""Every address × every role × the answer, compared with the list of all addresses so that none can be left out.

Olivia owns the institution, Dana, 이서연 and Vera work there, Oscar owns another one and must not learn that it exists, and a
visitor is not signed in at all. A new address needs a row in `table.py`; the tests here say so when it is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.standing import standing

from testamur_site.config import errors
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.permissions.api import RIGHTS, Right, allows
from testamur_site.foundation.tenancy.api import Institution, Role

from .table import EXPECTED, LED_ON, PUBLIC, SIGNED_IN

ROLES = ("owner", "designer", "programme_lead", "assessor", "quality_officer", "issuer", "viewer")
# A value for each kind of converter; the objects do not exist, so a permitted request may well end in 404 after the door.
SAMPLES = {"slug": "han-river", "str": "x", "int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "path": "x"}


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


ALL = sorted(patterns(get_resolver()), key=lambda pair: pair[0])


def access(pattern: URLPattern) -> str:
    return str(getattr(pattern.callback, "required_right", PUBLIC))


def sample(route: str) -> str:
    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: SAMPLES[m[1] or "str"], route)


STAFF = [
    (route, pattern) for route, pattern in ALL if isinstance(getattr(pattern.callback, "required_right", None), Right)
]
OF_INSTITUTION = [(route, pattern) for route, pattern in ALL if route.startswith("staff/<slug:slug>")]


def test_the_table_names_every_address_and_no_other() -> None:
    """What the program says, compared with what was meant. Edit `table.py` on purpose, never to make this pass."""
    assert {route: access(pattern) for route, pattern in ALL} == EXPECTED


def test_every_address_of_an_institutions_staff_has_a_right() -> None:
    assert [route for route, pattern in OF_INSTITUTION if access(pattern) in {PUBLIC, SIGNED_IN}] == []


@pytest.fixture
@standing
def people(
    owner: User,
    designer: User,
    programme_lead: User,
    assessor: User,
    quality_officer: User,
    issuer: User,
    viewer: User,
) -> dict[str, User]:
    return dict(zip(ROLES, (owner, designer, programme_lead, assessor, quality_officer, issuer, viewer), strict=True))


def ask(client: Client, url: str) -> Any:
    """The answer to GET, or to POST where the page takes no GET."""
    answer = client.get(url)
    return client.post(url) if answer.status_code == 405 else answer


def test_the_answers_of_all_staff_pages(
    institution: Institution,
    people: dict[str, User],
    outsider: User,
    client_for: Callable[[User | None], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Most answers are refusals, and here only their numbers count; their words are the next tests'."""
    monkeypatch.setattr(errors, "_page", lambda _request, status, *_words: HttpResponse(status=status))
    wrong = []
    browsers = {role: client_for(user) for role, user in people.items()}
    stranger, visitor = client_for(outsider), client_for(None)
    for route, pattern in STAFF:
        url, right = sample(route), Right(access(pattern))
        answer = ask(visitor, url)
        if answer.status_code != 302 or not answer["Location"].startswith("/accounts/login/?next="):
            wrong.append(f"{url}: a visitor is not sent to sign in but gets {answer.status_code}")
        if ask(stranger, url).status_code != 404:
            wrong.append(f"{url}: a stranger learns that the institution exists")
        for role, browser in browsers.items():
            # Who may is only looked at; who may not also tries what changes something.
            answer = browser.get(url) if allows(role, right) else ask(browser, url)
            if allows(role, right) and answer.status_code in {401, 403}:
                wrong.append(f"{url}: {role} may {right} but is refused")
            if (route, role) in LED_ON:
                if answer.headers.get("Location") != LED_ON[route, role]:
                    wrong.append(f"{url}: {role} is not led to {LED_ON[route, role]}")
            elif not allows(role, right) and answer.status_code != 403:
                wrong.append(f"{url}: {role} may not {right} but gets {answer.status_code}")
            if answer.status_code >= 500:
                wrong.append(f"{url}: {answer.status_code} for {role}")
    assert STAFF, "no staff page at all"
    assert wrong == []


def test_an_institution_that_is_not_there_looks_like_one_of_others(
    institution: Institution, outsider: User, client_for: Callable[[User | None], Client]
) -> None:
    browser = client_for(outsider)
    assert browser.get("/staff/han-river/people").status_code == 404
    missing, foreign = browser.get("/staff/nowhere/people"), browser.get("/staff/han-river/people")
    assert missing.content.replace(b"nowhere", b"han-river") == foreign.content


def test_a_refusal_is_in_words(
    institution: Institution, viewer: User, client_for: Callable[[User | None], Client]
) -> None:
    answer = client_for(viewer).get("/staff/han-river/people")
    assert answer.status_code == 403
    assert "Ask an owner of your institution" in answer.content.decode()


def test_signing_in_leads_back(institution: Institution, owner: User, client: Client) -> None:
    url = client.get("/staff/han-river/audit?action=key")["Location"]
    answer = client.post(url, {"login": owner.email, "password": "correct horse battery"})
    assert answer["Location"] == "/staff/han-river/audit?action=key"


@pytest.mark.parametrize("route", [route for route, pattern in ALL if access(pattern) == SIGNED_IN])
def test_pages_of_signed_in_people_send_visitors_to_sign_in(db: None, client: Client, route: str) -> None:
    assert client.get(sample(route))["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("owner", set(Right)),
        ("designer", {Right.VIEW, Right.DESIGN}),
        ("programme_lead", {Right.VIEW, Right.DESIGN, Right.LEAD, Right.ASSESS}),
        ("assessor", {Right.ASSESS}),
        ("quality_officer", {Right.VIEW, Right.REVIEW}),
        ("issuer", {Right.VIEW, Right.ISSUE, Right.REVOKE}),
        ("viewer", {Right.VIEW}),
    ],
)
def test_the_rights_of_a_role(role: str, rights: set[Right]) -> None:
    assert {right for right in Right if allows(role, right)} == rights


@pytest.mark.parametrize("role", [None, "", "Owner", "admin"])
def test_no_role_no_right(role: str | None) -> None:
    assert not any(allows(role, right) for right in Right)


def test_the_roles_of_the_table_are_those_of_a_membership() -> None:
    assert set(RIGHTS) == set(Role.values) == set(ROLES)

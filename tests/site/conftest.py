"""What every test of the site may ask for: two institutions that must not see each other, and people in every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from tests.standing import aside, standing
from whitenoise.middleware import WhiteNoiseMiddleware

from testamur_site.catalogue.demo import create
from testamur_site.catalogue.design import pictures
from testamur_site.foundation.accounts.api import User, add_member, create_institution, create_user
from testamur_site.foundation.design_system.api import render_png
from testamur_site.foundation.signing import client as signing_client
from testamur_site.foundation.signing.desk import Desk
from testamur_site.foundation.signing.record import Record
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing.services.cohort import ahead
from testamur_site.verification import limits
from testamur_site.wallet import images


@pytest.fixture(scope="session", autouse=True)
def _each_picture_once() -> Iterator[None]:
    """A drawing is a process of its own, and the same drawing is the same picture. What draws, and what it refuses, is tested by itself."""
    drawn = lru_cache(maxsize=256)(render_png)
    with (
        mock.patch.object(create, "render_png", drawn),
        mock.patch.object(images, "render_png", drawn),
        mock.patch.object(pictures, "render_png", drawn),
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_found_once() -> Iterator[None]:
    """Each client builds the middleware anew, and this one looks for all static files: a tenth of what a test of a page takes."""
    look = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def look_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with mock.patch.object(WhiteNoiseMiddleware, "add_files_from_finders", look_once):
        yield


@pytest.fixture(autouse=True)
@aside
def _forget_the_cache() -> Iterator[None]:
    translation.deactivate()  # a page in Korean leaves its language to the thread
    cache.clear()
    limits.forget()
    yield
    cache.clear()
    limits.forget()


@pytest.fixture(autouse=True)
@aside
def _log_of_its_own(settings: Any, tmp_path: Path) -> None:
    """The database is rolled back after a test; a log in a folder is not, and would be found to know more than the database."""
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log"


@pytest.fixture
@standing
def institution(db: None) -> Institution:
    """Han River University in Seoul."""
    return create_institution(
        slug="han-river",
        name="Han River University",
        country="KR",
        owner=None,
        translations={"ko": {"name": "한강대학교", "description": "서울에 있는 대학교입니다."}},
        description="A university in Seoul.",
        homepage="https://han-river.example/",
        email="registry@han-river.example",
        languages=["ko", "en"],
    )


@pytest.fixture
@standing
def other_institution(db: None) -> Institution:
    """Liffey College, of which nobody at Han River may see anything."""
    return create_institution(slug="liffey", name="Liffey College", country="IE", owner=None)


@pytest.fixture
@aside
def make_user(db: None) -> Callable[..., User]:
    def make(email: str, name: str = "", **values: Any) -> User:
        return create_user(email, name or email.partition("@")[0].title(), "correct horse battery", **values)

    return make


@pytest.fixture
@standing
def owner(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("owner@han-river.example", "Olivia Owner")
    add_member(institution, user, "owner", actor=None)
    return user


@pytest.fixture
@standing
def designer(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("designer@han-river.example", "Dana Designer")
    add_member(institution, user, "designer", actor=None)
    return user


@pytest.fixture
@standing
def programme_lead(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("lead@han-river.example", "Lena Lead")
    add_member(institution, user, "programme_lead", actor=None)
    return user


@pytest.fixture
@standing
def assessor(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("assessor@han-river.example", "박민준")
    add_member(institution, user, "assessor", actor=None)
    return user


@pytest.fixture
@standing
def quality_officer(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("quality@han-river.example", "Quinn Quality")
    add_member(institution, user, "quality_officer", actor=None)
    return user


@pytest.fixture
@standing
def issuer(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("issuer@han-river.example", "이서연")
    add_member(institution, user, "issuer", actor=None)
    return user


@pytest.fixture
@standing
def viewer(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("viewer@han-river.example", "Vera Viewer")
    add_member(institution, user, "viewer", actor=None)
    return user


@pytest.fixture
@standing
def outsider(other_institution: Institution, make_user: Callable[..., User]) -> User:
    """An owner, but of the other institution."""
    user = make_user("owner@liffey.example", "Oscar Outsider")
    add_member(other_institution, user, "owner", actor=None)
    return user


@pytest.fixture
@aside
def client_for() -> Callable[[User | None], Client]:
    """`client_for(user)`: a browser in which `user` is signed in; `client_for(None)`: a visitor's."""

    def sign_in(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return sign_in


class _AtOnce(Executor):
    """Does what it is given here and now."""

    def __init__(self, *_: Any) -> None:
        """As a ThreadPoolExecutor is made."""

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(call(*arguments, **named))
        except Exception as error:  # noqa: BLE001 - raised where the result is asked for
            done.set_exception(error)
        return done


@pytest.fixture
def desk(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Desk:
    """The desk of the signing process, asked without a process: it examines and signs as there, and sees this test's transaction.

    `desk.answer` may be called with messages of a test's own. It is asked in the test's own thread, whose transaction it has to see.
    """
    monkeypatch.setattr(ahead, "ThreadPoolExecutor", _AtOnce)
    settings.TESTAMUR_SIGNING_SOCKET = tmp_path / "signing.socket"
    made = Desk(Record(tmp_path / "signatures.jsonl"))
    monkeypatch.setattr(signing_client, "exchange", lambda _path, message: made.answer(message))
    return made

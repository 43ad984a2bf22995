"""What stands is made once, and each test finds it as if it had just been made for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from tests.standing import aside, standing

from testamur_site.foundation.accounts.api import User, create_institution
from testamur_site.foundation.tenancy.api import Institution

MADE: list[str] = []


@dataclass
class Pair:
    first: Institution
    second: Institution


@pytest.fixture
@standing
def pair(institution: Institution, tmp_path: Path) -> Pair:
    MADE.append("pair")
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "entry").write_text("one line")
    mail.send_mail("Welcome", "", None, ["one@example.org"])
    institution.name = "as the pair left it"
    return Pair(institution, create_institution(slug="second", name="Second", country="IE", owner=None))


@pytest.fixture
@aside
def rename(pair: Pair) -> Callable[[str], None]:
    def to(name: str) -> None:
        pair.second.name = name
        pair.second.save()

    return to


@pytest.fixture
@standing
def renamed(pair: Pair, rename: Callable[[str], None]) -> str:
    MADE.append("renamed")
    rename("Renamed")
    return pair.second.name


def as_made(pair: Pair, institution: Institution, tmp_path: Path, name: str) -> None:
    assert pair.first is institution, "what two fixtures share they share in each test"
    assert institution.name == "as the pair left it"
    assert pair.second.name == name
    assert Institution.objects.get(slug="second").name == name
    assert (tmp_path / "log" / "entry").read_text() == "one line"
    assert [one.subject for one in mail.outbox] == ["Welcome"]


def spoil(pair: Pair, tmp_path: Path) -> None:
    Institution.objects.update(name="spoilt")
    create_institution(slug="third", name="Third", country="IE", owner=None)
    pair.first.name = pair.second.name = "spoilt"
    (tmp_path / "log" / "entry").unlink()
    mail.outbox.clear()


@pytest.mark.django_db
@pytest.mark.parametrize("_time", [1, 2])
def test_each_finds_it_as_it_was_made(pair: Pair, institution: Institution, tmp_path: Path, _time: int) -> None:
    as_made(pair, institution, tmp_path, "Second")
    spoil(pair, tmp_path)
    assert MADE == ["pair"]


@pytest.mark.django_db
@pytest.mark.parametrize("_time", [1, 2])
def test_a_layer_upon_it(pair: Pair, renamed: str, institution: Institution, tmp_path: Path, _time: int) -> None:
    as_made(pair, institution, tmp_path, "Renamed")
    spoil(pair, tmp_path)
    assert MADE == ["pair", "renamed"]


@pytest.mark.django_db
def test_without_the_layer_it_is_gone(pair: Pair, institution: Institution, tmp_path: Path) -> None:
    as_made(pair, institution, tmp_path, "Second")
    assert MADE == ["pair", "renamed"]


@pytest.mark.django_db
def test_who_asks_for_nothing_finds_nothing() -> None:
    assert not Institution.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_time", [1, 2])
def test_after_a_test_that_commits_the_database_is_as_new(owner: User, _time: int) -> None:
    assert Institution.objects.count() == User.objects.count() == 1
    assert ContentType.objects.get_for_model(User).pk
    ContentType.objects.all().delete()

"""Liffey College receives; Han River University awarded; a university outside did too. Mina has credentials of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.site.wallet.elsewhere import Neighbour, neighbour
from tests.standing import aside, standing

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import achievement_id
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.recognition import services
from testamur_site.recognition.models import Agreement, Request
from testamur_site.recognition.services.requests import Offered
from testamur_site.wallet import services as wallet
from testamur_site.wallet.api import Holder
from testamur_site.wallet.models import Deposit


def publish(institution: Institution, title: str, **changes: Any) -> AchievementVersion:
    with tenant(institution):
        made = catalogue.create(institution, replace(DESCRIPTION, title={"en": title}, **changes))
        version = AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=made
        )
        catalogue.publish(version)
        version.refresh_from_db()
        return version


@pytest.fixture
@standing
def receiving(other_institution: Institution) -> Institution:
    """Liffey College, with its desk open."""
    services.change_desk(other_institution, is_open=True, days=21, words="We read the outcomes.", actor=None)
    return other_institution


@pytest.fixture
@standing
def registrar(receiving: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("registrar@liffey.example", "Rory Registrar")
    add_member(receiving, user, "issuer", actor=None)
    return user


@pytest.fixture
def desk(registrar: User) -> Client:
    """The registrar's browser."""
    client = Client()
    client.force_login(registrar)
    return client


@pytest.fixture
@standing
def course(institution: Institution) -> AchievementVersion:
    """What Han River taught: 5 credits at level 6."""
    return publish(institution, "Data literacy")


@pytest.fixture
@standing
def target(receiving: Institution) -> AchievementVersion:
    """What Liffey teaches, much alike."""
    return publish(receiving, "Working with data")


@pytest.fixture
@standing
def awarded(course: AchievementVersion) -> Deposit:
    """Mina's credential of Han River, accepted."""
    data = issuing.AwardData(name="Mina Kim", email="mina@example.org", awarded_date=date(2026, 3, 5), language="en")
    with tenant(course.institution):
        made = issuing.award_one(course, data, actor=None)
    run_pending()
    with tenant(course.institution):
        deposit = Deposit.objects.select_related("award").get(award=made)
    wallet.claim(deposit, "en")
    with tenant(course.institution):
        return Deposit.objects.select_related("award", "award__institution", "award__version", "holder").get(
            pk=deposit.pk
        )


@pytest.fixture
@standing
def mina(awarded: Deposit) -> Holder:
    assert awarded.holder is not None
    return awarded.holder


@pytest.fixture
def wallet_of_mina(mina: Holder) -> Client:
    client = Client()
    session = client.session
    session["wallet_holder"] = mina.pk
    session.save()
    return client


@pytest.fixture
@standing
def hers(awarded: Deposit) -> Offered:
    """Mina's credential as she sends it."""
    return Offered(issuing.credential_bytes(awarded.award), "application/json", awarded.award.url, shown=True)


@pytest.fixture
@standing
def sent(mina: Holder, receiving: Institution, target: AchievementVersion, hers: Offered) -> Request:
    """Mina asked Liffey to recognise it as Working with data."""
    return services.send(mina, receiving, [hers], target=target.micro_credential, message="The syllabus is online.")


@pytest.fixture
@aside
def agree(receiving: Institution, institution: Institution, course: AchievementVersion) -> Callable[..., Agreement]:
    def make(**changes: Any) -> Agreement:
        terms: dict[str, Any] = {
            "title": "Han River and Liffey",
            "partner_name": institution.name,
            "partner_id": institution.did,
            "achievements": [achievement_id(course)],
            "categories": [],
            "cap": Decimal(10),
            "automatic": True,
            "valid_from": timezone.localdate(),
            **changes,
        }
        return services.activate(services.draft(receiving, terms))

    return make


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Neighbour:
    return neighbour(monkeypatch)


@pytest.fixture
@aside
def award_course(course: AchievementVersion) -> Callable[..., tuple[Holder, Offered]]:
    """Award what Han River teaches to somebody, and have it accepted."""

    def award(email: str, name: str, again: str = "") -> tuple[Holder, Offered]:
        data = issuing.AwardData(name=name, email=email, awarded_date=date(2026, 3, 5), language="en")
        with tenant(course.institution):
            made = issuing.award_one(course, data, actor=None, again=again)
        run_pending()
        with tenant(course.institution):
            deposit = Deposit.objects.select_related("award", "institution").get(award=made)
        holder = wallet.claim(deposit, "en")
        return holder, Offered(issuing.credential_bytes(made), "application/json", made.url, shown=True)

    return award

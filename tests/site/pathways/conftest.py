"""Three universities, two courses, and a microdegree that is made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.standing import aside, standing

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import achievement_id
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion, MicroCredential
from testamur_site.foundation.accounts.api import create_institution
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.pathways import api as pathways
from testamur_site.wallet import services as wallet
from testamur_site.wallet.api import Holder
from testamur_site.wallet.models import Deposit

RULE = """\
language: testamur-programme/1
id: data-for-the-city
version: "1"
title: {{en: Data for the city, ko: 도시를 위한 데이터}}
reevaluation: {reevaluation}
requires:
  name: microdegree
  all:
    - {{name: foundations, from: {{achievement: "{first}"}}, count: 1}}
    - {{name: practice, from: {{achievement: ["{second}", "{third}"]}}, count: 1}}
tests:
  - name: one of each
    credentials:
      - {{id: a, achievement: "{first}"}}
      - {{id: b, achievement: "{third}"}}
    expect: {{outcome: holds}}
"""
GRACE = "{grace: 30 days, text: {en: Thirty days to mend it., ko: 30일 안에 보완할 수 있습니다.}}"


def publish(institution: Institution, title: str, **changes: Any) -> AchievementVersion:
    with tenant(institution):
        made: MicroCredential = catalogue.create(institution, replace(DESCRIPTION, title={"en": title}, **changes))
        version = AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=made
        )
        catalogue.publish(version)
        version.refresh_from_db()
        return version


@pytest.fixture
@standing
def liffey(db: None) -> Institution:
    return create_institution(slug="liffey", name="Liffey College", country="IE", owner=None)


@pytest.fixture
@standing
def courses(institution: Institution, liffey: Institution) -> list[AchievementVersion]:
    """Foundations of Han River, and two practices of Liffey, either of which will do."""
    return [
        publish(institution, "Foundations of data"),
        publish(liffey, "Data in practice"),
        publish(liffey, "Maps in practice"),
    ]


def rule_text(courses: list[AchievementVersion], reevaluation: str = GRACE) -> str:
    first, second, third = (achievement_id(version) for version in courses)
    return RULE.format(first=first, second=second, third=third, reevaluation=reevaluation)


@pytest.fixture
@aside
def make_microdegree(institution: Institution, courses: list[AchievementVersion]) -> Callable[..., MicroCredential]:
    def make(awarding: pathways.Awarding = pathways.Awarding.AUTOMATIC, reevaluation: str = GRACE) -> MicroCredential:
        with tenant(institution):
            made: MicroCredential = catalogue.create(
                institution, replace(DESCRIPTION, title={"en": "Data for the city"})
            )
            version = AchievementVersion.objects.select_related("institution").get(micro_credential=made)
            pathways.set_rule(version, rule_text(courses, reevaluation), awarding=awarding)
            catalogue.publish(version)
            made.refresh_from_db()
            return made

    return make


@pytest.fixture
@aside
def award_to(db: None) -> Callable[..., Deposit]:
    """Award a course to Mina and have it claimed."""

    def award(version: AchievementVersion, email: str = "mina@example.org") -> Deposit:
        data = issuing.AwardData(name="김미나", email=email, awarded_date=date(2026, 3, 5), language="en")
        with tenant(version.institution):
            made = issuing.award_one(version, data, actor=None)
        run_pending()
        with tenant(version.institution):
            deposit = Deposit.objects.select_related("award").get(award=made)
        wallet.claim(deposit, "en")
        return deposit

    return award


@pytest.fixture
@standing
def mina(award_to: Callable[..., Deposit], courses: list[AchievementVersion]) -> Holder:
    """Mina, who has the foundations."""
    deposit = award_to(courses[0])
    run_pending()
    with tenant(courses[0].institution):
        return Deposit.objects.select_related("holder").get(pk=deposit.pk).holder

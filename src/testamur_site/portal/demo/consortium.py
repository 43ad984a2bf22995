"""The demonstration's consortium: two partner institutions, and a microdegree of three.

1. Han River Institute and Liffey College open, with a registrar each, and publish their courses.
2. The university publishes *Cities in transition*, whose rule counts credentials of all three.
3. Ana holds one part and takes part: her map has something done and something open.
4. Seoyeon holds all parts and was awarded the microdegree by itself.
5. She had asked the university to recognise two of her courses: an agreement covered one, the other was refused with a reason.
6. Jürgen had the microdegree too; then one of his parts was revoked, and the microdegree with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.accounts import api as accounts
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.pathways import api as pathways
from testamur_site.recognition import api as recognition
from testamur_site.wallet import api as wallet

from .people import COHORT, PARTNERS, REGISTRAR

RULE = """\
# A microdegree of three institutions. Any of the courses may come first; at least two institutions have taught.
language: testamur-programme/1
id: cities-in-transition
version: "1"
title: {{en: Cities in transition, ko: 전환하는 도시}}
unit: ECTS
unstated_unit: ECTS
requires:
  name: microdegree
  title: {{en: Cities in transition, ko: 전환하는 도시}}
  credits: 15
  distinct: {{of: issuer, at_least: 2}}
  all:
    - name: data
      title: {{en: Read and present data, ko: 데이터를 읽고 설명하기}}
      from: {{achievement: "{data}"}}
      count: 1
    - name: energy
      title: {{en: The energy of a district, ko: 한 구역의 에너지}}
      from: {{achievement: "{energy}"}}
      count: 1
    - name: people
      title: {{en: The people of a district, ko: 한 구역의 사람들}}
      from: {{achievement: ["{citizens}", "{heritage}"]}}
      count: 1
tests:
  - name: one of each, from three institutions
    credentials:
      - {{id: a, achievement: "{data}", issuer: zed, credits: 5}}
      - {{id: b, achievement: "{energy}", issuer: river, credits: 5}}
      - {{id: c, achievement: "{heritage}", issuer: liffey, credits: 5}}
    expect: {{outcome: holds}}
  - name: without the energy
    credentials:
      - {{id: a, achievement: "{data}", issuer: zed, credits: 5}}
      - {{id: c, achievement: "{citizens}", issuer: liffey, credits: 5}}
      - {{id: d, achievement: "{heritage}", issuer: liffey, credits: 5}}
    expect: {{outcome: does not hold}}
"""


def open_partners() -> list[Institution]:
    """The two partner institutions with their courses. In the caller's transaction."""
    made = []
    for partner in PARTNERS:
        registrar = accounts.create_user(partner["email"], partner["registrar"], REGISTRAR["password"])
        institution = accounts.create_institution(
            slug=partner["slug"],
            name=partner["name"],
            country=partner["country"],
            owner=registrar,
            translations={
                "ko": {"name": partner["korean"], "description": "컨소시엄을 시연하기 위해 지어낸 기관입니다."}
            },
            description="An invented partner of the University of Zed.",
            email=partner["email"],
            languages=["en", "ko"],
            primary_colour=partner["colour"],
        )
        catalogue.create_consortium_courses(institution, partner["courses"], actor=registrar)
        made.append(institution)
    return made


def tell(university: Institution, data: catalogue.AchievementVersion, registrar: Any) -> None:
    """In the caller's transaction: partners and the microdegree. `data` is the university's own course that counts towards it."""
    river, liffey = open_partners()
    (energy,) = catalogue.published(river)
    courses = {version.title_in("en"): version for version in catalogue.published(liffey)}
    addresses = {
        "data": catalogue.achievement_id(data),
        "energy": catalogue.achievement_id(energy),
        "citizens": catalogue.achievement_id(courses["Planning with citizens"]),
        "heritage": catalogue.achievement_id(courses["Old buildings, new uses"]),
    }
    draft = catalogue.create_microdegree_draft(university, actor=registrar)
    with tenant(university):
        pathways.set_rule(draft, RULE.format(**addresses), awarding=pathways.Awarding.AUTOMATIC, actor=registrar)
        catalogue.publish(draft, actor=registrar)
        draft.refresh_from_db()


def take_part(
    university: Institution, data: catalogue.AchievementVersion, work: Callable[[], Any], registrar: Any
) -> None:
    """Three learners, each at another point. `work` does the waiting jobs; their courses are claimed as they are awarded."""
    river, liffey = (_institution(partner["slug"]) for partner in PARTNERS)
    (energy,) = catalogue.published(river)
    citizens = next(one for one in catalogue.published(liffey) if one.title_in("en") == "Planning with citizens")
    microdegree = next(
        one.micro_credential for one in catalogue.published(university) if one.title_in("en") == "Cities in transition"
    )
    for (name, email, language), versions, falls in (
        (COHORT[0], (), False),
        (COHORT[1], (data, energy, citizens), False),
        (COHORT[5], (data, energy, citizens), True),
    ):
        awards = [_award(version, name, email, language, work) for version in versions]
        learner = holder(university, email)
        pathways.join(learner, microdegree)
        work()
        if falls:
            issuing.revoke(awards[1], issuing.Reason.ISSUED_IN_ERROR)
            work()
        elif awards:
            recognition.create_demo(
                university, liffey, learner, recognised=awards[2], refused=awards[1], actor=registrar
            )
            work()


def _institution(slug: str) -> Institution:
    return Institution.objects.get(slug=slug)


def _award(
    version: catalogue.AchievementVersion, name: str, email: str, language: str, work: Callable[[], Any]
) -> issuing.Award:
    day = timezone.now().date() - timedelta(days=30)
    data = issuing.AwardData(name=name, email=email, awarded_date=day, language=language)
    with tenant(version.institution):
        award = issuing.award_one(version, data, again="consortium")
    work()
    deposit = wallet.deposit_of(award.public_id)
    if deposit is None:
        raise LookupError(f"{award} was not handed over")
    wallet.claim(deposit, language)
    return award


def holder(university: Institution, email: str) -> wallet.Holder:
    """The learner of an address, who has accepted something of the university."""
    with tenant(university):
        found = wallet.Deposit.objects.filter(award__recipient_email=email).exclude(holder=None).first()
    if found is None or found.holder is None:
        raise LookupError("the learner has accepted nothing yet")
    return found.holder

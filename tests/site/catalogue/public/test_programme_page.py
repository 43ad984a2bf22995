"""The page of a programme: the four answers, tasks and rubrics, offerings, partners, versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.standing import aside

from testamur_site.catalogue import services
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.description.elements import (
    Description,
    MarkingScheme,
    Organisation,
    Partner,
    Rubric,
    RubricCriterion,
    RubricLevel,
    Task,
)
from testamur_site.catalogue.description.places_and_languages import country
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.catalogue.offerings import services as offerings
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.foundation.tenancy.api import Institution, tenant

LEVELS = (
    RubricLevel("weak", {"en": "Weak"}, "0", {"en": "Repeats figures."}),
    RubricLevel("good", {"en": "Good"}, "2"),
)
RUBRIC = Rubric(
    "r1", {"en": "Report"}, {}, (RubricCriterion("clear", {"en": "Clarity"}, {}, ("o1",), "1", "good", LEVELS),)
)
MARKING = MarkingScheme(assessors="2", peers="3", peer_weight="20", industry="1")
TASK = Task(
    "report",
    {"en": "A report"},
    {"en": "Write **two** pages."},
    {},
    "r1",
    "2",
    "60",
    ("file", "link"),
    "2",
    "P6W",
    "2",
    marking=MARKING,
)
TEST = Task("test", {"en": "A short test"}, pass_mark="70", item_bank="abc", evidence=())
CITY = Organisation("city", {"en": "City of Zed"}, country=country("IE"), homepage="https://city.example/")
ASSESSED = replace(
    DESCRIPTION,
    tasks=(TASK, TEST),
    rubrics=(RUBRIC,),
    assessed_award=True,
    organisations=(*DESCRIPTION.organisations, CITY),
    partners=(Partner("city", {"en": "sets the cases"}),),
    co_owners=("liffey", "han-river", "gone"),
    rpl={"en": "Reports from work can be handed in."},
)


@pytest.fixture
@aside
def show(institution: Institution) -> Callable[..., str]:
    """Publish a description and give its page as text."""

    def publish(description: Description = DESCRIPTION, language: str = "en") -> str:
        with tenant(institution):
            version = services.create(institution, description).versions.get()
            # Past the gate: these tests are about what the page says, not about what may be published.
            AchievementVersion.objects.filter(pk=version.pk).update(state="published", published_at=timezone.now())
            version.micro_credential.versions.update(state="published")
            type(version.micro_credential).objects.filter(pk=version.micro_credential_id).update(state="published")
        answer = Client().get(f"/m/{version.micro_credential.public_id}", HTTP_ACCEPT_LANGUAGE=language)
        assert answer.status_code == 200
        assert len(answer.content) < 60_000
        return unescape(answer.content.decode())

    return publish


def test_what_people_ask_first_is_answered_first_and_in_order(show: Callable[..., str]) -> None:
    html = show()
    questions = ["Is it accredited?", "Does it fit my goal?", "Is it hands-on?", "What can it count towards?"]
    places = [html.index(f"<dt>{question}</dt>") for question in questions]
    assert places == sorted(places)
    assert places[-1] < html.index("What will I learn?")
    for answer in (
        "Yes, by Academic Council, University of Zed",
        "4 things you will be able to do",
        "Yes, you make something that is assessed",
        "It can be part of something larger",
    ):
        assert answer in html


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"quality_assurance": ()}, "No accreditation is stated"),
        (
            {"quality_assurance": (replace(DESCRIPTION.quality_assurance[0], valid_until="2020-01-01"),)},
            "It was; what is stated has run out",
        ),
        (
            {"quality_assurance": (replace(DESCRIPTION.quality_assurance[0], body={}),)},
            "Yes, as the institution states",
        ),
        ({"assessments": (), "activities": ()}, "Not that it is stated"),
        ({"integration": None, "integration_note": {}, "partial_qualification": None}, "Nothing is stated"),
    ],
)
def test_what_is_not_said_is_not_made_up(show: Callable[..., str], change: dict[str, Any], answer: str) -> None:
    assert answer not in show()
    assert answer in show(replace(DESCRIPTION, **change))


def test_a_task_says_what_how_and_by_whom(show: Callable[..., str]) -> None:
    html = show(ASSESSED)
    for words in (
        "It is awarded only after a decision",
        "<strong>two</strong>",
        "At least 2: file, link",
        "2 assessors of the staff, neither sees the other's mark",
        "3 fellow learners (20 % of the mark)",
        "1 validator from industry",
        "Names are hidden while marking",
        "60 %",
        "67 % of the whole",
        "2 attempts",
        "6 weeks after the beginning",
        "at least “Good” is needed",
        "Repeats figures.",
        "A short test that adapts to your answers",
        "Scored by the test itself",
        "Reports from work can be handed in.",
    ):
        assert words in html
    # From the outcome to the task that shows it.
    assert '<a href="#task-report">A report</a> (Clarity)' in html
    assert 'id="task-report"' in html


def test_who_stands_behind_it_with_their_part(show: Callable[..., str], other_institution: Institution) -> None:
    html = show(ASSESSED)
    assert '<a href="https://city.example/" rel="noopener">City of Zed</a>' in html
    assert "sets the cases" in html
    assert "Offered together with" in html
    assert '<a href="/institutions/liffey">Liffey College</a>' in html
    assert "gone" not in html.split("Offered together with")[1].split("</dd>")[0]


def test_korean(show: Callable[..., str]) -> None:
    html = show(ASSESSED, "ko")
    for words in (
        "인증된 과정입니까?",
        "내 목표에 맞습니까?",
        "실습 중심입니까?",
        "산업계 검증자 1명",
        "평가하는 사람",
        "루브릭: 평가 항목 1개",
    ):
        assert words in html


def test_hostile_words_stay_words(institution: Institution) -> None:
    evil = '"><script>alert(1)</script>'
    described = replace(
        ASSESSED,
        title={"en": evil},
        description={"en": evil},
        partners=(Partner("city", {"en": evil}),),
        tasks=(replace(TASK, title={"en": evil}, instructions={"en": evil}),),
        tags=(evil,),
        rpl={"en": evil},
    )
    with tenant(institution):
        version = services.create(institution, described).versions.get()
        AchievementVersion.objects.filter(pk=version.pk).update(state="published", published_at=timezone.now())
    answer = Client().get(f"/m/{version.micro_credential.public_id}").content.decode()
    assert "<script>alert" not in answer
    assert answer.count("&lt;script&gt;alert(1)") > 5


def test_dates_price_seats_and_the_way_in(published: AchievementVersion) -> None:
    today = timezone.localdate()
    page = f"/m/{published.micro_credential.public_id}"
    assert "No date is announced." in Client().get(page).content.decode()
    with tenant(published.institution):
        terms = Terms(
            starts_on=today + timedelta(days=20),
            seats=1,
            price_kind="fixed",
            price=Decimal("99.50"),
            currency="EUR",
            place="Seoul",
        )
        offering = offerings.open_for_enrolment(offerings.create(published, terms))
        draft = offerings.create(published, replace(terms, place="Nowhere yet"))
    html = unescape(Client().get(page).content.decode())
    assert "€99.50" in html
    assert "1 of 1 seat left" in html
    assert "Nowhere yet" not in html
    assert f"/learn/enrol/{offering.public_id}" in html
    assert f"/learn/enrol/{draft.public_id}" not in html
    with tenant(published.institution):
        offerings.take_seat(offering)
    full = unescape(Client().get(page).content.decode())
    assert "All seats are taken." in full
    assert f"/learn/enrol/{offering.public_id}" not in full


def test_what_changed_and_what_becomes_of_those_who_began_earlier(locked: AchievementVersion) -> None:
    with tenant(locked.institution):
        terms = Terms(starts_on=timezone.localdate() + timedelta(days=3))
        offerings.open_for_enrolment(offerings.create(locked, terms))
        newer = services.publish(services.begin_version(locked.micro_credential, "One outcome more."))
    page = f"/m/{locked.micro_credential.public_id}"
    html = unescape(Client().get(page).content.decode())
    assert "One outcome more." in html
    assert "Who began under an earlier version may finish under it." in html
    assert "under version 1" in html
    for policy, words in (("move", "goes on under this one"), ("until", "may finish under it until")):
        with tenant(locked.institution):
            AchievementVersion.objects.filter(pk=newer.pk).update(
                earlier_learners=policy, earlier_until=timezone.localdate(), changed_at=timezone.now()
            )
        assert words in Client().get(page).content.decode()

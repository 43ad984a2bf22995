"""The programme lead's dashboard: how far everybody is, what waits for whom, and where an assessor lands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.site.assessment.conftest import (  # noqa: F401 - the same cohorts as in the tests of marking
    SOUND,
    STRONG,
    TASK,
    WEAK,
    _no_time_to_undo,
    give,
    make_cohort,
    place,
    second_assessor,
)
from tests.site.item_bank import examples as item_bank

from testamur_site.assessment.services import peers
from testamur_site.foundation.tenancy.api import tenant

ClientFor = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def _at_work(institution: Any) -> Iterator[None]:
    with tenant(institution):
        yield


def page_of(cohort: Any) -> str:
    return reverse("portal:leading_programme", kwargs={"slug": "han-river", "offering": cohort.offering.public_id})


def test_a_lead_sees_how_far_everybody_is(
    make_cohort: Any,  # noqa: F811
    assessor: Any,
    second_assessor: Any,  # noqa: F811
    programme_lead: Any,
    client_for: ClientFor,
) -> None:
    cohort = make_cohort(assessors="2")
    agreed, moderated, _waiting = cohort.hand_in(3)
    cohort.enrol(1)
    for submission, pair in ((agreed, (SOUND, SOUND)), (moderated, (WEAK, STRONG))):
        for position, level in enumerate(pair, 1):
            mark = place(submission, position=position)
            give(mark, mark.user, level, level)
    browser = client_for(programme_lead)
    listed = browser.get(reverse("portal:leading", kwargs={"slug": "han-river"})).content.decode()
    assert page_of(cohort) in listed
    text = browser.get(page_of(cohort)).content.decode()
    assert "44 %" in text
    assert "1 submission waits for a moderator" in text
    assert "1 submission waits for a mark of the staff" in text
    assert all(one.learner.name in text for one in cohort.enrolments)


def test_missing_reviews_are_a_bottleneck(
    make_cohort: Any,  # noqa: F811
    assessor: Any,
    programme_lead: Any,
    client_for: ClientFor,
) -> None:
    cohort = make_cohort(peers="2", peer_weight="20")
    cohort.hand_in(4)
    peers.begin(cohort.offering, TASK)
    assert "4 submissions wait for reviews of peers" in client_for(programme_lead).get(page_of(cohort)).content.decode()


def test_the_page_asks_no_more_for_more_learners(
    make_cohort: Any,  # noqa: F811
    assessor: Any,
    programme_lead: Any,
    client_for: ClientFor,
) -> None:
    cohort, browser, counts = make_cohort(), client_for(programme_lead), []
    for _ in range(2):
        cohort.hand_in(3)
        browser.get(page_of(cohort))
        with CaptureQueriesContext(connection) as asked:
            browser.get(page_of(cohort))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_test_leads_to_its_own_page(institution: Any, programme_lead: Any, client_for: ClientFor) -> None:
    learner = item_bank.learner_of(item_bank.open_bank(institution))
    here = reverse("portal:leading_programme", kwargs={"slug": "han-river", "offering": learner.offering.public_id})
    keys = {"slug": "han-river", "offering": learner.offering.public_id, "key": "quiz"}
    text = client_for(programme_lead).get(here).content.decode()
    assert reverse("item_bank:tests", kwargs=keys) in text


def test_only_leads_lead(make_cohort: Any, assessor: Any, viewer: Any, outsider: Any, client_for: ClientFor) -> None:  # noqa: F811
    here = page_of(make_cohort())
    assert client_for(assessor).get(here).status_code == 403
    assert client_for(viewer).get(here).status_code == 403
    assert client_for(outsider).get(here).status_code == 404


def test_an_assessor_is_led_to_their_queue(assessor: Any, viewer: Any, outsider: Any, client_for: ClientFor) -> None:
    home = reverse("portal:dashboard", kwargs={"slug": "han-river"})
    queue = reverse("assessment:queue", kwargs={"slug": "han-river"})
    assert client_for(assessor).get(home)["Location"] == queue
    assert client_for(viewer).get(home).status_code == 200
    assert client_for(outsider).get(home).status_code == 404
    assert client_for(None).get(home).status_code == 302

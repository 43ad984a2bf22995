"""The staff pages of offerings: who may, what is refused and how it is said, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.standing import standing

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.models import AchievementVersion, Offering
from testamur_site.catalogue.offerings import services
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.foundation.tenancy.api import Institution, tenant

BASE = "/staff/han-river/offerings/"


@pytest.fixture
def lead(programme_lead: Any, client_for: Callable[[Any], Client]) -> Client:
    return client_for(programme_lead)


@pytest.fixture
@standing
def coming(published: AchievementVersion) -> Offering:
    """Open, and beginning in five weeks from the day on which the test runs."""
    today = timezone.localdate()
    terms = Terms(starts_on=today + timedelta(weeks=5), seats=30, place="Seoul", enrol_until=today + timedelta(weeks=4))
    with tenant(published.institution):
        return services.open_for_enrolment(services.create(published, terms))


def posted(**changes: Any) -> dict[str, Any]:
    """What a browser sends for a complete form."""
    values = {
        "starts_on": "2027-01-04",
        "ends_on": "2027-03-19",
        "enrol_until": "2026-12-20",
        "seats": "30",
        "price_kind": "fixed",
        "price": "120",
        "price_to": "",
        "currency": "EUR",
        "mode": "",
        "languages": ["en", "ko"],
        "place": "Seoul",
        "note": "Thursdays, 18:00\r\nBring a laptop.",
    }
    return {**values, **changes}


def one(offering: Offering, page: str = "") -> str:
    return f"{BASE}{offering.public_id}/{page}"


def test_from_nothing_to_an_offering_on_the_public_page(lead: Client, published: AchievementVersion) -> None:
    assert "Nothing is offered yet" in lead.get(BASE).content.decode()
    overview = f"/staff/han-river/micro-credentials/{published.micro_credential.public_id}/"
    assert f"{BASE}new?micro_credential=" in lead.get(overview).content.decode()
    choose = lead.get(f"{BASE}new").content.decode()
    assert published.micro_credential.public_id in choose
    address = f"{BASE}new?micro_credential={published.micro_credential.public_id}"
    assert lead.get(address).status_code == 200
    answer = lead.post(address, posted(), follow=True)
    assert "Saved as a draft" in answer.content.decode()
    with tenant(published.institution):
        offering = Offering.objects.get()
    assert (offering.note, offering.languages) == ("Thursdays, 18:00\nBring a laptop.", ("en", "ko"))
    assert "€120" in lead.get(BASE).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ends_on": "2027-01-01"}, "The last day is before the first"),
        ({"price": ""}, "Enter an amount"),
        ({"currency": "XXX"}, "not one of the available choices"),
        ({"starts_on": "soon"}, "Enter a valid date"),
        ({"seats": "-3"}, "greater than or equal to 1"),
        ({"place": "Seoul\u202e"}, "invisible marks"),
        ({"note": "x" * 2001}, "at most 2000 characters"),
        ({"price": "1e400"}, "less than or equal to"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    lead: Client, published: AchievementVersion, change: dict[str, Any], sentence: str
) -> None:
    address = f"{BASE}new?micro_credential={published.micro_credential.public_id}"
    answer = lead.post(address, posted(**change))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Bring a laptop." in page or change.get("note")
    with tenant(published.institution):
        assert not Offering.objects.exists()


def test_a_draft_is_opened_closed_and_cancelled(lead: Client, coming: Offering) -> None:
    assert "Nobody can enrol any more" in lead.get(one(coming, "close")).content.decode()
    lead.post(one(coming, "close"))
    assert state(coming) == "closed"
    lead.post(one(coming, "open"))
    assert state(coming) == "open"
    with tenant(coming.institution):
        services.take_seat(coming)
    assert "1 learner is enrolled." in lead.get(one(coming, "cancel")).content.decode()
    lead.post(one(coming, "cancel"))
    assert state(coming) == "cancelled"
    # Each once more: said, not done.
    for page in ("close", "open", "cancel", "discard"):
        assert lead.post(one(coming, page), follow=True).status_code == 200
    assert "It does not take place" in lead.get(one(coming)).content.decode()
    assert lead.get(one(coming, "edit")).status_code == 302


def test_an_offering_that_is_over_is_sent_to_its_dates(lead: Client, coming: Offering) -> None:
    with tenant(coming.institution):
        services.close(coming)
        Offering.objects.filter(pk=coming.pk).update(enrol_until=timezone.localdate() - timedelta(days=1))
    answer = lead.post(one(coming, "open"), follow=True)
    assert answer.redirect_chain[-1][0].endswith("/edit")
    assert "This day is over" in answer.content.decode()
    assert state(coming) == "closed"


def test_seats_below_those_taken_are_refused_in_words(lead: Client, coming: Offering) -> None:
    with tenant(coming.institution):
        for _ in range(3):
            services.take_seat(coming)
    answer = lead.post(one(coming, "edit"), posted(seats="2"))
    assert answer.status_code == 422
    assert "3 learners are enrolled. There cannot be fewer seats than that." in answer.content.decode()
    assert lead.post(one(coming, "edit"), posted(seats="3")).status_code == 302


def test_a_newer_version_is_pointed_out(lead: Client, coming: Offering) -> None:
    with tenant(coming.institution):
        newer = catalogue.publish(catalogue.begin_version(coming.version.micro_credential, "Rewritten."))
    assert "There is a newer version" in lead.get(one(coming)).content.decode()
    lead.post(one(coming, "current-version"))
    with tenant(coming.institution):
        assert Offering.objects.get().version_id == newer.pk


@pytest.mark.parametrize("page", ["edit", "close", "cancel", "discard"])
def test_who_only_looks_cannot_change(
    coming: Offering, viewer: Any, client_for: Callable[[Any], Client], page: str
) -> None:
    browser = client_for(viewer)
    assert browser.get(one(coming)).status_code == 200
    assert browser.get(one(coming, page)).status_code == 403
    assert one(coming, page) not in browser.get(one(coming)).content.decode()


@pytest.mark.parametrize("page", ["", "edit", "close"])
def test_another_institutions_offering_is_not_there(
    coming: Offering, outsider: Any, client_for: Callable[[Any], Client], page: str, lead: Client
) -> None:
    browser = client_for(outsider)
    assert browser.get(one(coming, page)).status_code == 404
    assert browser.get(f"/staff/liffey/offerings/{coming.public_id}/{page}").status_code == 404
    assert lead.get(one(coming, page)).status_code == 200


def test_a_draft_or_retired_micro_credential_is_not_offered(
    lead: Client, draft: AchievementVersion, institution: Institution
) -> None:
    address = f"{BASE}new?micro_credential={draft.micro_credential.public_id}"
    assert lead.get(address).status_code == 404
    assert "Only a published micro-credential can be offered" in lead.get(f"{BASE}new").content.decode()
    with tenant(institution):
        catalogue.publish(draft)
    assert lead.get(address).status_code == 200


@pytest.mark.parametrize("query", ["?page=0", "?page=zzz", "?state=nonsense", "?q=" + "ㅎ" * 500])
def test_any_question_to_the_list_is_answered(lead: Client, coming: Offering, query: str) -> None:
    assert lead.get(BASE + query).status_code == 200


def test_the_pages_are_korean_too(lead: Client, coming: Offering) -> None:
    for page in (BASE, one(coming), one(coming, "edit"), f"{BASE}new"):
        text = lead.get(page, HTTP_ACCEPT_LANGUAGE="ko").content.decode()
        assert "개설 과정" in text
        assert len(text.encode()) < 60_000


def state(offering: Offering) -> str:
    offering.refresh_from_db()
    return offering.state

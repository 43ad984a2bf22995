"""Offerings: what is refused, what is written down, and that no seat is given twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from testamur_site.catalogue import api
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.errors import VersionLocked
from testamur_site.catalogue.models import AchievementVersion, Offering
from testamur_site.catalogue.offerings import queries, services
from testamur_site.catalogue.offerings.errors import NotOffered, TooFewSeats, UnfitTerms, WrongState
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.tenancy.api import Institution, tenant

from .conftest import TODAY


def actions(institution: Institution) -> list[str]:
    found = entries(institution).order_by("sequence")
    return [entry.action for entry in found if entry.action.startswith("offering.")]


@pytest.mark.usefixtures("at_work")
def test_from_draft_to_cancelled_everything_is_in_the_audit_trail(offering: Offering, institution: Institution) -> None:
    services.open_for_enrolment(offering, today=TODAY)
    services.close(offering)
    services.open_for_enrolment(offering, today=TODAY)
    services.cancel(offering)
    assert actions(institution) == [
        "offering.created",
        "offering.opened",
        "offering.closed",
        "offering.opened",
        "offering.cancelled",
    ]


@pytest.mark.usefixtures("at_work")
def test_nothing_is_offered_of_a_draft_or_a_retired_one(
    draft: AchievementVersion, terms: Terms, institution: Institution
) -> None:
    with pytest.raises(NotOffered):
        services.create(draft, terms)
    published = catalogue.publish(draft)
    offering = services.create(published, terms)
    catalogue.retire(published.micro_credential)
    with pytest.raises(NotOffered):
        services.open_for_enrolment(offering, today=TODAY)
    catalogue.bring_back(published.micro_credential)
    services.open_for_enrolment(offering, today=TODAY)


@pytest.mark.parametrize(
    ("change", "member", "code"),
    [
        ({"ends_on": TODAY, "enrol_until": None}, "ends_on", "ends_before_start"),
        ({"enrol_until": TODAY + timedelta(weeks=16)}, "enrol_until", "enrol_after_end"),
        ({"seats": 0}, "seats", "seats_out_of_range"),
        ({"seats": 100_001}, "seats", "seats_out_of_range"),
        ({"price": None}, "price", "price_missing"),
        ({"price": Decimal("-1")}, "price", "price_out_of_range"),
        ({"price": Decimal(0)}, "price", "price_out_of_range"),
        ({"currency": ""}, "currency", "currency_missing"),
        ({"currency": "EURO"}, "currency", "currency_missing"),
        ({"price_kind": "sliding"}, "price_to", "price_missing"),
        ({"price_kind": "sliding", "price_to": Decimal(120)}, "price_to", "range_upside_down"),
    ],
)
@pytest.mark.usefixtures("at_work")
def test_terms_that_do_not_fit_are_refused(
    published: AchievementVersion, terms: Terms, change: dict[str, Any], member: str, code: str
) -> None:
    services.create(published, terms)
    with pytest.raises(UnfitTerms) as refused:
        services.create(published, replace(terms, **change))
    assert refused.value.faults == {member: code}


@pytest.mark.usefixtures("at_work")
def test_what_a_kind_of_price_does_not_have_is_not_kept(offering: Offering, terms: Terms) -> None:
    edited = services.edit(offering, replace(terms, price_kind="free"))
    edited.refresh_from_db()
    assert (edited.price, edited.price_to, edited.currency) == (None, None, "")
    assert edited.least_price == 0
    asked = services.edit(offering, replace(terms, price_kind="on_request"))
    assert asked.least_price is None


@pytest.mark.usefixtures("at_work")
def test_saving_the_same_again_is_no_change(offering: Offering, terms: Terms, institution: Institution) -> None:
    services.edit(offering, terms)
    assert actions(institution) == ["offering.created"]
    services.edit(offering, replace(terms, place="Busan"))
    assert actions(institution) == ["offering.created", "offering.edited"]


@pytest.mark.usefixtures("at_work")
def test_a_seat_is_taken_until_there_are_none(open_offering: Offering, terms: Terms) -> None:
    services.edit(open_offering, replace(terms, seats=2))
    assert [services.take_seat(open_offering, today=TODAY) for _ in range(3)] == [True, True, False]
    assert open_offering.refusal(TODAY) == "full"
    assert services.give_back_seat(open_offering)
    assert open_offering.refusal(TODAY) == ""
    assert services.take_seat(open_offering, today=TODAY)


@pytest.mark.usefixtures("at_work")
def test_a_stale_copy_cannot_take_the_last_seat_again(open_offering: Offering, terms: Terms) -> None:
    services.edit(open_offering, replace(terms, seats=1))
    stale = Offering.objects.get(pk=open_offering.pk)
    assert services.take_seat(open_offering, today=TODAY)
    assert stale.seats_taken == 0
    assert not services.take_seat(stale, today=TODAY)
    assert stale.seats_left == 0


@pytest.mark.usefixtures("at_work")
def test_more_seats_than_were_taken_are_never_given_back(open_offering: Offering) -> None:
    assert services.take_seat(open_offering, today=TODAY)
    assert [services.give_back_seat(open_offering) for _ in range(2)] == [True, False]
    assert open_offering.seats_taken == 0


@pytest.mark.parametrize(
    ("when", "refusal"),
    [
        (TODAY, ""),
        (TODAY + timedelta(weeks=4), ""),
        (TODAY + timedelta(weeks=4, days=1), "too_late"),
        (TODAY + timedelta(weeks=15, days=1), "over"),
    ],
)
@pytest.mark.usefixtures("at_work")
def test_the_last_day_still_counts(open_offering: Offering, when: Any, refusal: str) -> None:
    assert open_offering.refusal(when) == refusal
    assert services.take_seat(open_offering, today=when) == (refusal == "")


@pytest.mark.parametrize(
    ("state", "refusal"), [("draft", "not_open"), ("closed", "closed"), ("cancelled", "cancelled")]
)
@pytest.mark.usefixtures("at_work")
def test_no_seat_where_enrolment_is_not_open(open_offering: Offering, state: str, refusal: str) -> None:
    Offering.objects.filter(pk=open_offering.pk).update(state=state)
    assert not services.take_seat(open_offering, today=TODAY)
    assert open_offering.refusal(TODAY) == refusal


@pytest.mark.usefixtures("at_work")
def test_the_database_itself_refuses_one_learner_too_many(open_offering: Offering) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Offering.objects.filter(pk=open_offering.pk).update(seats_taken=31)


@pytest.mark.usefixtures("at_work")
def test_seats_are_not_cut_below_those_who_sit_in_them(open_offering: Offering, terms: Terms) -> None:
    for _ in range(3):
        services.take_seat(open_offering, today=TODAY)
    with pytest.raises(TooFewSeats) as refused:
        services.edit(open_offering, replace(terms, seats=2))
    assert refused.value.taken == 3
    services.edit(open_offering, replace(terms, seats=3))


@pytest.mark.usefixtures("at_work")
def test_editing_does_not_forget_who_enrolled_meanwhile(open_offering: Offering, terms: Terms) -> None:
    stale = Offering.objects.get(pk=open_offering.pk)
    services.take_seat(open_offering, today=TODAY)
    services.edit(stale, replace(terms, place="Busan"))
    open_offering.refresh_from_db()
    assert (open_offering.place, open_offering.seats_taken) == ("Busan", 1)


@pytest.mark.parametrize("change", [services.open_for_enrolment, services.close, services.cancel])
@pytest.mark.usefixtures("at_work")
def test_what_was_cancelled_stays_cancelled(offering: Offering, change: Callable[..., Any], terms: Terms) -> None:
    services.cancel(offering)
    with pytest.raises(WrongState):
        change(offering)
    with pytest.raises(WrongState):
        services.edit(offering, terms)


@pytest.mark.usefixtures("at_work")
def test_what_is_over_is_not_opened(offering: Offering) -> None:
    with pytest.raises(UnfitTerms) as refused:
        services.open_for_enrolment(offering, today=TODAY + timedelta(weeks=5))
    assert refused.value.faults == {"enrol_until": "over"}


@pytest.mark.usefixtures("at_work")
def test_only_a_draft_is_deleted(offering: Offering) -> None:
    services.open_for_enrolment(offering, today=TODAY)
    with pytest.raises(WrongState):
        services.discard(offering)
    Offering.objects.filter(pk=offering.pk).update(state="draft")
    services.discard(offering)
    assert not Offering.objects.exists()


@pytest.mark.usefixtures("at_work")
def test_who_enrolled_stays_with_the_version_they_were_told(open_offering: Offering) -> None:
    micro_credential = open_offering.version.micro_credential
    newer = catalogue.publish(catalogue.begin_version(micro_credential, "One outcome more."))
    services.take_seat(open_offering, today=TODAY)
    with pytest.raises(VersionLocked):
        services.move_to_current_version(open_offering)
    services.give_back_seat(open_offering)
    assert services.move_to_current_version(open_offering).version_id == newer.pk


def test_what_everybody_may_see(open_offering: Offering, published: AchievementVersion) -> None:
    """By the door, without an active tenant."""
    assert [o.pk for o in api.open_offerings(published.micro_credential, TODAY)] == [open_offering.pk]
    assert api.open_offerings(published.micro_credential, TODAY + timedelta(weeks=16)) == []
    found = api.offering_by_public_id(open_offering.public_id)
    assert found is not None
    assert found.institution.slug == "han-river"
    assert api.offering_by_public_id("nul\x00") is None
    assert api.offering_by_public_id("x" * 41) is None


def test_a_draft_is_not_found_by_the_public(offering: Offering, other_institution: Institution) -> None:
    assert api.offering_by_public_id(offering.public_id) is None
    with tenant(offering.institution):
        assert queries.own_offering(offering.public_id) is not None
    with tenant(other_institution):
        assert queries.own_offering(offering.public_id) is None

"""Seats: whatever happens in whatever order, and at the same moment, no more are taken than there are."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import Offering
from testamur_site.catalogue.offerings import services
from testamur_site.catalogue.offerings.errors import OfferingError
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.foundation.tenancy.api import Institution, tenant

from .conftest import TODAY

STEPS = st.lists(
    st.one_of(
        st.sampled_from(["take", "take", "take", "give_back", "open", "close", "cancel"]),
        st.integers(min_value=1, max_value=5),  # so many seats from now on
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_order_of_events_takes_more_seats_than_there_are(
    open_offering: Offering, terms: Terms, steps: list[str | int]
) -> None:
    with tenant(open_offering.institution):
        Offering.objects.filter(pk=open_offering.pk).update(state="open", seats=3, seats_taken=0)
        open_offering.refresh_from_db()
        sitting = 0
        for step in steps:
            before = open_offering.state
            try:
                if step == "take":
                    taken = services.take_seat(open_offering, today=TODAY)
                    assert taken == (before == "open" and sitting < (open_offering.seats or 0))
                    sitting += taken
                elif step == "give_back":
                    assert services.give_back_seat(open_offering) == (sitting > 0)
                    sitting = max(sitting - 1, 0)
                elif isinstance(step, int):
                    services.edit(open_offering, replace(terms, seats=step))
                else:
                    does = {"open": services.open_for_enrolment, "close": services.close, "cancel": services.cancel}
                    does[step](open_offering, **({"today": TODAY} if step == "open" else {}))
            except OfferingError:
                pass
            open_offering.refresh_from_db()
            assert open_offering.seats_taken == sitting <= (open_offering.seats or 0)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_get_the_same_seat(institution: Institution, terms: Terms) -> None:
    with tenant(institution):
        version = catalogue.publish(catalogue.create(institution, DESCRIPTION).versions.get())
        offering = services.create(version, replace(terms, seats=3))
        services.open_for_enrolment(offering, today=TODAY)
    begin, got = threading.Barrier(6), []

    def enrol() -> None:
        try:
            begin.wait(timeout=20)
            with tenant(institution):
                got.append(services.take_seat(Offering.objects.get(pk=offering.pk), today=TODAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=enrol) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False, False, False, True, True, True]
    with tenant(institution):
        assert Offering.objects.get().seats_taken == 3

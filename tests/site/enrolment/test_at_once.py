"""What two do at the same moment, on real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from testamur_site.catalogue.api import Offering
from testamur_site.enrolment import services
from testamur_site.enrolment.errors import AlreadySubmitted, DraftChanged
from testamur_site.enrolment.models import Enrolment, Submission
from testamur_site.enrolment.services import common, learners
from testamur_site.foundation.jobs.api import Job
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

from . import examples

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(institution: Institution, *actions: Callable[[], Any]) -> list[Any]:
    """Run all actions at the same moment, each on its own connection; their results, or what they raised, in order."""
    barrier = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(number: int, action: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            with tenant(institution):
                results[number] = action()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_do_not_get_the_last_seat(version: Any) -> None:
    offering = examples.open_offering(version, seats=1)

    def come(number: int) -> Callable[[], Any]:
        return lambda: services.enrol(offering, name="A", email=f"a{number}@example.org", language="en")[0].state

    assert sorted(at_once(version.institution, come(1), come(2), come(3))) == ["enrolled", "waiting", "waiting"]
    with unscoped("a test looks"):
        assert Offering.objects.get(pk=offering.pk).seats_taken == 1


def test_two_windows_of_one_learner(mina: Enrolment) -> None:
    drafts = at_once(mina.institution, *[lambda: services.begin_draft(mina, "report")] * 3)
    assert len({draft.pk for draft in drafts}) == 1
    with tenant(mina.institution):
        services.add_to_draft(drafts[0], services.add_text(mina.learner, "Once."))
    saved = at_once(
        mina.institution,
        *[lambda: services.save_draft(drafts[0], revision=drafts[0].revision, note="mine", help_used="")] * 2,
    )
    assert sum(isinstance(one, DraftChanged) for one in saved) == 1
    submitted = at_once(mina.institution, *[lambda: services.submit(drafts[0], declared=True)] * 3)
    assert {one.state for one in submitted} == {"submitted"}
    with unscoped("a test looks"):
        assert Submission.objects.count() == 1
        assert Job.objects.filter(path=common.AFTER_SUBMISSION).count() == 1


def test_adding_a_piece_while_it_is_handed_in(mina: Enrolment) -> None:
    with tenant(mina.institution):
        draft = services.begin_draft(mina, "report")
        services.add_to_draft(draft, services.add_text(mina.learner, "First."))
        late = services.add_text(mina.learner, "Second.")
    added, submitted = at_once(
        mina.institution,
        lambda: services.add_to_draft(draft, late),
        lambda: services.submit(draft, declared=True),
    )
    with tenant(mina.institution):
        pieces = submitted.pieces.count()
    assert pieces == (1 if isinstance(added, AlreadySubmitted) else 2), "in before, or refused; never in after"


def test_one_mailbox_is_one_learner(institution: Institution) -> None:
    def come() -> Any:
        return learners.of_mailbox(institution, "mina@example.org", name="김미나", language="ko").pk

    assert len(set(at_once(institution, come, come, come))) == 1

"""What several people do at the same moment, on real connections: nothing forks, doubles or gets lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from testamur_site.foundation.accounts.api import User, add_member, create_user, remove_member
from testamur_site.foundation.accounts.services import LastOwner
from testamur_site.foundation.audit.api import record, verify_chain
from testamur_site.foundation.jobs import services as jobs
from testamur_site.foundation.keys.api import SigningKey, signing_key
from testamur_site.foundation.mail.api import Message, queue_rendered
from testamur_site.foundation.tenancy.api import Institution, members, membership_of, tenant, unscoped

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Run all actions at the same moment, each on its own connection; their results, or what they raised, in order."""
    barrier = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(number: int, action: Callable[[], Any]) -> None:
        try:
            barrier.wait()
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


@pytest.fixture
def bare_institution() -> Institution:
    """An institution without keys, people or entries."""
    return Institution.objects.create(slug="bare", name="Bare", country="IE")


def test_the_audit_chain_does_not_fork(bare_institution: Institution) -> None:
    def write_five() -> None:
        for number in range(5):
            with transaction.atomic():
                record("tests.happened", str(number), institution=bare_institution)

    assert at_once(*[write_five] * 4) == [None] * 4
    report = verify_chain(bare_institution)
    assert report.intact
    assert report.length == 20


def test_the_first_key_is_made_once(bare_institution: Institution) -> None:
    signers = at_once(*[lambda: signing_key(bare_institution)] * 4)
    assert len({signer.public_multikey for signer in signers}) == 1
    with tenant(bare_institution):
        assert SigningKey.objects.count() == 1


def test_two_owners_cannot_remove_each_other(bare_institution: Institution) -> None:
    def owner(email: str) -> User:
        user = create_user(email)
        add_member(bare_institution, user, "owner", actor=None)
        return user

    memberships = [membership_of(owner(f"{name}@example.org"), bare_institution) for name in ("a", "b")]
    results = at_once(*[lambda m=m: remove_member(bare_institution, m, actor=None) for m in memberships])
    assert sorted(type(result).__name__ for result in results) == sorted([type(None).__name__, LastOwner.__name__])
    assert members(bare_institution).count() == 1


def test_a_job_is_claimed_by_one_worker() -> None:
    for number in range(3):
        jobs.enqueue("tests.site.foundation.jobs.handlers.double", {"number": number})
    claimed = at_once(*[jobs.claim] * 6)
    assert [result for result in claimed if isinstance(result, Exception)] == []
    ids = [job.pk for job in claimed if job is not None]
    assert len(ids) == len(set(ids)) == 3


def test_one_key_queues_one_job_and_one_mail() -> None:
    queued = at_once(
        *[lambda: jobs.enqueue("tests.site.foundation.jobs.handlers.double", {"number": 1}, key="once").pk] * 3,
        *[
            lambda: (
                queue_rendered(
                    to="kim@example.org", template="t", language="en", subject="s", text="t", dedupe_key="once"
                ).public_id
            )
        ]
        * 3,
    )
    assert len(set(queued[:3])) == 1
    assert len(set(queued[3:])) == 1
    with unscoped("the test counts mail"):
        assert Message.objects.count() == 1

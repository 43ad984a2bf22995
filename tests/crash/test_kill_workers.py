"""The same as `kill_workers.py` by hand, with fewer rows, on the test database of the suite (SQLite or PostgreSQL)."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing.services import batches
from tests.site.conftest import institution  # noqa: F401 - the same institution as in the tests of the site
from tests.site.foundation.jobs.test_killed_worker import database_url

from . import cohort
from .kill_workers import kill_in_the_middle

ROWS, KILLS = 60, 1

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_is_lost_doubled_or_signed_twice(
    institution: Institution,  # noqa: F811
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signing_key(institution)  # the key-encryption key must exist before a worker looks for it
    monkeypatch.setattr(batches, "CHUNK", 20)  # several jobs, for both workers
    batch = cohort.start(institution, ROWS)
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.site.settings",
        "TESTAMUR_DATA": str(tmp_path),
        "TESTAMUR_DATABASE_URL": database_url(),
        "TESTAMUR_KEY_ENCRYPTION_KEY": str(settings.TESTAMUR_KEY_ENCRYPTION_KEY),
    }
    observer = cohort.Observer(institution, batch)
    killed, faults = kill_in_the_middle(
        observer,
        ROWS,
        KILLS,
        environment,
        random.Random(2026),
        workers=2,
        module="tests.crash.small_steps",
        moment=0.02,
    )
    assert faults + observer.examine(ROWS) == []
    assert killed > 0
    assert observer.issued() == ROWS


def test_the_observer_sees_what_may_never_happen(institution: Institution) -> None:  # noqa: F811
    """The control: an examination that finds nothing in a spoilt database would prove nothing."""
    from testamur_site.foundation.jobs.api import run_pending
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing.models import Award

    observer = cohort.Observer(institution, cohort.start(institution, 3))
    run_pending()
    assert observer.examine(3) == []
    first, second, third = sorted(observer.signatures)
    # The database refuses to be spoilt in these ways; so it is the memory of an earlier look that is changed.
    observer.contents |= {first: "other bytes", 0: "bytes that vanished"}
    observer.signatures |= {second: "other bytes"}
    assert observer.look() == [
        f"prepared bytes of award {first} changed",
        "prepared bytes of award 0 changed",
        f"signed bytes of award {second} changed",
    ]
    with tenant(institution):
        Award.objects.filter(pk=third).update(state="revoked", award_key=None)
        lost = Award.objects.get(pk=second)
        lost.pk, lost.public_id, lost.award_key, lost.status_entry = None, "doubled", None, None
        lost.state = "refused"
        lost.save(force_insert=True)
    assert observer.examine(3) == [
        "of 3 rows: {'issued': 2, 'refused': 1, 'revoked': 1}",
        "the address learner1@example.org occurs 2 times",
        "the audit trail does not say of each award once that it was issued",
        "not every award was handed over exactly once",
    ]

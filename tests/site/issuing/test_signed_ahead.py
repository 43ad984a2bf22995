"""A worker whose key is elsewhere prepares a step of a list while another one is being signed (`services/cohort/ahead.py`), and what comes
out, or is left behind, is what one step after the other gives.

The signing process is the one that is asked so. It sees this test's transaction only in the test's own thread, so where two threads are
the point a device stands in for it, which one of them asks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from tests.softhsm import Token, new_token

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.audit.api import entries, verify_chain
from testamur_site.foundation.jobs import handle
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.keys.api import rotate
from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, PreparedCredential
from testamur_site.issuing.services import batches, pipeline
from testamur_site.issuing.services.cohort import ahead, deciding

from .conftest import Draft, cohort_list, document_of, proof_holds, states
from .test_keys_in_devices import Device

pkcs11 = pytest.importorskip("pkcs11")
pytestmark = [
    pytest.mark.usefixtures("active"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # as in test_keys_in_devices
]

STEP, PEOPLE = 4, 18
WAYS = pytest.mark.parametrize("by_process", [False, True], ids=["a device for it", "the signing process"])


@pytest.fixture(scope="module")
def token() -> Token:
    return new_token("Ahead")


@pytest.fixture
def device(
    version: AchievementVersion, settings: Any, token: Token, monkeypatch: pytest.MonkeyPatch, request: Any
) -> Device:
    """The institution signs with a key in a device, lists are decided by the workers, and a step takes four awards."""
    settings.TESTAMUR_NEW_KEYS = f"pkcs11:token={token.label}"
    settings.TESTAMUR_NEW_KEY_ALGORITHM = "P-256"
    for name, value in token.environment.items():
        monkeypatch.setenv(name, value)
    rotate(version.institution, None)
    monkeypatch.setattr(pipeline, "SLICE", STEP)
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    if parameters.get("by_process"):
        request.getfixturevalue("desk")
    else:
        monkeypatch.setattr(deciding, "is_elsewhere", lambda: True)
        monkeypatch.setattr(ahead, "ThreadPoolExecutor", lambda *_: ThreadPoolExecutor(1, "testamur-issuing"))
    return Device(monkeypatch)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The last lines of the steps that were begun."""
    lines: list[int] = []
    real = ahead.Ahead.begin

    def noted(one: Any, line: int, *what: Any) -> None:
        real(one, line, *what)
        lines.append(line)

    monkeypatch.setattr(ahead.Ahead, "begin", noted)
    return lines


def issued(batch: api.Batch, device: Device) -> None:
    """Each award is issued, once, with a proof that holds, and was signed once."""
    assert states(batch) == {"issued": PEOPLE}
    assert len(device.asked) == len(set(device.asked)) == PEOPLE
    assert entries(batch.institution, action="award.issued").count() == PEOPLE
    assert verify_chain(batch.institution).intact
    assert all(proof_holds(document_of(award), batch.institution) for award in Award.objects.filter(batch=batch))
    batch.refresh_from_db()
    assert batch.state == "finished"


def start(draft: Draft, device: Device) -> api.Batch:
    batch = api.start_batch(draft(cohort_list(PEOPLE)))
    device.asked.clear()
    return batch


def test_the_next_step_is_prepared_while_the_device_signs(
    draft: Draft, device: Device, begun: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device signs nothing of the first step until the second one has been begun."""
    batch = start(draft, device)
    second, waited, asked = threading.Event(), [], []
    prepare, sign = pipeline.begin, pipeline.Waiting.sign

    def prepared(*what: Any, **how: Any) -> Any:
        if begun:
            second.set()
        return prepare(*what, **how)

    def signed(one: Any) -> None:
        sign(one)
        asked.extend(each for each in connections.all(initialized_only=True) if each.connection is not None)

    device.before = lambda number, _session: waited.append(second.wait(60)) if not number else None
    monkeypatch.setattr(pipeline, "begin", prepared)
    monkeypatch.setattr(pipeline.Waiting, "sign", signed)
    run_pending(("default",))
    assert waited == [True]
    assert not asked, "whoever waits for signatures asks no database"
    issued(batch, device)


@WAYS
def test_a_step_is_stored_when_it_is_signed_and_before_more_than_one_other_is_begun(
    draft: Draft, device: Device, begun: list[int], by_process: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = start(draft, device)
    finish, steps = pipeline.finish, []

    def finished(waiting: Any, writing: Any) -> None:
        finish(waiting, writing)
        steps.append((len(begun), len(waiting.ready)))

    monkeypatch.setattr(pipeline, "finish", finished)
    run_pending(("default",))
    assert [ready for _, ready in steps] == [4, 4, 4, 4, 2]
    assert all(number + 1 <= before <= number + 2 for number, (before, _) in enumerate(steps))
    issued(batch, device)


@WAYS
def test_when_the_turn_is_over_what_was_begun_is_stored_first(
    draft: Draft, device: Device, by_process: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handle, "TURN", timedelta(0))
    batch = start(draft, device)
    with unscoped("the queue is everybody's"):
        job = Job.objects.get(path="testamur_site.issuing.jobs.issue_lines")
    done = []
    for _ in range(4):
        assert run_pending(("default",), limit=1) == 1
        with unscoped("the queue is everybody's"):
            job.refresh_from_db()
        done.append(job.done)
        assert PreparedCredential.objects.filter(signed=None).count() == 0, "nothing is left in between"
    assert done == [4, 8, 12, 16]
    run_pending(("default",))
    issued(batch, device)


@WAYS
@pytest.mark.parametrize("after", [0, 3, 4, 9])
def test_where_the_device_fails_everything_that_is_signed_is_stored(
    draft: Draft, device: Device, by_process: bool, after: int
) -> None:
    batch = start(draft, device)

    def fail(number: int, _session: Any) -> None:
        if number == after:
            raise pkcs11.FunctionFailed

    device.before = fail
    with pytest.raises(Exception, match="does not answer as it should"):
        run_pending(("default",))
    stored = {one.pk: bytes(one.content) for one in PreparedCredential.objects.all()}
    signed = {one.pk: bytes(one.signed) for one in PreparedCredential.objects.exclude(signed=None)}
    assert len(signed) >= after // STEP * STEP
    assert states(batch).get("issued", 0) == len(signed)
    device.before = lambda _number, _session: None
    with unscoped("the queue is everybody's"):
        Job.objects.filter(status="queued").update(run_after=batch.created_at)
    run_pending(("default",))
    assert states(batch) == {"issued": PEOPLE}
    found = {one.pk: one for one in PreparedCredential.objects.all()}
    assert all(bytes(found[pk].content) == content for pk, content in stored.items())
    assert all(bytes(found[pk].signed or b"") == content for pk, content in signed.items())
    assert entries(batch.institution, action="award.issued").count() == PEOPLE


def test_an_error_of_another_kind_leaves_prepared_what_is_not_stored(
    draft: Draft, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = start(draft, device)
    finish, calls = pipeline.finish, []

    def broken(waiting: Any, writing: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        finish(waiting, writing)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "finish", broken)
        with pytest.raises(KeyboardInterrupt):
            run_pending(("default",))
    assert states(batch)["issued"] == STEP
    assert not [one for one in threading.enumerate() if one.name.startswith("testamur-issuing")]
    with unscoped("the queue is everybody's"):
        Job.objects.filter(status="running").update(lease_until=batch.created_at)
    run_pending(("default",))
    assert states(batch) == {"issued": PEOPLE}
    assert entries(batch.institution, action="award.issued").count() == PEOPLE

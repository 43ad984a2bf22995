"""The relay against the real table and a broker of memory: what is published, what again, and what a worker that is told an id does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from testamur_site.foundation.jobs import services, worker
from testamur_site.foundation.jobs.api import Job, Status, enqueue, enqueue_many
from testamur_site.foundation.jobs.relay import liveness, publisher
from testamur_site.foundation.jobs.relay.command import relay as command
from testamur_site.foundation.jobs.relay.publisher import Relay
from testamur_site.foundation.jobs.relay.rules import LOST_AFTER
from testamur_site.foundation.tenancy.api import Institution, unscoped

pytestmark = pytest.mark.django_db
NOTHING = "testamur_site.foundation.jobs.jobs.forget_finished_jobs"


class Memory:
    """A broker: messages that nobody has taken yet."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def waiting(self) -> tuple[int, int]:
        return len(self.messages), 1

    def publish(self, job_id: str) -> None:
        self.messages.append(job_id)

    def take(self) -> str:
        return self.messages.pop(0)


@pytest.fixture(autouse=True)
def _all() -> Iterator[None]:
    with unscoped("tests look at the whole queue"):
        yield


@pytest.fixture
def broker() -> Memory:
    return Memory()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(publisher.time, "monotonic", lambda: now[0])
    return now


def many(institution: Institution, count: int) -> None:
    enqueue_many(
        NOTHING, [({}, f"many:{institution.pk}:{n}", 1) for n in range(count)], institution=institution, priority=-1
    )


def owner_of(job_id: str) -> int | None:
    return Job.objects.get(pk=job_id).institution_id


def run(job_id: str) -> None:
    """What the task does."""
    if (job := services.claim_one(job_id)) is not None:
        worker.run(job, heartbeat=False, reraise=True)


def test_no_more_is_published_than_was_agreed_and_more_when_some_has_begun(
    institution: Institution, broker: Memory
) -> None:
    many(institution, 9)
    relay = Relay(broker, ahead=3)
    assert [relay.look(), relay.look()] == [3, 0]
    assert len(set(broker.messages)) == 3
    run(broker.take())
    assert [relay.look(), relay.look()] == [1, 0]


def test_the_single_job_of_another_institution_goes_before_the_rest_of_a_million(
    institution: Institution, other_institution: Institution, broker: Memory
) -> None:
    many(institution, 40)
    relay = Relay(broker, ahead=2)
    relay.look()
    enqueue(NOTHING, {}, institution=other_institution)
    run(broker.take())
    relay.look()
    assert [owner_of(job) for job in broker.messages] == [institution.pk, other_institution.pk]


def test_lost_messages_are_published_again(institution: Institution, broker: Memory, clock: list[float]) -> None:
    many(institution, 2)
    relay = Relay(broker, ahead=2)
    relay.look()
    published = set(broker.messages)
    broker.messages.clear()  # the broker was emptied
    assert relay.look() == 0  # or a worker has just taken them
    clock[0] += LOST_AFTER + 1
    assert relay.look() == 2
    assert set(broker.messages) == published


def test_a_second_relay_or_one_that_was_started_again_does_not_fill_the_queue(
    institution: Institution, broker: Memory
) -> None:
    many(institution, 9)
    for _ in range(5):
        Relay(broker, ahead=3).look()
    assert len(broker.messages) == 3


def test_what_was_put_back_is_published_anew(institution: Institution, broker: Memory) -> None:
    job = enqueue(NOTHING, {}, institution=institution)
    relay = Relay(broker, ahead=3)
    relay.look()
    claimed = services.claim_one(broker.take())
    assert claimed is not None
    services.put_back(claimed)
    assert relay.look() == 1
    assert broker.messages == [job.pk]


def test_the_job_of_a_worker_that_vanished_is_published_when_its_lease_has_run_out(
    institution: Institution, broker: Memory
) -> None:
    job = enqueue(NOTHING, {}, institution=institution)
    relay = Relay(broker, ahead=3)
    relay.look()
    services.claim_one(broker.take())
    assert relay.look() == 0
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert relay.look() == 1
    run(broker.take())
    assert Job.objects.get(pk=job.pk).status == Status.DONE


def test_an_id_that_comes_twice_too_early_or_from_nowhere_does_nothing(institution: Institution) -> None:
    job = enqueue(NOTHING, {}, institution=institution)
    later = enqueue(NOTHING, {}, institution=institution, run_after=timezone.now() + timedelta(hours=1))
    assert services.claim_one(job.pk) is not None
    assert services.claim_one(job.pk) is None
    assert services.claim_one(later.pk) is None
    assert services.claim_one("nobody") is None


def test_readyz_tells_of_the_relay_where_one_is_wanted(client: Client, settings: Any) -> None:
    assert "relay" not in client.get("/readyz").json()
    settings.TESTAMUR_BROKER_URL = "amqp://broker.example//"
    liveness.cache.delete(liveness._KEY)
    assert client.get("/readyz").json()["relay"]["state"] == "silent"
    liveness.note(waiting=3, workers=2)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    said = answer.json()["relay"]
    assert 0 <= said.pop("seconds_ago") < 60
    assert said == {"state": "ok", "waiting": 3, "workers": 2}
    liveness.note(waiting=3, workers=0)
    assert client.get("/readyz").json()["relay"]["state"] == "no workers"


def test_the_command_says_what_is_missing(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.TESTAMUR_BROKER_URL = ""
    assert command(0.1) == 2
    assert "TESTAMUR_BROKER_URL" in capsys.readouterr().err

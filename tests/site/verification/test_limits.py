"""How often one visitor may ask, counted by one process and by several."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from tests.standing import aside

from testamur_site.verification import limits


@pytest.fixture(autouse=True)
@aside
def _one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_007.0)


def asks(address: str = "192.0.2.1", scope: str = "verify", per_minute: int = 3) -> int:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    return limits.seconds_to_wait(request, scope, per_minute)


def test_everybody_and_every_kind_of_question_has_its_own_count() -> None:
    assert [asks() for _ in range(4)] == [0, 0, 0, 53]
    assert asks("192.0.2.2") == 0
    assert asks(scope="scan") == 0


def test_the_next_minute_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [asks(per_minute=1) for _ in range(2)] == [0, 53]
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_061.0)
    assert asks(per_minute=1) == 0


class Shared:
    """The counts of all processes, and how often they were asked."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.asked = 0

    def __call__(self, key: str, more: int) -> int:
        self.asked += 1
        self.counts[key] = self.counts.get(key, 0) + more
        return self.counts[key]


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Shared:
    counts = Shared()
    monkeypatch.setattr(limits, "_alone", lambda: False)
    monkeypatch.setattr(limits, "_added", counts)
    return counts


def test_far_from_the_limit_the_others_are_seldom_asked_and_near_it_each_time(shared: Shared) -> None:
    answers = [asks(per_minute=100) for _ in range(101)]
    assert answers == [0] * 100 + [53]
    assert shared.asked < 35


def test_what_others_have_counted_counts(shared: Shared) -> None:
    asks(per_minute=3)
    [key] = shared.counts
    shared.counts[key] = 3
    assert asks(per_minute=3) == 53


def test_no_address_is_kept(shared: Shared) -> None:
    asks("192.0.2.77")
    said: Any = (*shared.counts, *limits._counts)
    assert not any("192.0.2.77" in key for key in said)

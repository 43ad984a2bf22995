"""While a device signs, what comes next is prepared and what it made is looked at; what comes out is what comes out one by one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from testamur.cli.bench.sample import CREATED, Sample
from testamur.errors import SignerRefused, TestamurError
from testamur.issuing import CohortIssuer, CohortTokenIssuer
from testamur.proofs.did import did_key_for
from testamur.proofs.keys import PrivateKey
from testamur.signers.managed import AHEAD, KeptElsewhere

KEY = PrivateKey("Ed25519", b"k" * 32)
BATCHES = [[b"%d/%d" % (number, at) for at in range(3)] for number in range(3 * AHEAD)]


class Device(KeptElsewhere):
    """Signs with a key in memory, after `before` was called with the texts; `false` is the text over which its signature is false."""

    def __init__(self, before: Callable[[Sequence[bytes]], Any] = len, false: bytes = b"") -> None:
        self._public = KEY.public
        self.before, self.false = before, false
        self.asked: list[Sequence[bytes]] = []

    def sign(self, data: bytes) -> bytes:
        return self.sign_many([data])[0]

    def _made(self, texts: Sequence[bytes]) -> list[bytes]:
        self.asked.append(texts)
        self.before(texts)
        return [bytes(64) if text == self.false else KEY.sign(text) for text in texts]

    def _confirmed(self, signatures: list[bytes], texts: Sequence[bytes]) -> list[bytes]:
        if not all(self.public.verify_many(signatures, texts)):
            raise SignerRefused("false", code="signer.false_signature")
        return signatures


def device_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("testamur-signer")]


def test_the_next_are_taken_and_the_last_are_looked_at_while_the_device_signs() -> None:
    """The device makes no batch before the next has been taken, and none before the one that is `AHEAD` earlier has been given: with any
    waiting between them nothing would come out."""
    taken = [threading.Event() for _ in BATCHES]
    given = [threading.Event() for _ in BATCHES]

    def wait(texts: Sequence[bytes]) -> None:
        number = BATCHES.index(list(texts))
        assert taken[min(number + 1, len(BATCHES) - 1)].wait(20)
        assert number < AHEAD or given[number - AHEAD].wait(20)

    def batches() -> Iterator[list[bytes]]:
        for event, batch in zip(taken, BATCHES, strict=True):
            event.set()
            yield batch

    device = Device(wait)
    for number, signatures in enumerate(device.sign_batches(batches())):
        assert signatures == KEY.sign_many(BATCHES[number])
        given[number].set()
    assert device.asked == BATCHES
    assert not device_threads()


@pytest.mark.parametrize("number", [0, 1, AHEAD, len(BATCHES) - 1])
def test_a_false_signature_is_found_in_its_place(number: int) -> None:
    found: list[list[bytes]] = []
    with pytest.raises(SignerRefused):
        found.extend(Device(false=BATCHES[number][1]).sign_batches(BATCHES))
    assert found == [KEY.sign_many(batch) for batch in BATCHES[:number]]
    assert not device_threads()


def test_whoever_takes_no_more_leaves_nothing_running() -> None:
    device = Device()
    some = device.sign_batches(BATCHES)
    assert list(islice(some, 2)) == [KEY.sign_many(batch) for batch in BATCHES[:2]]
    some.close()  # type: ignore[attr-defined]
    assert not device_threads()
    assert len(device.asked) <= AHEAD + 2
    assert list(device.sign_batches([])) == []


def test_what_fails_while_it_is_prepared_is_raised() -> None:
    def batches() -> Iterator[list[bytes]]:
        yield BATCHES[0]
        raise KeyError("prepared")

    with pytest.raises(KeyError):
        list(Device().sign_batches(batches()))
    assert not device_threads()


@pytest.mark.parametrize("count", [0, 1, 100])
def test_a_cohort_is_the_same_with_its_key_elsewhere(count: int) -> None:
    """Among them awards that are refused, that have to be escaped, and that are of another pattern."""
    sample = Sample.make()
    awards = [sample.award(number) for number in range(count)]
    for at in range(7, count, 23):
        recipient, award = awards[at]
        awards[at] = replace(recipient, name='A "B"'), award
        awards[at - 1] = recipient, replace(award, valid_until=award.valid_from)
        awards[at - 2] = replace(recipient, email=None), award
        awards[at - 3] = recipient, replace(award, id="no address")
    did, method = did_key_for(KEY.public)
    parts = (replace(sample.issuer, id=did), sample.achievement)

    def outcomes(signer: Any) -> list[list[Any]]:
        linked = CohortIssuer(*parts, signer, verification_method=method)
        tokens = CohortTokenIssuer(*parts, signer, verification_method=method)
        prepared = []
        for award in awards:
            try:
                prepared.append(linked.prepare(*award, created=CREATED))
            except TestamurError as refused:
                prepared.append(refused.code)  # type: ignore[arg-type]
        return [
            [*linked.issue_many(awards, created=CREATED)],
            [*tokens.issue_many(awards)],
            [*linked.sign_many([one for one in prepared if not isinstance(one, str)])],
            [one for one in prepared if isinstance(one, str)],
        ]

    one_by_one, in_batches = outcomes(KEY), outcomes(Device())
    assert [[_told(one) for one in outcome] for outcome in in_batches] == [
        [_told(one) for one in outcome] for outcome in one_by_one
    ]
    assert sum(isinstance(one, TestamurError) for one in in_batches[0]) == len(range(7, count, 23))
    assert not device_threads()


def _told(outcome: Any) -> Any:
    return (outcome.code, outcome.facts) if isinstance(outcome, TestamurError) else outcome

"""What a checkpoint is anchored in, and the records of status lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.simulator import NOW, FixedClock, Institution
from tests.unit.log.anchors.test_policy import CONTRACT, TIME, evm_receipt
from tests.unit.verification.conftest import codes
from tests.unit.verification.transparency.log_world import ORIGIN, Log

from testamur.formats.blockcerts.hashes import keccak_256
from testamur.log import Kind, Proof, entry_for
from testamur.log.anchors import AnchorPolicy, digest_of, write_receipts
from testamur.verification import Level, LogPolicy, Policy, Report, Verdict, Verifier
from testamur.verification.moments import iso
from testamur.verification.transparency.ladder import ladder_of

Ask = Callable[..., Report]


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def ask(university: Institution) -> Ask:
    def asked(credential: Any, *proofs: bytes, policy: LogPolicy) -> Report:
        return Verifier(university, clock=FixedClock(NOW)).verify(credential, Policy(log=policy), log_proofs=proofs)

    return asked


def anchored(proof: bytes) -> tuple[bytes, AnchorPolicy]:
    """The receipts for the checkpoint of a proof, and a policy that believes them."""
    receipt = evm_receipt(digest_of(Proof.from_bytes(proof).checkpoint.checkpoint))
    return write_receipts([receipt]), AnchorPolicy(
        contracts={11: frozenset({CONTRACT})}, blocks={(11, 7): keccak_256(receipt.header)}
    )


# --- anchors ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("brought", [True, False], ids=["by hand", "from the log's address"])
def test_a_checkpoint_that_is_anchored_reaches_the_last_level(
    ask: Ask, university: Institution, log: Log, brought: bool
) -> None:
    credential = university.issue()
    proof = log.record_and_prove(credential)
    receipts, believed = anchored(proof)
    if not brought:
        university.pages[f"https://{ORIGIN}/anchors/{len(log.entries)}.json"] = receipts
    policy = log.policy(required=Level.ANCHORED, anchors=believed, receipts=(receipts,) if brought else ())
    report = ask(credential, proof, policy=policy)
    assert report.verdict is Verdict.VALID
    ladder = ladder_of(report)
    assert ladder is not None
    assert ladder.level is Level.ANCHORED
    assert "log.anchored" in codes(report)


def test_the_record_is_as_old_as_the_earlier_of_witnesses_and_anchor(
    ask: Ask, university: Institution, log: Log
) -> None:
    credential = university.issue()
    index = log.record(credential)
    proof = log.proof(index, checkpoint=log.checkpoint(signers=[log.key]))
    receipts, believed = anchored(proof)
    report = ask(credential, proof, policy=log.policy(logs=log.trusted(None), anchors=believed, receipts=(receipts,)))
    ladder = ladder_of(report)
    assert ladder is not None
    assert (ladder.level, ladder.recorded) == (Level.ANCHORED, iso(datetime.fromtimestamp(TIME, UTC)))


@pytest.mark.parametrize("what", ["nothing", "of another checkpoint", "damaged", "not believed"])
def test_receipts_that_do_not_hold_say_nothing_against_the_credential(
    ask: Ask, university: Institution, log: Log, what: str
) -> None:
    credential = university.issue()
    proof = log.record_and_prove(credential)
    receipts, believed = anchored(proof)
    if what == "nothing":
        receipts = b"[]"
    elif what == "of another checkpoint":
        receipts, believed = anchored(log.record_and_prove(university.issue()))
    elif what == "damaged":
        receipts = b"{"
    else:
        believed = AnchorPolicy()
    for required, verdict in ((Level.WITNESSED, Verdict.VALID), (Level.ANCHORED, Verdict.UNDETERMINED)):
        policy = log.policy(required=required, anchors=believed, receipts=(receipts,))
        report = ask(credential, proof, policy=policy)
        assert ("log.not_anchored" in codes(report), report.verdict) == (True, verdict)


def test_an_anchor_does_not_stand_in_for_witnesses_that_are_missing(
    ask: Ask, university: Institution, log: Log
) -> None:
    credential = university.issue()
    index = log.record(credential)
    proof = log.proof(index, checkpoint=log.checkpoint(signers=[log.key]))
    receipts, believed = anchored(proof)
    policy = log.policy(required=Level.ANCHORED, anchors=believed, receipts=(receipts,))
    assert ask(credential, proof, policy=policy).verdict is Verdict.UNDETERMINED


def test_somebody_may_be_asked_for_blocks_that_the_policy_does_not_know(
    ask: Ask, university: Institution, log: Log
) -> None:
    credential = university.issue()
    proof = log.record_and_prove(credential)
    receipts, believed = anchored(proof)
    asked: list[int] = []

    def learn(policy: AnchorPolicy, found: Any) -> AnchorPolicy:
        asked.append(len(found))
        return policy.knowing(blocks=believed.blocks)

    ignorant = AnchorPolicy(contracts=believed.contracts)
    policy = log.policy(required=Level.ANCHORED, anchors=ignorant, receipts=(receipts,), learn=learn)
    assert ask(credential, proof, policy=policy).verdict is Verdict.VALID
    assert asked == [1]


# --- status lists -------------------------------------------------------------------------------------------------------------------


def publish(university: Institution, log: Log) -> bytes:
    """Freeze the list of withdrawals as it is, record it, and host its proof beside it. Returns the list."""
    content = university.published()[university.revocation_url]
    university.pages[university.revocation_url] = content
    index = log.append(entry_for(Kind.STATUS_LIST, university.revocation_url, content))
    university.pages[university.revocation_url + ".tlog-proof"] = log.proof(index, salt=b"")
    return content


def test_a_list_that_is_recorded_is_said_to_be(ask: Ask, university: Institution, log: Log) -> None:
    credential = university.issue()
    proof = log.record_and_prove(credential)
    publish(university, log)
    report = ask(credential, proof, policy=log.policy(lists_required=True))
    assert ("log.list_logged" in codes(report), report.verdict) == (True, Verdict.VALID)


def test_a_quiet_flip_shows(ask: Ask, university: Institution, log: Log) -> None:
    """The list is signed anew with another bit, and nobody records it: the old proof does not fit."""
    credential, other = university.issue(), university.issue()
    proof = log.record_and_prove(credential)
    publish(university, log)
    university.pages.pop(university.revocation_url)
    university.revoke(other)
    assert ask(credential, proof, policy=log.policy()).verdict is Verdict.VALID
    report = ask(credential, proof, policy=log.policy(lists_required=True))
    assert ("log.list_other" in codes(report), report.verdict) == (True, Verdict.UNDETERMINED)


@pytest.mark.parametrize("what", ["none", "unreachable", "another log's", "damaged"])
def test_a_list_without_its_record_counts_unless_a_record_is_required(
    ask: Ask, university: Institution, log: Log, what: str
) -> None:
    credential = university.issue()
    proof = log.record_and_prove(credential)
    address = university.revocation_url + ".tlog-proof"
    if what == "unreachable":
        university.unreachable.add(address)
    elif what == "another log's":
        publish(university, Log("elsewhere.example/log", seed=3))
    elif what == "damaged":
        university.pages[address] = b"damaged"
    assert ask(credential, proof, policy=log.policy()).verdict is Verdict.VALID
    report = ask(credential, proof, policy=log.policy(lists_required=True))
    assert ("log.list_not_logged" in codes(report), report.verdict) == (True, Verdict.UNDETERMINED)


def test_a_revoked_credential_stays_revoked_whatever_its_list_proves(
    ask: Ask, university: Institution, log: Log
) -> None:
    credential = university.issue()
    proof = log.record_and_prove(credential)
    university.revoke(credential)
    publish(university, log)
    report = ask(credential, proof, policy=log.policy(lists_required=True))
    assert ({"log.list_logged", "status.revoked"} <= codes(report), report.verdict) == (True, Verdict.INVALID)


def test_without_a_policy_no_lists_record_is_asked_for(university: Institution, log: Log) -> None:
    publish(university, log)
    Verifier(university, clock=FixedClock(NOW)).verify(json.dumps(university.issue()))
    assert university.revocation_url + ".tlog-proof" not in university.asked

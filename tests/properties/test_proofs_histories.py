"""Histories of did:webvh and proofs of BBS under damage: always an answer, and none that holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.proofs.did.webvh_log import FIRST, NOW, SECOND, W1, Log, approvals, witness

from testamur.errors import ProofError, ResolutionError
from testamur.proofs.bbs import BbsPrivateKey, proof_gen, proof_verify
from testamur.proofs.did.webvh import check_witnesses, verify_log

# the same examples each time, however busy the machine is
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

LOG = Log(witness=witness(1, W1)).add(FIRST, updateKeys=[SECOND.public_multikey]).add(SECOND)
APPROVALS = approvals(LOG, (3, W1))
KEY = BbsPrivateKey((7).to_bytes(32, "big"))
MESSAGES = [b"one", b"two", b"three"]
PROOF = proof_gen(KEY.public.raw, KEY.sign_messages(b"h", MESSAGES), b"h", b"p", MESSAGES, [1])


def damaged(good: bytes, data: st.DataObject) -> bytes:
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 6)))
    return good[:start] + data.draw(st.binary(max_size=6)) + good[end:]


def answer(call: Callable[[], Any]) -> Any:
    """What `call` returns, or the code of its refusal."""
    try:
        return call()
    except (ResolutionError, ProofError) as error:
        return error.code


@STEADY
@given(st.data())
def test_a_damaged_history_is_refused_or_says_the_same(data: st.DataObject) -> None:
    found = answer(lambda: verify_log(LOG.did, damaged(LOG.content, data), NOW))
    if isinstance(found, str):
        assert found.startswith("did.webvh_")
        return
    # White space between the members is no damage, and a line that is missing at the end is an earlier state.
    whole = verify_log(LOG.did, LOG.content, NOW)
    assert found.versions == whole.versions[: len(found.versions)]


@STEADY
@given(st.data())
def test_damaged_approvals_approve_of_nothing(data: st.DataObject) -> None:
    bad = damaged(APPROVALS, data)
    history = verify_log(LOG.did, LOG.content, NOW)
    same = b"".join(bad.split()) == b"".join(APPROVALS.split())
    assert answer(lambda: check_witnesses(history, APPROVALS)) is None
    assert answer(lambda: check_witnesses(history, bad)) == (None if same else "did.webvh_witness")


@STEADY
@given(st.data())
def test_a_damaged_bbs_proof_is_false(data: st.DataObject) -> None:
    bad = damaged(PROOF, data)

    def verdict(proof: bytes) -> Any:
        return answer(lambda: proof_verify(KEY.public.raw, proof, b"h", b"p", [MESSAGES[1]], [1]))

    assert verdict(PROOF) is True
    assert verdict(bad) in ([True] if bad == PROOF else [False, "bbs.too_many_messages"])

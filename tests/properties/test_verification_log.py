"""Proofs from a log cannot be swapped, and no bit of one can be flipped to anybody's advantage."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulator import NOW, FixedClock, Institution
from tests.unit.verification.transparency.log_world import Log, serve

from testamur.fetch import FixedResolver
from testamur.log import Proof
from testamur.log.policies import Policy as TrustedLogs
from testamur.verification import Level, LogPolicy, Outcome, Policy, Report, Verdict, Verifier

COUNT = 12


@cache
def world() -> tuple[list[dict[str, Any]], list[bytes], LogPolicy, FixedResolver]:
    university, log = Institution(), Log()
    serve(university, log)
    credentials = [university.issue() for _ in range(COUNT)]
    salts = [bytes([number]) * 32 for number in range(COUNT)]
    indexes = [log.record(credential, salt=salt) for credential, salt in zip(credentials, salts, strict=True)]
    signed = log.checkpoint()
    proofs = [log.proof(index, salt=salt, checkpoint=signed) for index, salt in zip(indexes, salts, strict=True)]
    lines = [f"log {log.key.key.text}", *(f"witness w{n} {each.key.text}" for n, each in enumerate(log.witnesses))]
    trusted = TrustedLogs.from_text("\n".join([*lines, "group all all w0 w1 w2", "quorum all"]))
    policy = LogPolicy(trusted, Level.WITNESSED)
    return credentials, proofs, policy, FixedResolver(university.published(), fetched_at=NOW)


def ask(number: int, proof: bytes, *, policy: bool = True) -> Report:
    credentials, _, believed, resolver = world()
    verifier = Verifier(resolver, clock=FixedClock(NOW))
    return verifier.verify(credentials[number], Policy(log=believed if policy else None), log_proofs=[proof])


def inclusion(report: Report) -> Outcome:
    return next(check.outcome for check in report.checks if check.name == "log.inclusion")


def test_each_proof_holds_for_its_own_credential() -> None:
    _, proofs, _, _ = world()
    assert all(ask(number, proof).verdict is Verdict.VALID for number, proof in enumerate(proofs))


def test_a_proof_of_another_credential_is_always_refused() -> None:
    _, proofs, _, _ = world()
    for mine in range(COUNT):
        for other in range(COUNT):
            if mine != other:
                assert ask(mine, proofs[other], policy=bool((mine + other) % 2)).verdict is Verdict.INVALID


def test_parts_of_two_proofs_put_together_are_always_refused() -> None:
    """Salt, index and path of one with those of the other, in every mixture: what an attacker has is two true proofs."""
    _, proofs, _, _ = world()
    mine, other = Proof.from_bytes(proofs[0]), Proof.from_bytes(proofs[5])
    for mixture in range(7):  # 7 would be the own one as a whole
        made = Proof(
            mine.index if mixture & 1 else other.index,
            mine.path if mixture & 2 else other.path,
            mine.checkpoint,
            mine.extra if mixture & 4 else other.extra,
        )
        report = ask(0, made.to_bytes())
        assert (inclusion(report), report.verdict) == (Outcome.FAILED, Verdict.INVALID)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_flipped_bit_of_a_proof_is_accepted(data: st.DataObject) -> None:
    """Everybody who signed is known and required here, so every byte of the proof counts."""
    _, proofs, _, _ = world()
    proof = bytearray(proofs[3])
    proof[data.draw(st.integers(0, len(proof) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert ask(3, bytes(proof)).verdict is not Verdict.VALID


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_handed_in_as_a_proof_gets_a_report(data: st.DataObject) -> None:
    _, proofs, _, _ = world()
    proof = proofs[1]
    cut = data.draw(st.integers(0, len(proof)))
    lines = data.draw(st.lists(st.sampled_from([*proof.split(b"\n"), b"", b"index -1", base64.b64encode(bytes(32))])))
    for made in (data.draw(st.binary(max_size=300)), proof[:cut], proof[cut:], b"\n".join(lines)):
        report = ask(1, made, policy=data.draw(st.booleans()))
        assert report.verdict is Verdict.VALID if made == proof else inclusion(report) is not Outcome.PASSED

"""A credential with a signature and a Merkle proof: both are checked, and neither hides what the other says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.formats.blockcerts.test_edition import DID, KEY, NOW, TRANSACTION, edition, signed

from testamur.fetch import FixedResolver
from testamur.fetch.evm_transactions import account_of, new_secret, public_key
from testamur.formats import blockcerts
from testamur.proofs.did import did_document
from testamur.verification import Outcome, Policy, Report, Verifier

ANCHOR = public_key(new_secret())
EXPLORER = f"https://eth.blockscout.com/api/v2/transactions/0x{TRANSACTION.hex()}"


def answers(document: dict[str, Any], **changed: Any) -> dict[str, bytes]:
    root = blockcerts.receipt_of(document, "3").root
    said = {
        "hash": "0x" + TRANSACTION.hex(), "confirmations": 20, "status": "ok", "timestamp": NOW.isoformat(),
        "from": {"hash": "0x" + account_of(ANCHOR).hex()}, "raw_input": "0x" + root, **changed,
    }  # fmt: skip
    did = did_document(DID, [("key-1", KEY.public), ("anchor-1", ANCHOR)])
    return {"https://univ.example/.well-known/did.json": json.dumps(did).encode(), EXPLORER: json.dumps(said).encode()}


def verified(document: dict[str, Any], known: dict[str, bytes]) -> Report:
    resolver = FixedResolver(known, fetched_at=datetime.now(UTC))
    return Verifier(resolver).verify(json.dumps(document).encode(), Policy())


def outcomes(report: Report) -> dict[str, Outcome]:
    return {check.code: check.outcome for check in report.checks}


def document() -> dict[str, Any]:
    return edition(signed(proof_id="https://univ.example/c/1#proof"), [bytes(32)], chain=1)


def test_both_proofs_hold() -> None:
    made = document()
    found = outcomes(verified(made, answers(made)))
    assert found["proof.signature_true"] is Outcome.PASSED
    assert found["proof.anchored"] is Outcome.PASSED
    assert found["issuer.bound"] is Outcome.PASSED


def test_where_nobody_knows_the_chain_the_signature_decides() -> None:
    made = document()
    known = answers(made)
    del known[EXPLORER]
    found = outcomes(verified(made, known))
    assert found["proof.signature_true"] is Outcome.PASSED
    assert "proof.further_unknown" in found
    assert Outcome.FAILED not in found.values()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"raw_input": "0x" + "11" * 32}, "proof.anchor_root_differs"),
        ({"from": {"hash": "0x" + "22" * 20}}, "issuer.chain_key_not_listed"),
    ],
)
def test_what_the_chain_says_otherwise_is_false(changed: dict[str, Any], code: str) -> None:
    made = document()
    report = verified(made, answers(made, **changed))
    assert outcomes(report)[code] is Outcome.FAILED


def test_what_was_changed_or_moved() -> None:
    made = document()
    known = answers(made)
    other = {**made, "name": "Data literacy (advanced)"}
    assert outcomes(verified(other, known))["proof.anchor_hash_differs"] is Outcome.FAILED
    strange = document()
    strange["proof"] = [signed()["proof"], strange["proof"][1]]
    assert outcomes(verified(strange, known))["proof.anchor_hash_differs"] is Outcome.FAILED

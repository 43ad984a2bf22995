"""Receipts on the command line: what was found, signed and dated by whoever verified; and whether a receipt is about a certain file."""

from __future__ import annotations

import uuid

from testamur import strict_json
from testamur.cli.key.files import load_key
from testamur.proofs.data_integrity import add_proof
from testamur.verification import Policy, Report, receipt


def made(report: Report, content: bytes, policy: Policy, key_file: str, language: str) -> bytes:
    """The receipt of `report` about `content`, signed with the key in `key_file`, as JSON. Raises UsageError for a file that is no key."""
    key, did, method = load_key(key_file)
    unsigned = receipt.compose(
        report,
        receipt.digest_of(content),
        issuer={"id": did, "type": ["Profile"]},
        identifier=f"urn:uuid:{uuid.uuid4()}",
        policy=policy,
        language=language,
    )
    suite = "eddsa-rdfc-2022" if key.algorithm == "Ed25519" else "ecdsa-rdfc-2019"
    signed = add_proof(unsigned, key, verification_method=method, created=report.verified_at, cryptosuite=suite)
    return strict_json.dumps(signed) + b"\n"


def is_about(report: Report, content: bytes) -> bool | None:
    """Whether the receipt that `report` is about names `content` as what was verified; None where it is no confirmed receipt."""
    said = report.subject.get("receipt")
    return None if said is None else said["digest"] == receipt.digest_of(content)

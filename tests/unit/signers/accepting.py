"""A credential signed by a signer, and whether our verifier accepts it."""

from __future__ import annotations

from datetime import UTC, datetime

from testamur.fetch.fixed import FixedResolver
from testamur.issuing import AwardDetails, Recipient, compose, prepare, sign
from testamur.model import Achievement, Criteria, Profile
from testamur.ports import Signer
from testamur.verification import Verifier

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def signed_credential(signer: Signer, suite: str) -> bytes:
    did = f"did:key:{signer.public_multikey}"
    document = compose(
        Profile(id=did, name="Han River University"),
        Achievement(
            id="https://han-river.example/data-literacy",
            name="Data Literacy",
            description="Reads and questions data.",
            criteria=Criteria(narrative="Pass the supervised project."),
        ),
        Recipient(name="김민아", email="mina@students.example", salt="a-salt-of-the-tests"),
        AwardDetails(id="urn:uuid:6d2a6a55-8f6f-4c62-9e35-1f2e7c0fd9b1", valid_from=NOW),
    )
    method = f"{did}#{signer.public_multikey}"
    return sign(prepare(document, signer, verification_method=method, created=NOW, cryptosuite=suite), signer)


def accepted(credential: bytes) -> bool:
    """Whether the signature check of the report is passed and nothing failed."""
    report = Verifier(FixedResolver({}), clock=_Fixed()).verify(credential)
    return report.verdict.value == "valid"


class _Fixed:
    def now(self) -> datetime:
        return NOW

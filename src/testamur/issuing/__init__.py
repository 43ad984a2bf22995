"""Issuing: compose → lint → prepare → sign.

1. `compose` puts issuer, achievement, recipient and award together into an unsigned Open Badges 3.0 credential.
2. `lint` names everything in it that the standards forbid; nothing with an error can be prepared.
3. `prepare` fixes the exact bytes to be signed, with the proof options: store them *before* signing.
4. `sign` redeems a prepared credential, once. After a crash, `restore` the stored one and sign again: with Ed25519 the same bytes come out.

For many awards of one achievement `CohortIssuer` gives the same bytes at a fraction of the time. `issue_token` makes a JSON Web Token of a
composed credential (`vc+jwt`), `CohortTokenIssuer` many.
"""

from testamur.issuing.cohort import (
    CohortCounts,
    CohortIssuer,
    CohortTokenIssuer,
    CohortTokenVerifier,
    CohortVerifier,
    Examined,
    Signed,
)
from testamur.issuing.compose import CONTEXTS, AwardDetails, Recipient, compose
from testamur.issuing.lints import RULES, Finding, Severity, lint
from testamur.issuing.prepared import PreparedCredential, prepare, restore, sign
from testamur.issuing.tokens import issue_token

__all__ = [
    "CONTEXTS",
    "RULES",
    "AwardDetails",
    "CohortCounts",
    "CohortIssuer",
    "CohortTokenIssuer",
    "CohortTokenVerifier",
    "CohortVerifier",
    "Examined",
    "Finding",
    "PreparedCredential",
    "Recipient",
    "Severity",
    "Signed",
    "compose",
    "issue_token",
    "lint",
    "prepare",
    "restore",
    "sign",
]

"""A cohort at the speed of its signatures: one achievement, many recipients, the bytes of the long way."""

from testamur.issuing.cohort.cohort import CohortCounts
from testamur.issuing.cohort.issuer import CohortIssuer, Signed
from testamur.issuing.cohort.tokens import CohortTokenIssuer, CohortTokenVerifier
from testamur.issuing.cohort.verifier import CohortVerifier, Examined

__all__ = [
    "CohortCounts",
    "CohortIssuer",
    "CohortTokenIssuer",
    "CohortTokenVerifier",
    "CohortVerifier",
    "Examined",
    "Signed",
]

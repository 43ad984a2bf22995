"""A cohort at the speed of its signatures: one achievement, many recipients, the bytes of the long way."""

from testamur.issuing.cohort.issuer import CohortCounts, CohortIssuer, Signed
from testamur.issuing.cohort.verifier import CohortVerifier, Examined

__all__ = ["CohortCounts", "CohortIssuer", "CohortVerifier", "Examined", "Signed"]

"""A cohort at the speed of its signatures: one achievement, many recipients, the bytes of the long way."""

from testamur.issuing.cohort.issuer import CohortCounts, CohortIssuer

__all__ = ["CohortCounts", "CohortIssuer"]

"""Documents that follow other standards than the Verifiable Credentials, each judged by its own rules.

They differ in what proves them: the answer of an address, a transaction, a certificate. What they say is told in the words of Open Badges
3.0, so that the checks of dates, holder, evidence and register are the same for all.
"""

from __future__ import annotations

from testamur.verification.case import Case
from testamur.verification.standards import blockcerts, european, open_badges_2, sd_jwt_vc
from testamur.verification.standards.judged import Judged

__all__ = ["SUPPORTED", "Judged", "judge"]

SUPPORTED = ("open_badges_2", "blockcerts", "european", "sd_jwt_vc")


def judge(case: Case) -> Judged:
    """The findings about the document of `case`, whose format is one of `SUPPORTED`."""
    match case.format:
        case "open_badges_2":
            return open_badges_2.judge(case)
        case "blockcerts":
            return blockcerts.judge(case)
        case "sd_jwt_vc":
            return sd_jwt_vc.judge(case)
        case _:
            return european.judge(case)

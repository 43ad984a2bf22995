"""May the issuer award this? Only a register that the reader relies on can say so.

An issuer that is on no register is unknown, and "unknown" is never green. Neither is it a fault: most institutions of the world are on
no list, so the verdict does not depend on it unless the policy says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from testamur.verification.case import Case
from testamur.verification.codes import found
from testamur.verification.report import Check, Outcome
from testamur.verification.trust import Listing


def checks(case: Case, *, bound: bool) -> Iterator[Check]:
    """The finding about the issuer of `case`; `bound` says whether it is shown that this issuer signed."""
    issuer = case.issuer or "—"
    check = listed(issuer, case.trust.listings(issuer), case.now) if bound else found("trust.issuer_not_proven")
    yield check
    if case.policy.require_listed_issuer and check.outcome is not Outcome.PASSED:
        yield found("trust.required_missing")


def listed(issuer: str, listings: Sequence[Listing], now: datetime) -> Check:
    """The finding about an issuer who signed, by its `listings` in the registers."""
    in_force = [listing for listing in listings if listing.institution.in_force(now)]
    relied_on = [listing for listing in in_force if listing.register.relied_on]
    if relied_on:
        return _found("trust.listed", relied_on[0])
    if in_force:
        return _found("trust.known_not_relied_on", in_force[0])
    if listings:
        listing = listings[0]
        return found("trust.listing_not_in_force", institution=listing.institution.name, register=listing.register.name)
    return found("trust.issuer_unknown", issuer=issuer)


def _found(code: str, listing: Listing) -> Check:
    return found(code, institution=listing.institution.name, register=listing.register.name, matched=listing.matched)

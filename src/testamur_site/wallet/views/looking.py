"""What every address below `/c/` begins with: which credential, and what may this visitor see of it?"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from testamur_site.issuing.api import Award

from .. import queries, session
from ..models import Deposit
from ..rules import Page, page_of


@dataclass(frozen=True, slots=True)
class Look:
    """A visitor's look at one credential."""

    deposit: Deposit
    award: Award
    page: Page
    is_holder: bool


def look(request: HttpRequest, public_id: str) -> Look:
    """Raises Http404 where there is nothing that was ever issued."""
    deposit = queries.deposit_of(public_id)
    if deposit is None:
        raise Http404
    award, mine = deposit.award, session.is_holder(request, deposit)
    page = page_of(
        award_state=award.state,
        expired=award.expired,
        deposit_state=deposit.state,
        public=deposit.public,
        is_holder=mine,
    )
    if page is Page.ABSENT:
        raise Http404
    return Look(deposit=deposit, award=award, page=page, is_holder=mine)

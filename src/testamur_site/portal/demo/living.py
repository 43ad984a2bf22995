"""What the demonstration shows of credentials that stay alive, and of a whole record of learning.

1. *Data literacy for public services* ends after five years and can be renewed: it gets its cycle before anybody is awarded it.
2. Ngọc's ends in forty days: she was reminded, and has something done and something open. Zoë's was renewed.
3. Seoyeon puts what she holds, of three institutions, into a transcript, and sends it to Liffey College, whose registrar opens it.
"""

from __future__ import annotations

from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.accounts import api as accounts
from testamur_site.foundation.tenancy.api import institution_by_slug, members
from testamur_site.records import api as records
from testamur_site.renewal import api as renewal
from testamur_site.wallet import api as wallet

from .people import COHORT, PARTNERS

_REMINDED, _RENEWED = COHORT[6], COHORT[9]


def renew(version: catalogue.AchievementVersion, registrar: accounts.User) -> None:
    """In the caller's transaction: the cycle of a version that nobody was awarded yet, and two of its holders."""
    renewal.create_demo(version, name=_REMINDED[0], email=_REMINDED[1], actor=registrar)
    renewal.create_renewed_demo(version, name=_RENEWED[0], email=_RENEWED[1], actor=registrar)


def send(holder: wallet.Holder) -> None:
    """In the caller's transaction: the transcript of a learner of three institutions, sent to one of them and opened there."""
    college = institution_by_slug(PARTNERS[1]["slug"])
    if college is not None:
        records.create_demo(holder, college, opened_by=members(college)[0].user)

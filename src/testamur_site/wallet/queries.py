"""What is read. Everything here looks across institutions: a holder's credentials come from many, and a page has one public address."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from testamur_site.foundation.public_bytes.api import TEXT, Beside, Compiled
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.log import api as log

from .models import Deposit, Holder
from .rules import PUBLISHED, DepositState

_WITH = (
    "holder",
    "award",
    "award__institution",
    "award__version",
    "award__version__image",
    "award__version__institution",
    "award__version__micro_credential",
    "award__micro_credential",
    "award__supersedes",
    "award__superseded_by",
)


# Pictures are large, and shown at addresses of their own (`images.picture_png`).
_WITHOUT = ("award__version__image__png", "award__version__image__svg")


def _deposits() -> QuerySet[Deposit]:
    return Deposit.objects.select_related(*_WITH).defer(*_WITHOUT)


_DEPOSIT = Compiled(
    lambda public_id: _deposits().filter(award__public_id=public_id),
    "a credential has a public address of its own",
    TEXT,
)


def deposit_of(public_id: str) -> Deposit | None:
    """The deposit of the award with this public identifier, or None."""
    if "\x00" in public_id:  # PostgreSQL refuses it in any text
        return None
    found: Deposit | None = _DEPOSIT.object(public_id)
    return found


# SQLite makes a table of what stands behind IN, each time; that took it a third of what the query does.
_PUBLISHED = reduce(or_, (Q(award__state=state) for state in PUBLISHED))
_PUBLIC_CREDENTIAL = Compiled(
    lambda public_id: Deposit.objects.filter(
        _PUBLISHED,
        award__public_id=public_id,
        award__prepared__signed__isnull=False,
        public=True,
        state=DepositState.CLAIMED,
    ).values_list("award__prepared__signed"),
    "what its holder has published has a public address of its own",
    TEXT,
)


IS_PUBLIC = Compiled(
    lambda public_id: Deposit.objects.filter(
        _PUBLISHED, award__public_id=public_id, public=True, state=DepositState.CLAIMED
    ).values_list("pk"),
    "what its holder has published has a public address of its own",
    TEXT,
)
"""Has a row where anybody may have this credential now."""


def beside_its_entry(public_id: str, *, proof: bool) -> Beside:
    """What is asked for a credential that anybody may have, or for the log's proof of it."""
    return log.entry_beside(IS_PUBLIC if proof else _PUBLIC_CREDENTIAL, public_id, f"award:{public_id}")


def public_credential(public_id: str) -> bytes | None:
    """The signed bytes of a credential that anybody may have now; None where that cannot be said of it in one look."""
    found = log.first_with_entry(_PUBLIC_CREDENTIAL, public_id, f"award:{public_id}")
    return None if found is None else bytes(found[0])


def deposit_by_token(token: str) -> Deposit | None:
    """The deposit that a claim link opens, or None for a link that we did not make or that was withdrawn."""
    nonce = Deposit.nonce_of(token)
    if nonce is None:
        return None
    with unscoped("a claim link leads to the award of one learner"):
        return _deposits().filter(nonce=nonce).first()


def holder_by_id(pk: object) -> Holder | None:
    return Holder.objects.filter(pk=pk).first() if isinstance(pk, int) else None


def holder_by_public_id(public_id: str) -> Holder | None:
    return Holder.objects.filter(public_id=public_id).first()


def deposits_of(holder: Holder) -> list[Deposit]:
    """All that a holder has, newest first; what was replaced comes with what replaced it."""
    with unscoped("a holder's credentials come from many institutions"):
        return list(
            _deposits()
            .filter(holder=holder)
            .exclude(award__state__in=("queued", "prepared", "refused", "cancelled"))
            .order_by("-award__awarded_date", "-pk")
        )


def portfolio(holder: Holder) -> list[Deposit]:
    """What the public sees of a holder: published and not withdrawn."""
    with unscoped("a portfolio shows credentials of many institutions"):
        return list(
            _deposits()
            .filter(holder=holder, public=True, state=DepositState.CLAIMED, award__state="issued")
            .order_by("-award__awarded_date", "-pk")
        )


def deposit_counts(institution: Institution) -> dict[str, int]:
    """Of the institution's credentials that stand (issued, not withdrawn): how many were `claimed`, how many are `published`."""
    with tenant(institution):
        standing = Deposit.objects.filter(award__state="issued", state=DepositState.CLAIMED)
        return {"claimed": standing.count(), "published": standing.filter(public=True).count()}

"""The demonstration: an agreement, something recognised by it at once, something recognised by a person, and a refusal with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from testamur_site.catalogue.api import MicroCredential, achievement_id
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing.api import Award, credential_bytes
from testamur_site.wallet.api import Holder

from . import services
from .models import Agreement, Recognition
from .rules import NameRule, Result
from .services.requests import Offered

_REFUSED = (
    "The course teaches the basics of data protection. What we would have to recognise asks for an analysis of one's own, assessed under "
    "supervision; the credential shows no such assessment. You are welcome to take the assessment alone."
)
_WORDS = (
    "We recognise micro-credentials of other institutions where at least two thirds of the learning outcomes agree. Add the syllabus if "
    "the credential does not say what was assessed."
)


def create_demo(
    receiving: Institution,
    sending: Institution,
    holder: Holder,
    *,
    recognised: Award,
    refused: Award,
    target: MicroCredential | None = None,
    actor: Any = None,
) -> Sequence[Recognition]:
    """Open the desk of `receiving`, agree with `sending`, and let `holder` send two awards of theirs: `recognised`, which the agreement
    covers, and `refused`, which a person refuses (as `target`, or as elective credits). Running it again changes nothing.

    The awards have to be in the wallet of the holder. Gives the two decisions.
    """
    with tenant(receiving):
        known = list(Recognition.objects.filter(request__holder=holder).order_by("pk"))
    if len(known) >= 2:
        return known
    services.change_desk(receiving, is_open=True, days=21, words=_WORDS, actor=actor)
    with tenant(receiving):
        agreed = Agreement.objects.filter(partner_id=sending.did).exists()
    if not agreed:
        terms = {
            "title": f"Mutual recognition of micro-credentials, {receiving.name} and {sending.name}",
            "partner_name": sending.name,
            "partner_id": sending.did,
            "achievements": [_achievement(recognised)],
            "categories": [],
            "cap": Decimal(30),
            "name_rule": NameRule.FOLDED,
            "automatic": True,
            "valid_from": timezone.localdate(),
            "valid_until": timezone.localdate().replace(month=1, day=1, year=timezone.localdate().year + 3),
            "note": "Reviewed every three years by the registrars of both institutions.",
        }
        services.activate(services.draft(receiving, terms, actor=actor), actor=actor)
    first = services.send(holder, receiving, [_offered(recognised)])
    by_agreement = services.look_at_agreements(first)
    if by_agreement is None:
        by_agreement = services.decide(
            first, Result.RECOGNISED, reason="The learning outcomes agree.", amount=Decimal(5), actor=actor
        )
    second = services.send(holder, receiving, [_offered(refused)], target=target)
    by_hand = services.decide(second, Result.REFUSED, reason=_REFUSED, actor=actor)
    return [by_agreement, by_hand]


def _offered(award: Award) -> Offered:
    return Offered(credential_bytes(award), "application/json", award.url, shown=True)


def _achievement(award: Award) -> str:
    return str(achievement_id(award.version))

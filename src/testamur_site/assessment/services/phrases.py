"""Sentences that an assessor writes often. Each has their own, in each institution."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from testamur_site.foundation.tenancy.api import Institution

from ..models import Phrase
from ..rules import MAX_PHRASES
from .common import lock


def phrases_of(user: Any) -> list[Phrase]:
    return list(Phrase.objects.filter(user=user))


@transaction.atomic
def keep(institution: Institution, user: Any, text: str) -> bool:
    """Keep a phrase. False where there are MAX_PHRASES already; keeping one twice is keeping it once."""
    lock(institution)
    if Phrase.objects.filter(user=user, text=text).exists():
        return True
    if Phrase.objects.filter(user=user).count() >= MAX_PHRASES:
        return False
    Phrase.objects.create(institution=institution, user=user, text=text)
    return True


def forget(user: Any, public_id: str) -> None:
    Phrase.objects.filter(user=user, public_id=public_id).delete()

"""Making, looking at, using and withdrawing links."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from .models import EntryLink
from .rules import LINK_KEPT, PER_MAILBOX, PER_VISITOR, USED_KEPT, digest_of, folded, new_secret

_HOUR = 60 * 60


def new_link(audience: str, subject: str, *, kept: timedelta = LINK_KEPT, now: datetime | None = None) -> str:
    """The secret of a new link for `subject` (a public identifier, never a mail address), in the caller's transaction."""
    secret = new_secret()
    EntryLink.objects.create(
        audience=audience, subject=subject, digest=digest_of(secret), expires_at=(now or timezone.now()) + kept
    )
    return secret


def subject_of_link(audience: str, secret: str) -> str | None:
    """Whom a link would let in, without using it; None for one that is unknown, used or over."""
    found = EntryLink.objects.filter(
        audience=audience, digest=digest_of(secret), used_at=None, expires_at__gt=timezone.now()
    )
    return found.values_list("subject", flat=True).first()


def use_link(audience: str, secret: str) -> str | None:
    """Use a link: the subject, or None for one that is unknown, used or over. The conditional UPDATE decides between two who come at
    the same time."""
    rows = EntryLink.objects.filter(audience=audience, digest=digest_of(secret))
    if not rows.filter(used_at=None, expires_at__gt=timezone.now()).update(used_at=timezone.now()):
        return None
    return rows.values_list("subject", flat=True).get()


def withdraw_links(audience: str, subject: str) -> int:
    """End every open link of a subject: it has left, or its address was wrong. How many."""
    return EntryLink.objects.filter(audience=audience, subject=subject, used_at=None).update(used_at=timezone.now())


def may_ask_for_link(audience: str, email: str, visitor: str) -> bool:
    """Whether a further link may be sent to this mailbox, and at this visitor's word, within the hour. Counts the question."""
    counts = [_count(audience, "mailbox", folded(email)), _count(audience, "visitor", visitor)]
    return counts[0] <= PER_MAILBOX and counts[1] <= PER_VISITOR


def _count(audience: str, kind: str, value: str) -> int:
    # A keyed hash: the cache may be a table, and must not tell who asked.
    key = hmac.new(settings.SECRET_KEY.encode(), f"{audience}|{kind}|{value}".encode(), sha256).hexdigest()[:32]
    cache.add(f"entry_links:{key}", 0, timeout=_HOUR)
    try:
        return int(cache.incr(f"entry_links:{key}"))
    except ValueError:  # it expired between the two
        return 1


def forget_old_links() -> int:
    """Delete links that ended long ago."""
    deleted, _ = EntryLink.objects.filter(expires_at__lt=timezone.now() - USED_KEPT).delete()
    return deleted

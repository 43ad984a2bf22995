"""Mails about a renewal, each once."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.mail import api as mail

from ..models import Renewal


def tell(renewal: Renewal, what: str, key: str, **facts: Any) -> None:
    """Queue the mail `what` (reminder, grace, lapsed, refused) to the holder, once for each `key`, in the caller's transaction."""
    address = renewal.holder.addresses.order_by("pk").first()
    if address is None:
        return
    language = renewal.holder.language
    try:
        mail.send(
            address.email,
            f"renewal/mail/{what}",
            {"renewal": renewal, "title": renewal.award.version.title_in(language), **facts},
            language,
            institution=renewal.institution,
            dedupe_key=f"renewal:{renewal.public_id}:{key}",
        )
    except ValidationError:
        audit.record(
            "mail.refused",
            f"renewal:{renewal.public_id}",
            institution=renewal.institution,
            facts={"mail": what},
        )

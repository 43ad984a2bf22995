"""Mails: to those who decide, and to the learner. In the transaction of the change, each once for its key."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.permissions.api import Right, allows
from testamur_site.foundation.tenancy.api import members

from ..models import Request


def registrars(request: Request, what: str, key: str) -> None:
    """Tell all who may decide. The mail names no learner: it leads to the page."""
    for person in members(request.institution):
        if allows(person.role, Right.ISSUE) and person.user.is_active:
            _send(request, person.user.email, what, person.user.language, f"{key}:{person.user.pk}")


def learner(request: Request, what: str, key: str, **facts: Any) -> None:
    holder = request.holder
    address = holder.addresses.order_by("pk").first() if holder is not None else None
    if holder is not None and address is not None:
        _send(request, address.email, what, holder.language, key, **facts)


def _send(request: Request, to: str, what: str, language: str, key: str, **facts: Any) -> None:
    context = {"request": request, **facts}
    try:
        mail.send(to, f"recognition/mail/{what}", context, language, institution=request.institution, dedupe_key=key)
    except ValidationError:
        audit.record(
            "mail.refused",
            f"recognition_request:{request.public_id}",
            institution=request.institution,
            facts={"mail": what},
        )

"""Who is told of an alarm: the people who manage an institution's keys, and the operator of the deployment where it
concerns everybody. The mail says what was found in general, and where the rest stands; the facts stay behind the sign-in."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.exceptions import ValidationError

from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.permissions.api import Right, allows
from testamur_site.foundation.tenancy.api import Institution, members

from .models import Alarm
from .sentences import title_of

log = logging.getLogger(__name__)

TEMPLATE = "log_monitor/mail/alarm"


def tell(alarms: Sequence[Alarm]) -> None:
    """Queue one mail to each person about all of them, in the caller's transaction."""
    by_institution: dict[Institution | None, list[Alarm]] = {}
    for alarm in alarms:
        by_institution.setdefault(alarm.institution, []).append(alarm)
    for institution, some in by_institution.items():
        if institution is not None:
            _tell_institution(institution, some)
            continue
        for address in settings.TESTAMUR_OPERATOR_EMAIL:
            _send(address, some, settings.LANGUAGE_CODE, None)
        if not settings.TESTAMUR_OPERATOR_EMAIL:  # somebody must know
            for each in Institution.objects.all():
                _tell_institution(each, some)


def _tell_institution(institution: Institution, alarms: Sequence[Alarm]) -> None:
    for member in members(institution):
        if allows(member.role, Right.MANAGE_KEYS) and member.user.email:
            _send(member.user.email, alarms, member.user.language or settings.LANGUAGE_CODE, institution)


def _send(address: str, alarms: Sequence[Alarm], language: str, institution: Institution | None) -> None:
    context = {"titles": _titles(alarms), "count": len(alarms)}
    try:
        mail.send(address, TEMPLATE, context, language, institution=institution)
    except ValidationError:  # an impossible address keeps nobody else from being told
        log.warning("an alarm could not be sent: an address that is none")


def _titles(alarms: Iterable[Alarm]) -> list[object]:
    """What was found, each once. Lazy, so that each reader has it in their own language."""
    return [title_of(code) for code in dict.fromkeys(alarm.code for alarm in alarms)]

"""What every template may know about the platform."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def platform(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001
    return {"trying_out": settings.TESTAMUR_OUTBOX, "open_registration": settings.TESTAMUR_OPEN_REGISTRATION}

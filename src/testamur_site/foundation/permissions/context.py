"""What every staff template may ask: `institution`, `membership` and `can.issue`, `can.design` … (names of `Right`)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .rules import Right, allows


def staff(request: HttpRequest) -> dict[str, Any]:
    membership = getattr(request, "membership", None)
    if membership is None:
        return {}
    return {
        "institution": request.institution,  # type: ignore[attr-defined]
        "membership": membership,
        "can": {right.value: allows(membership.role, right) for right in Right},
    }

"""The one place that knows every part: which capabilities there are, in what order, and what they do by the clock."""

from __future__ import annotations

import os
from datetime import timedelta
from importlib.util import find_spec

# From the lowest to the highest. A capability may use those before it, through their `api` only.
FOUNDATION = ("tenancy", "accounts", "audit", "jobs", "mail", "permissions", "keys", "design_system", "i18n")
CAPABILITIES = (
    *(f"testamur_site.foundation.{part}" for part in FOUNDATION),
    "testamur_site.catalogue",
    "testamur_site.status",
    "testamur_site.issuing",
    "testamur_site.verification",
    "testamur_site.wallet",
    "testamur_site.portal",
)

# Queued by the worker, once in each period, by whichever worker comes first.
PERIODIC_JOBS: dict[str, timedelta] = {
    "testamur_site.foundation.mail.jobs.forget_old_mail": timedelta(hours=6),
    "testamur_site.foundation.jobs.jobs.forget_finished_jobs": timedelta(hours=24),
}


def _has(module: str) -> bool:
    if any(f".{name}." in f"{module}." for name in os.environ.get("TESTAMUR_WITHOUT", "").split(",") if name):
        return False
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def installed_capabilities() -> list[str]:
    return [name for name in CAPABILITIES if _has(f"{name}.apps")]


def url_modules() -> list[str]:
    return [f"{name}.urls" for name in CAPABILITIES if _has(f"{name}.apps") and _has(f"{name}.urls")]

"""What Django's system checks say about keys (`testamur site manage check --deploy`)."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution


@register(Tags.security, deploy=True)
def where_the_keys_are(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Keys in the processes that serve pages; sealed keys at all; files that others can read."""
    found: list[CheckMessage] = []
    if settings.TESTAMUR_SIGNING_SOCKET is None:
        forced = settings.TESTAMUR_SEALED_KEYS_IN_PRODUCTION
        kind = Caution if forced or settings.TESTAMUR_ENVIRONMENT != "production" else Error
        found.append(
            kind(
                "The processes that serve pages can open the institutions' signing keys.",
                hint="Start the signing process (testamur site sign) and set TESTAMUR_SIGNING_SOCKET; see docs/how-to/keep-keys.md.",
                id="signing.E001" if kind is Error else "signing.W001",
            )
        )
    if settings.TESTAMUR_NEW_KEYS == "sealed":
        found.append(
            Caution(
                "New signing keys are sealed in the database and not kept in a device or key service.",
                hint="Set TESTAMUR_NEW_KEYS to pkcs11:token=… or awskms:alias/….",
                id="signing.W002",
            )
        )
    path = settings.TESTAMUR_KEY_ENCRYPTION_KEY
    readable = path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    if readable:
        found.append(
            Error(
                "Others than its owner can read the key-encryption key.",
                hint="chmod 600, and let it belong to the user of the signing process.",
                id="signing.E002",
            )
        )
    if settings.TESTAMUR_SIGNING_SOCKET is not None and path.exists() and os.access(path, os.R_OK) and os.geteuid():
        found.append(
            Caution(
                "This user can read the key-encryption key, though a signing process is set up.",
                hint="Let the file belong to the user of the signing process alone (mode 0600).",
                id="signing.W003",
            )
        )
    return found

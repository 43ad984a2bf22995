from __future__ import annotations

from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "testamur_site.foundation.signing"
    label = "signing"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers them

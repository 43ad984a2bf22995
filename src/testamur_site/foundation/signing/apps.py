from __future__ import annotations

from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "testamur_site.foundation.signing"
    label = "signing"

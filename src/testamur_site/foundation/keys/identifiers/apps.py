from __future__ import annotations

from django.apps import AppConfig


class IdentifiersConfig(AppConfig):
    name = "testamur_site.foundation.keys.identifiers"
    label = "keys_identifiers"

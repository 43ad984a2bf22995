from __future__ import annotations

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    name = "testamur_site.foundation.permissions"
    label = "permissions"

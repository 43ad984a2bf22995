from __future__ import annotations

from django.apps import AppConfig


class StatusConfig(AppConfig):
    name = "testamur_site.status"
    label = "status"

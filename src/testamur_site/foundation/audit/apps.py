from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "testamur_site.foundation.audit"
    label = "audit"

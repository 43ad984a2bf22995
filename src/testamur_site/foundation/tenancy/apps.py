from __future__ import annotations

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "testamur_site.foundation.tenancy"
    label = "tenancy"

from __future__ import annotations

from django.apps import AppConfig


class IssuingConfig(AppConfig):
    name = "testamur_site.issuing"
    label = "issuing"

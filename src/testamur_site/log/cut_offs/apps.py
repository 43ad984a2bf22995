from __future__ import annotations

from django.apps import AppConfig


class CutOffsConfig(AppConfig):
    name = "testamur_site.log.cut_offs"
    label = "log_cut_offs"
    default_auto_field = "django.db.models.BigAutoField"

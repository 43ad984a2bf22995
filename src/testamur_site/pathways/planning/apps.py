from __future__ import annotations

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "testamur_site.pathways.planning"
    label = "pathways_planning"
    default_auto_field = "django.db.models.BigAutoField"

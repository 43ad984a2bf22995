from __future__ import annotations

from django.apps import AppConfig


class EditorConfig(AppConfig):
    name = "testamur_site.pathways.editor"
    label = "pathways_editor"
    default_auto_field = "django.db.models.BigAutoField"

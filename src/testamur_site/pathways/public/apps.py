from __future__ import annotations

from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "testamur_site.pathways.public"
    label = "pathways_public"

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "testamur_site.foundation.jobs"
    label = "jobs"

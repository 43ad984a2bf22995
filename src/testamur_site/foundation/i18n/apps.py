from __future__ import annotations

from django.apps import AppConfig


class I18nConfig(AppConfig):
    name = "testamur_site.foundation.i18n"
    label = "i18n"

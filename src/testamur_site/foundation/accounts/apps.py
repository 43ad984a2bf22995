from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "testamur_site.foundation.accounts"
    label = "accounts"

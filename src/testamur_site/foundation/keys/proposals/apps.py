from __future__ import annotations

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "testamur_site.foundation.keys.proposals"
    label = "keys_proposals"

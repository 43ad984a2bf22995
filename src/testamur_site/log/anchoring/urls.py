"""Public addresses: the page about anchors, and the receipts of a checkpoint."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "log_anchoring"
urlpatterns: list[URLPattern] = []

"""Public addresses: the page about anchors, and the receipts of a checkpoint."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "log_anchoring"
urlpatterns = [
    path("log/anchors/", views.overview, name="overview"),
    path("log/<int:year>/anchors/<int:size>.json", views.receipts, name="receipts"),
]

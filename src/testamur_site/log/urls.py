"""The addresses of the log: those of C2SP tlog-tiles below `/log/<year>/`, and one page that explains them."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "log"
urlpatterns = [
    path("log/", views.overview, name="overview"),
    path("log/policy.txt", views.policy, name="policy"),
    path("log/<int:year>/checkpoint", views.checkpoint, name="checkpoint"),
    path("log/<int:year>/vkey", views.vkey, name="vkey"),
    path("log/<int:year>/tile/<path:path>", views.tile, name="tile"),
]

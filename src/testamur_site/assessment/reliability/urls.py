"""The address of reliability; `assessment.urls` takes it in."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path(
        "staff/<slug:slug>/marking/offerings/<str:offering>/<str:key>/reliability/",
        views.reliability,
        name="reliability",
    ),
]

"""The addresses of copies; `assessment.urls` takes them in."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("staff/<slug:slug>/marking/offerings/<str:offering>/<str:key>/copies/", views.listing, name="copies"),
    path("staff/<slug:slug>/marking/copies/<str:public_id>/", views.detail, name="copy"),
]

"""The addresses of item bank."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "item_bank"
urlpatterns: list[URLPattern] = []

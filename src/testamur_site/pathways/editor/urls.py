"""`staff/<slug>/micro-credentials/<id>/rule…`: the rule of the version that is worked on."""

from __future__ import annotations

from django.urls import path

from . import parts, views

app_name = "pathways_editor"
_RULE = "staff/<slug:slug>/micro-credentials/<str:public_id>/rule"

urlpatterns = [
    path(_RULE, views.rule, name="rule"),
    path(f"{_RULE}/begin", views.begin, name="begin"),
    path(f"{_RULE}/change", views.change, name="change"),
    path(f"{_RULE}/requirement", parts.requirement, name="requirement"),
    path(f"{_RULE}/settings", parts.settings, name="settings"),
    path(f"{_RULE}/try", parts.try_it, name="try"),
]

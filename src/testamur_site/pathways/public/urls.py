"""`microdegrees/…`: what everybody may see. (`microdegrees/<id>/join` is a page of `pathways.urls`.)"""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "pathways_public"

urlpatterns = [
    path("microdegrees", views.listing, name="list"),
    path("microdegrees/<slug:public_id>", views.detail, name="detail"),
    path("microdegrees/<slug:public_id>/rule.yaml", views.rule_yaml, name="rule_yaml"),
    path("microdegrees/<slug:public_id>/rule.json", views.rule_json, name="rule_json"),
]

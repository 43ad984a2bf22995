from __future__ import annotations

from django.urls import path

from . import views

app_name = "pathways_planning"

_OWN = "wallet/microdegrees/<slug:public_id>"

urlpatterns = [
    path(f"{_OWN}/plan", views.what_next, name="plan"),
    path(f"{_OWN}/plans/<slug:plan_id>", views.shown, name="shown"),
    path(f"{_OWN}/plans/<slug:plan_id>/progress", views.progress, name="progress"),
    path(f"{_OWN}/plans/<slug:plan_id>/stop", views.stop, name="stop"),
    path(f"{_OWN}/plans/<slug:plan_id>/again", views.again, name="again"),
    path(f"{_OWN}/plans/<slug:plan_id>/delete", views.delete, name="delete"),
]

from __future__ import annotations

from django.urls import path

from . import views

app_name = "log_monitor"
urlpatterns = [
    path("staff/<slug:slug>/tamper-evidence/", views.overview, name="overview"),
    path("staff/<slug:slug>/tamper-evidence/entries.csv", views.entries, name="entries"),
    path("staff/<slug:slug>/tamper-evidence/alarms/<str:public_id>", views.alarm, name="alarm"),
]

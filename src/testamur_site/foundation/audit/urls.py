from __future__ import annotations

from django.urls import path

from . import views

app_name = "audit"
urlpatterns = [
    path("staff/<slug:slug>/audit", views.entry_list, name="list"),
    path("staff/<slug:slug>/audit.csv", views.export, name="export"),
]

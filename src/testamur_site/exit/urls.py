from __future__ import annotations

from django.urls import path

from . import views

app_name = "exit"
urlpatterns = [
    path("staff/<slug:slug>/leave", views.overview, name="overview"),
    path("staff/<slug:slug>/leave/<str:public_id>.zip", views.download, name="download"),
    path("staff/<slug:slug>/leave/<str:public_id>/delete", views.delete, name="delete"),
]

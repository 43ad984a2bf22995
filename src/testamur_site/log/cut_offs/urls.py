from __future__ import annotations

from django.urls import path

from . import views

app_name = "log_cut_offs"
urlpatterns = [
    path("staff/<slug:slug>/keys/copied", views.start, name="start"),
    path("staff/<slug:slug>/keys/copied/awards.csv", views.after_csv, name="after_csv"),
    path("staff/<slug:slug>/keys/cut-offs/<str:public_id>", views.cut_off, name="cut_off"),
    path("staff/<slug:slug>/keys/cut-offs/<str:public_id>/reissue", views.reissue, name="reissue"),
    path("staff/<slug:slug>/keys/public-log", views.service, name="service"),
]

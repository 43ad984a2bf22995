"""Staff pages of editions, and the two public documents that the published verifier asks for."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "issuing_blockcerts"
_HERE = "staff/<slug:slug>/blockcerts"

urlpatterns = [
    path(f"{_HERE}/", views.overview, name="overview"),
    path(f"{_HERE}/switch-on", views.switch_on, name="switch_on"),
    path(f"{_HERE}/<str:public_id>/again", views.again, name="again"),
    path("staff/<slug:slug>/awards/<str:public_id>/blockcerts", views.of_award, name="of_award"),
    path("staff/<slug:slug>/awards/<str:public_id>/blockcerts.json", views.download, name="download"),
    path("staff/<slug:slug>/batches/<str:public_id>/blockcerts", views.of_batch, name="of_batch"),
    path("institutions/<slug:slug>/blockcerts/profile.json", views.profile, name="profile"),
    path("institutions/<slug:slug>/blockcerts/status/<str:list_id>", views.status, name="status"),
]

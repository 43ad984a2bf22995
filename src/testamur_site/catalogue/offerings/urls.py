from __future__ import annotations

from django.urls import path

from . import views

_ALL = "staff/<slug:slug>/offerings"
_ONE = f"{_ALL}/<str:public_id>"

urlpatterns = [
    path(f"{_ALL}/", views.listing, name="offerings"),
    path(f"{_ALL}/new", views.create, name="offering_new"),
    path(f"{_ONE}/", views.detail, name="offering"),
    path(f"{_ONE}/edit", views.edit, name="offering_edit"),
    path(f"{_ONE}/open", views.open_for_enrolment, name="offering_open"),
    path(f"{_ONE}/close", views.close, name="offering_close"),
    path(f"{_ONE}/cancel", views.cancel, name="offering_cancel"),
    path(f"{_ONE}/discard", views.discard, name="offering_discard"),
    path(f"{_ONE}/current-version", views.use_current_version, name="offering_current_version"),
]

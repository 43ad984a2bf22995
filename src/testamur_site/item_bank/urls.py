"""The addresses of item banks: staff's, and the test itself."""

from __future__ import annotations

from django.urls import URLPattern, path

from .banks import item_views, views
from .sitting import lead
from .sitting import views as sitting

app_name = "item_bank"
_ALL = "staff/<slug:slug>/item-banks"
_ONE = f"{_ALL}/<str:public_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_ALL}/", views.listing, name="banks"),
    path(f"{_ALL}/new", views.create, name="bank_new"),
    path(f"{_ONE}/", views.detail, name="bank"),
    path(f"{_ONE}/edit", views.edit, name="bank_edit"),
    path(f"{_ONE}/open", views.open_bank, name="bank_open"),
    path(f"{_ONE}/close", views.close, name="bank_close"),
    path(f"{_ONE}/discard", views.discard, name="bank_discard"),
    path(f"{_ONE}/items.csv", item_views.export, name="bank_export"),
    path(f"{_ONE}/import", item_views.import_table, name="bank_import"),
    path(f"{_ONE}/items/new", item_views.create, name="item_new"),
    path(f"{_ONE}/items/<int:pk>/", item_views.edit, name="item"),
    path(f"{_ONE}/items/<int:pk>/retire", item_views.retire, name="item_retire"),
    path(f"{_ONE}/items/<int:pk>/bring-back", item_views.bring_back, name="item_bring_back"),
    path(f"{_ONE}/calibrate", views.calibrate, name="bank_calibrate"),
    path(f"{_ONE}/calibration", views.calibration, name="bank_calibration"),
    path("staff/<slug:slug>/tests/<str:offering>/<str:key>/", lead.tests, name="tests"),
    path("learn/<str:public_id>/test/<str:key>", sitting.test, name="test"),
]

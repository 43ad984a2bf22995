from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("catalogue", views.catalogue, name="public_list"),
    path("institutions/<slug:slug>", views.institution, name="institution"),
    path("m/<str:public_id>", views.programme, name="public_detail"),
    path("achievements/<str:public_id>", views.achievement, name="achievement"),
    path("achievements/<str:public_id>/image.png", views.image_png, name="image_png"),
    path("achievements/<str:public_id>/image.svg", views.image_svg, name="image_svg"),
]

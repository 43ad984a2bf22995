from __future__ import annotations

from django.urls import path

from . import catalogue_views, views
from .data import views as data

urlpatterns = [
    path("catalogue", catalogue_views.catalogue, name="public_list"),
    path("catalogue/compare", catalogue_views.compare, name="compare"),
    path("catalogue/ctdl.jsonld", data.catalogue_ctdl, name="catalogue_ctdl"),
    path("catalogue/elm.jsonld", data.catalogue_elm, name="catalogue_elm"),
    path("catalogue/feed.atom", data.feed_of_all, name="feed"),
    path("api/catalogue", data.search, name="interface"),
    path("api/catalogue/openapi.json", data.description, name="interface_description"),
    path("sitemap.xml", data.sitemap, name="sitemap"),
    path("institutions/<slug:slug>", views.institution, name="institution"),
    path("institutions/<slug:slug>/feed.atom", data.feed_of_institution, name="institution_feed"),
    path("m/<str:public_id>", views.programme, name="public_detail"),
    path("m/<str:public_id>/ctdl.jsonld", data.programme_ctdl, name="programme_ctdl"),
    path("m/<str:public_id>/elm.jsonld", data.programme_elm, name="programme_elm"),
    path("achievements/<str:public_id>", views.achievement, name="achievement"),
    path("achievements/<str:public_id>/image.png", views.image_png, name="image_png"),
    path("achievements/<str:public_id>/image.svg", views.image_svg, name="image_svg"),
]

from __future__ import annotations

from django.urls import path

from . import views

app_name = "keys"
urlpatterns = [
    path(".well-known/did.json", views.deployment_did_json, name="deployment_did_document"),
    path("institutions/<slug:slug>/did.json", views.did_json, name="did_document"),
    path("institutions/<slug:slug>/profile.json", views.profile, name="profile"),
    path("staff/<slug:slug>/keys", views.key_list, name="list"),
    path("staff/<slug:slug>/keys/rotate", views.rotate, name="rotate"),
    path("staff/<slug:slug>/keys/<str:fragment>/withdraw", views.withdraw, name="withdraw"),
]

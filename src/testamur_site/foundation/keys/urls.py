from __future__ import annotations

from django.urls import path

from . import views
from .identifiers import views as identifiers
from .proposals import views as proposals

app_name = "keys"
urlpatterns = [
    path(".well-known/did.json", views.deployment_did_json, name="deployment_did_document"),
    path("institutions/<slug:slug>/did.json", views.did_json, name="did_document"),
    path("institutions/<slug:slug>/profile.json", views.profile, name="profile"),
    path("staff/<slug:slug>/keys", views.key_list, name="list"),
    path("institutions/<slug:slug>/did.jsonl", identifiers.did_jsonl, name="did_log"),
    path("staff/<slug:slug>/keys/rotate", proposals.rotate, name="rotate"),
    path("staff/<slug:slug>/keys/history", identifiers.history, name="history"),
    path("staff/<slug:slug>/keys/history/prepare", identifiers.prepare, name="prepare"),
    path("staff/<slug:slug>/keys/history/next-key.pem", identifiers.next_key, name="next_key"),
    path("staff/<slug:slug>/keys/history/write", identifiers.write, name="write_version"),
    path("staff/<slug:slug>/keys/history/choose", identifiers.choose, name="choose"),
    path("staff/<slug:slug>/keys/history/abandon", proposals.abandon_history, name="abandon_history"),
    path("staff/<slug:slug>/keys/history/end", proposals.end_history, name="end_history"),
    path("staff/<slug:slug>/keys/proposals/<str:public_id>", proposals.show, name="proposal"),
    path("staff/<slug:slug>/keys/proposals/<str:public_id>/close", proposals.close, name="close"),
    path("staff/<slug:slug>/keys/<str:fragment>/withdraw", proposals.withdraw, name="withdraw"),
]

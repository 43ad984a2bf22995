"""The addresses of recognition: `wallet/recognition/…` the learner's, `staff/<slug>/recognition/…` the institution's, and the public pages
below `institutions/<slug>/`."""

from __future__ import annotations

from django.urls import path

from .views import agreements, desk, equivalences, learner, public

app_name = "recognition"
_OWN = "wallet/recognition"
_STAFF = "staff/<slug:slug>/recognition"
_PUBLIC = "institutions/<slug:slug>"

urlpatterns = [
    path(f"{_OWN}/", learner.home, name="home"),
    path(f"{_OWN}/to/<slug:slug>", learner.send, name="send"),
    path(f"{_OWN}/<slug:public_id>", learner.request_page, name="request"),
    path(f"{_OWN}/<slug:public_id>/answer", learner.answer, name="answer"),
    path(f"{_OWN}/<slug:public_id>/withdraw", learner.withdraw, name="withdraw"),
    path(f"{_STAFF}/", desk.queue, name="desk"),
    path(f"{_STAFF}/settings", desk.settings, name="settings"),
    path(f"{_STAFF}/agreements/", agreements.listing, name="agreements"),
    path(f"{_STAFF}/agreements/new", agreements.new, name="new_agreement"),
    path(f"{_STAFF}/agreements/<slug:public_id>", agreements.detail, name="agreement"),
    path(f"{_STAFF}/agreements/<slug:public_id>/edit", agreements.edit, name="edit_agreement"),
    path(f"{_STAFF}/agreements/<slug:public_id>/activate", agreements.activate, name="activate_agreement"),
    path(f"{_STAFF}/agreements/<slug:public_id>/end", agreements.end, name="end_agreement"),
    path(f"{_STAFF}/equivalences/", equivalences.listing, name="equivalences"),
    path(f"{_STAFF}/equivalences/<slug:public_id>/withdraw", equivalences.withdraw, name="withdraw_equivalence"),
    path(f"{_STAFF}/<slug:public_id>", desk.detail, name="sent"),
    path(f"{_STAFF}/<slug:public_id>/ask", desk.ask, name="ask"),
    path(f"{_STAFF}/<slug:public_id>/decide", desk.decide, name="decide"),
    path(f"{_STAFF}/<slug:public_id>/documents/<int:number>", desk.document, name="document"),
    path(f"{_STAFF}/<slug:public_id>/publish", equivalences.publish, name="publish_equivalence"),
    path(f"{_PUBLIC}/agreements", public.agreements, name="public_agreements"),
    path(f"{_PUBLIC}/equivalences", public.equivalences, name="public_equivalences"),
    path(f"{_PUBLIC}/equivalences.csv", public.as_csv, name="equivalences_csv"),
    path(f"{_PUBLIC}/equivalences.jsonld", public.as_json, name="equivalences_json"),
]

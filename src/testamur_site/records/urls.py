"""The addresses of records: `wallet/records/…` the learner's, `records/…` of whoever was given one,
`staff/<slug>/records/…` the receivers'.
"""

from __future__ import annotations

from django.urls import path

from .views import learner, public, receiver

app_name = "records"
_OWN = "wallet/records"
_STAFF = "staff/<slug:slug>/records"

urlpatterns = [
    path(f"{_OWN}/", learner.home, name="home"),
    path(f"{_OWN}/new", learner.new, name="new"),
    path(f"{_OWN}/sent/<slug:public_id>/withdraw", learner.withdraw, name="withdraw"),
    path(f"{_OWN}/<slug:public_id>", learner.detail, name="transcript"),
    path(f"{_OWN}/<slug:public_id>.json", learner.download, name="download"),
    path(f"{_OWN}/<slug:public_id>/delete", learner.delete, name="delete"),
    path(f"{_OWN}/<slug:public_id>/send", learner.send, name="send"),
    path(f"{_OWN}/<slug:public_id>/send-outside", learner.send_outside, name="send_outside"),
    path(f"{_OWN}/<slug:public_id>/share", learner.share, name="share"),
    path("records/link/<slug:secret>", public.by_link, name="link"),
    path("records/link/<slug:secret>.json", public.by_link_json, name="link_json"),
    path("records/<slug:public_id>", public.shared, name="public"),
    path("records/<slug:public_id>.json", public.shared_json, name="public_json"),
    path(f"{_STAFF}/", receiver.received, name="received"),
    path(f"{_STAFF}/<slug:public_id>", receiver.detail, name="received_one"),
    path(f"{_STAFF}/<slug:public_id>.json", receiver.download, name="received_json"),
]

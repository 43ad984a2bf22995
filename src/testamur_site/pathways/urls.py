"""The addresses of pathways: `wallet/microdegrees/…` the learner's, `staff/<slug>/participants/…` the institution's."""

from __future__ import annotations

from django.urls import path

from .views import advising, learner

app_name = "pathways"
_STAFF = "staff/<slug:slug>/participants"
_OWN = "wallet/microdegrees"

urlpatterns = [
    path("microdegrees/<slug:public_id>/join", learner.join, name="join"),
    path(f"{_OWN}/", learner.home, name="home"),
    path(f"{_OWN}/<slug:public_id>", learner.way, name="way"),
    path(f"{_OWN}/<slug:public_id>/look-again", learner.look_again, name="look_again"),
    path(f"{_OWN}/<slug:public_id>/leave", learner.leave, name="leave"),
    path(f"{_STAFF}/", advising.listing, name="participants"),
    path(f"{_STAFF}/<slug:public_id>", advising.detail, name="participant"),
    path(f"{_STAFF}/<slug:public_id>/approve", advising.approve, name="approve"),
    path(f"{_STAFF}/<slug:public_id>/decline", advising.decline, name="decline"),
    path(f"{_STAFF}/<slug:public_id>/facts", advising.facts, name="facts"),
    path(f"{_STAFF}/<slug:public_id>/allow", advising.allow, name="allow"),
    path(
        f"{_STAFF}/<slug:public_id>/allowances/<int:allowance>/withdraw", advising.withdraw, name="withdraw_allowance"
    ),
]

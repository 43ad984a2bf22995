"""The addresses of renewal: `wallet/renewals/…` the holder's, `staff/<slug>/renewals/…` the institution's, `refresh/…` for programs."""

from __future__ import annotations

from django.urls import path

from .views import holder, refresh, staff

app_name = "renewal"
_OWN = "wallet/renewals"
_STAFF = "staff/<slug:slug>/renewals"

urlpatterns = [
    path("refresh/<slug:token>", refresh.refresh, name="refresh"),
    path(f"{_OWN}/", holder.home, name="home"),
    path(f"{_OWN}/<slug:public_id>", holder.detail, name="renewal"),
    path(f"{_OWN}/<slug:public_id>/add", holder.add, name="add"),
    path(f"{_OWN}/<slug:public_id>/ask", holder.ask, name="ask"),
    path(f"{_OWN}/<slug:public_id>/count", holder.count, name="count"),
    path(f"{_OWN}/<slug:public_id>/refreshing", holder.refreshing, name="refreshing"),
    path(f"{_OWN}/<slug:public_id>/remove/<slug:activity>", holder.remove, name="remove"),
    path(f"{_STAFF}/", staff.asked, name="asked"),
    path(f"{_STAFF}/cycles/", staff.cycles, name="cycles"),
    path(f"{_STAFF}/cycles/<slug:version>", staff.cycle, name="cycle"),
    path(f"{_STAFF}/<slug:public_id>", staff.detail, name="asked_one"),
    path(f"{_STAFF}/<slug:public_id>/accept", staff.accept, name="accept"),
    path(f"{_STAFF}/<slug:public_id>/refuse", staff.refuse, name="refuse"),
]

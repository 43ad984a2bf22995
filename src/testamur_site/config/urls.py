"""All addresses. Every capability writes its full paths itself; this file only puts them together."""

from __future__ import annotations

from django.urls import include, path

from . import health, wiring

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # allauth's names have no namespace; its pages are drawn by the templates of foundation/accounts.
    path("accounts/", include("allauth.account.urls")),
    *(path("", include(module)) for module in wiring.url_modules()),
]

handler400 = "testamur_site.config.errors.bad_request"
handler403 = "testamur_site.config.errors.forbidden"
handler404 = "testamur_site.config.errors.not_found"
handler500 = "testamur_site.config.errors.server_error"

from __future__ import annotations

from django.urls import path

from . import views

app_name = "pathways_planning"

urlpatterns = [path("wallet/microdegrees/<slug:public_id>/plan", views.what_next, name="plan")]

from __future__ import annotations

from django.urls import path

from . import views

app_name = "status"
urlpatterns = [
    path("status/<str:public_id>.tlog-proof", views.log_proof, name="log_proof"),
    path("status/<str:public_id>", views.status_list, name="list"),
]

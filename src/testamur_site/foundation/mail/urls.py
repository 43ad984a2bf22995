from __future__ import annotations

from django.urls import path

from . import views

app_name = "mail"
urlpatterns = [
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<str:public_id>", views.message, name="message"),
    path("outbox/<str:public_id>/html", views.message_html, name="message_html"),
    path("outbox/<str:public_id>/resend", views.resend, name="resend"),
]

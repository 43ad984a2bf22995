from __future__ import annotations

from django.urls import path

from . import people_views, views

app_name = "accounts"
urlpatterns = [
    path("accounts/", views.profile, name="profile"),
    path("invitations/<str:token>", views.accept_invitation, name="accept_invitation"),
    path("institutions/<slug:slug>/logo", views.institution_logo, name="institution_logo"),
    path("staff/", views.choose, name="choose"),
    path("staff/new", views.new_institution, name="new_institution"),
    path("staff/<slug:slug>/people", people_views.people, name="people"),
    path("staff/<slug:slug>/people/<str:person>/role", people_views.change_role, name="change_role"),
    path("staff/<slug:slug>/people/<str:person>/remove", people_views.remove, name="remove"),
    path("staff/<slug:slug>/invitations/<str:invitation>/withdraw", people_views.withdraw, name="withdraw"),
    path("staff/<slug:slug>/settings/", people_views.institution_settings, name="institution_settings"),
]

from django.urls import path, re_path

from testamur_site.foundation.design_system import views

app_name = "design_system"

urlpatterns = [
    path("design", views.design, name="design"),
    path("language", views.language, name="language"),
    re_path(
        r"^badge/(?P<shape>[a-z]+)-(?P<primary>[0-9a-f]{6})-(?P<accent>[0-9a-f]{6})-(?P<symbol>[a-z-]+)\.svg$",
        views.badge,
        name="badge",
    ),
    re_path(r"^theme/(?P<primary>[0-9a-f]{6})-(?P<accent>[0-9a-f]{6})\.css$", views.theme, name="theme"),
]

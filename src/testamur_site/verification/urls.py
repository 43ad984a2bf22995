from django.urls import include, path

from . import views

app_name = "verification"
urlpatterns = [
    path("", include("testamur_site.verification.receipts.urls")),
    path("verify", views.verify, name="verify"),
    path("api/verify", views.api_verify, name="api"),
    path("verify/scan", views.scan, name="scan"),
    path("api/verify.schema.json", views.api_schema, name="schema"),
]

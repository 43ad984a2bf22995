from django.urls import include, path

from . import views
from .programs import views as programs

app_name = "verification"
urlpatterns = [
    path("", include("testamur_site.verification.receipts.urls")),
    path("", include("testamur_site.verification.bulk.urls")),
    path("", include("testamur_site.verification.offline.urls")),
    path("", include("testamur_site.verification.registers.urls")),
    path("verify", views.verify, name="verify"),
    path("api/verify", programs.api_verify, name="api"),
    path("verify/scan", views.scan, name="scan"),
    path("problems", programs.problem_types, name="problems"),
    path("problems/<slug:name>", programs.problem_type, name="problem"),
    path("api/verify.schema.json", programs.api_schema, name="schema"),
]

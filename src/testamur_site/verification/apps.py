from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "testamur_site.verification"
    label = "verification"

from django.apps import AppConfig


class KeptConfig(AppConfig):
    name = "testamur_site.log.kept"
    label = "log_kept"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogConfig(AppConfig):
    name = "testamur_site.log"
    label = "log"
    verbose_name = _("log")
    default_auto_field = "django.db.models.BigAutoField"

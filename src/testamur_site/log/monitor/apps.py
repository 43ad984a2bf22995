from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitorConfig(AppConfig):
    name = "testamur_site.log.monitor"
    label = "log_monitor"
    verbose_name = _("monitor of the log")
    default_auto_field = "django.db.models.BigAutoField"

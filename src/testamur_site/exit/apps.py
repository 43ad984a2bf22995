from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExitConfig(AppConfig):
    name = "testamur_site.exit"
    label = "exit"
    verbose_name = _("leaving")
    default_auto_field = "django.db.models.BigAutoField"

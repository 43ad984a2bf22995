from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RenewalConfig(AppConfig):
    name = "testamur_site.renewal"
    label = "renewal"
    verbose_name = _("renewals")
    default_auto_field = "django.db.models.BigAutoField"

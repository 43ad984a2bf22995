from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "testamur_site.records"
    label = "records"
    verbose_name = _("transcripts")
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecognitionConfig(AppConfig):
    name = "testamur_site.recognition"
    label = "recognition"
    verbose_name = _("recognition between institutions")
    default_auto_field = "django.db.models.BigAutoField"

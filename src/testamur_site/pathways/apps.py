from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PathwaysConfig(AppConfig):
    name = "testamur_site.pathways"
    label = "pathways"
    verbose_name = _("microdegrees")
    default_auto_field = "django.db.models.BigAutoField"

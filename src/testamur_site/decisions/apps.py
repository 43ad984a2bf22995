from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DecisionsConfig(AppConfig):
    name = "testamur_site.decisions"
    label = "decisions"
    verbose_name = _("decisions")
    default_auto_field = "django.db.models.BigAutoField"

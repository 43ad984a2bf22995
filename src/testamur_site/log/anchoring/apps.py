from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnchoringConfig(AppConfig):
    name = "testamur_site.log.anchoring"
    label = "log_anchoring"
    verbose_name = _("anchors of the log")
    default_auto_field = "django.db.models.BigAutoField"

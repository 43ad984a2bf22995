from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlockcertsConfig(AppConfig):
    name = "testamur_site.issuing.blockcerts"
    label = "issuing_blockcerts"
    verbose_name = _("Blockcerts editions")
    default_auto_field = "django.db.models.BigAutoField"

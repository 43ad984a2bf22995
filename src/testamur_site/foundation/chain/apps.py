from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChainConfig(AppConfig):
    name = "testamur_site.foundation.chain"
    label = "chain"
    verbose_name = _("block chain")
    default_auto_field = "django.db.models.BigAutoField"

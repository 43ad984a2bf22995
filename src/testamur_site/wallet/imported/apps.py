from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportedConfig(AppConfig):
    name = "testamur_site.wallet.imported"
    label = "wallet_imported"
    verbose_name = _("credentials of other platforms")
    default_auto_field = "django.db.models.BigAutoField"

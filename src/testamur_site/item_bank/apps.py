from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ItemBankConfig(AppConfig):
    name = "testamur_site.item_bank"
    label = "item_bank"
    verbose_name = _("item bank")
    default_auto_field = "django.db.models.BigAutoField"

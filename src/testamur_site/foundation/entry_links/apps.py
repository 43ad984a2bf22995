from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EntryLinksConfig(AppConfig):
    name = "testamur_site.foundation.entry_links"
    label = "entry_links"
    verbose_name = _("entry links")
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrolmentConfig(AppConfig):
    name = "testamur_site.enrolment"
    label = "enrolment"
    verbose_name = _("enrolment")
    default_auto_field = "django.db.models.BigAutoField"

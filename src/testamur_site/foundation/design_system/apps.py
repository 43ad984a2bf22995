from django.apps import AppConfig


class DesignSystemConfig(AppConfig):
    name = "testamur_site.foundation.design_system"
    label = "design_system"

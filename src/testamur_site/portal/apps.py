from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "testamur_site.portal"
    label = "portal"

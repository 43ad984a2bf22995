from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "testamur_site.wallet"
    label = "wallet"

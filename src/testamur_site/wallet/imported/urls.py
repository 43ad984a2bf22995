from django.urls import path

from . import views

app_name = "wallet_imported"
_OWN = "wallet/elsewhere"

urlpatterns = [
    path(f"{_OWN}/", views.home, name="home"),
    path(f"{_OWN}/<slug:public_id>", views.document, name="document"),
    path(f"{_OWN}/<slug:public_id>/look-again", views.look_again, name="look_again"),
    path(f"{_OWN}/<slug:public_id>/file", views.download, name="download"),
    path(f"{_OWN}/<slug:public_id>/delete", views.delete, name="delete"),
]

from django.urls import path

from . import views

urlpatterns = [path("verify/receipt", views.receipt, name="receipt")]

from django.urls import path

from . import views

urlpatterns = [path("verify/registers", views.registers, name="registers")]

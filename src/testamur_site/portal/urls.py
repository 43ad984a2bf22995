from django.urls import path

from . import views
from .leading import views as leading
from .learning import views as learning

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("learn/", learning.home, name="learning"),
    path("learn/<str:public_id>/", learning.programme, name="programme"),
    path("staff/<slug:slug>/", views.entrance, name="dashboard"),
    path("staff/<slug:slug>/programmes/", leading.programmes, name="leading"),
    path("staff/<slug:slug>/programmes/<str:offering>/", leading.programme, name="leading_programme"),
]

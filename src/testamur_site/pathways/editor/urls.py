"""`staff/<slug>/micro-credentials/<id>/rule…`: the rule of the version that is worked on."""

from __future__ import annotations

from django.urls import path

from . import parts, views
from .testing import cases
from .testing import views as tests
from .whole import views as whole

app_name = "pathways_editor"
_RULE = "staff/<slug:slug>/micro-credentials/<str:public_id>/rule"

urlpatterns = [
    path(_RULE, views.rule, name="rule"),
    path(f"{_RULE}/begin", views.begin, name="begin"),
    path(f"{_RULE}/change", views.change, name="change"),
    path(f"{_RULE}/requirement", parts.requirement, name="requirement"),
    path(f"{_RULE}/settings", whole.settings, name="settings"),
    path(f"{_RULE}/sharing", whole.sharing, name="sharing"),
    path(f"{_RULE}/part", whole.part, name="part"),
    path(f"{_RULE}/tests", tests.listing, name="tests"),
    path(f"{_RULE}/test", tests.one, name="test"),
    path(f"{_RULE}/try", cases.try_it, name="try"),
]

"""The addresses of the staff pages."""

from __future__ import annotations

from django.urls import path

from . import editing, pictures, views
from .assessed import library_views, plan, rubric_views, task_views
from .versions import owned_together
from .versions import views as versions

_STAFF = "staff/<slug:slug>/micro-credentials"
_ONE = f"{_STAFF}/<str:public_id>"
_LIBRARY = "staff/<slug:slug>/rubrics"
_TOGETHER = "staff/<slug:slug>/owned-together"

urlpatterns = [
    path(f"{_STAFF}/", views.listing, name="list"),
    path(f"{_STAFF}/new", views.create, name="create"),
    path(f"{_STAFF}/import", views.import_file, name="import"),
    path(f"{_ONE}/", views.overview, name="detail"),
    path(f"{_ONE}/edit/<slug:section>", editing.edit, name="edit"),
    path(f"{_ONE}/image", pictures.image, name="image"),
    path(f"{_ONE}/image/file", pictures.image_file, name="image_file"),
    path(f"{_ONE}/image/sample.svg", pictures.image_sample, name="image_sample"),
    path(f"{_ONE}/plan", plan.plan, name="plan"),
    path(f"{_ONE}/plan/change", plan.change, name="plan_change"),
    path(f"{_ONE}/consistency", plan.rules, name="rules"),
    path(f"{_ONE}/tasks/<slug:key>", task_views.edit, name="task"),
    path(f"{_ONE}/tasks/<slug:key>/preview", task_views.preview, name="task_preview"),
    path(f"{_ONE}/rubrics/import", library_views.import_to_version, name="rubric_import"),
    path(f"{_ONE}/rubrics/take", rubric_views.take, name="rubric_take"),
    path(f"{_ONE}/rubrics/<slug:key>", rubric_views.edit, name="rubric"),
    path(f"{_ONE}/rubrics/<slug:key>/preview", rubric_views.preview, name="rubric_preview"),
    path(f"{_ONE}/rubrics/<slug:key>/keep", rubric_views.keep, name="rubric_keep"),
    path(f"{_ONE}/rubrics/<slug:key>/case.json", library_views.export_from_version, name="rubric_export"),
    path(f"{_ONE}/preview", views.preview, name="preview"),
    path(f"{_ONE}/publish", views.publish, name="publish"),
    path(f"{_ONE}/new-version", versions.new_version, name="new_version"),
    path(f"{_ONE}/earlier-learners", versions.earlier_learners, name="earlier_learners"),
    path(f"{_ONE}/ask-co-owners", versions.ask_co_owners, name="ask_co_owners"),
    path(f"{_ONE}/discard", views.discard, name="discard"),
    path(f"{_ONE}/duplicate", views.duplicate, name="duplicate"),
    path(f"{_ONE}/retire", views.retire, name="retire"),
    path(f"{_ONE}/bring-back", views.bring_back, name="bring_back"),
    path(f"{_ONE}/history", views.history, name="history"),
    path(f"{_ONE}/export.json", views.export, name="export"),
    path(f"{_TOGETHER}/", owned_together.listing, name="owned_together"),
    path(f"{_TOGETHER}/<str:version_id>", owned_together.one, name="consent"),
    path(f"{_TOGETHER}/<str:version_id>/answer", owned_together.answer, name="consent_answer"),
    path(f"{_LIBRARY}/", library_views.library, name="rubrics"),
    path(f"{_LIBRARY}/import", library_views.import_to_library, name="rubrics_import"),
    path(f"{_LIBRARY}/<str:template_id>", library_views.one, name="library_rubric"),
    path(f"{_LIBRARY}/<str:template_id>/change", library_views.change, name="library_rubric_change"),
    path(f"{_LIBRARY}/<str:template_id>/case.json", library_views.export_one, name="library_rubric_export"),
]

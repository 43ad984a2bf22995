from __future__ import annotations

from django.urls import path

from .design import editing, pictures
from .design import views as design
from .offerings.urls import urlpatterns as offerings
from .public.urls import urlpatterns as public

app_name = "catalogue"
_STAFF = "staff/<slug:slug>/micro-credentials"
_ONE = f"{_STAFF}/<str:public_id>"

urlpatterns = [
    *public,
    *offerings,
    path(f"{_STAFF}/", design.listing, name="list"),
    path(f"{_STAFF}/new", design.create, name="create"),
    path(f"{_STAFF}/import", design.import_file, name="import"),
    path(f"{_ONE}/", design.overview, name="detail"),
    path(f"{_ONE}/edit/<slug:section>", editing.edit, name="edit"),
    path(f"{_ONE}/image", pictures.image, name="image"),
    path(f"{_ONE}/image/file", pictures.image_file, name="image_file"),
    path(f"{_ONE}/image/sample.svg", pictures.image_sample, name="image_sample"),
    path(f"{_ONE}/preview", design.preview, name="preview"),
    path(f"{_ONE}/publish", design.publish, name="publish"),
    path(f"{_ONE}/new-version", design.new_version, name="new_version"),
    path(f"{_ONE}/discard", design.discard, name="discard"),
    path(f"{_ONE}/duplicate", design.duplicate, name="duplicate"),
    path(f"{_ONE}/retire", design.retire, name="retire"),
    path(f"{_ONE}/bring-back", design.bring_back, name="bring_back"),
    path(f"{_ONE}/history", design.history, name="history"),
    path(f"{_ONE}/export.json", design.export, name="export"),
]

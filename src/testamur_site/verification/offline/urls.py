from django.urls import path

from . import views

urlpatterns = [
    path("verify/offline", views.offline, name="offline"),
    path("verify/offline/data.json", views.data_json, name="offline_data"),
    path("verify/offline/worker.js", views.worker, name="offline_worker"),
    path("verify/offline/manifest.webmanifest", views.manifest, name="offline_manifest"),
    path("verify/offline/icon-<int:size>.png", views.icon, name="offline_icon"),
    path("verify/offline/bundle", views.bundle, name="offline_bundle"),
    path("verify/offline/testamur-verify.pyz", views.single_file, name="offline_single_file"),
]

from django.urls import path

from . import programs, views

urlpatterns = [
    path("verify/many", views.many, name="many"),
    path("verify/many/<str:public_id>", views.run, name="run"),
    path("verify/many/<str:public_id>/progress", views.progress, name="run_progress"),
    path("verify/many/<str:public_id>/delete", views.delete, name="run_delete"),
    path("verify/many/<str:public_id>/results.csv", views.results_csv, name="run_csv"),
    path("verify/many/<str:public_id>/results.json", views.results_json, name="run_json"),
    path("verify/many/<str:public_id>/<int:position>", views.entry, name="run_entry"),
    path("api/verify/many", programs.many, name="api_many"),
    path("api/verify/many/<str:public_id>", programs.run, name="api_run"),
]

"""The addresses of enrolment: `learn/…` for learners, `staff/<slug>/cohorts/…` for those who lead."""

from __future__ import annotations

from django.urls import path

from .cohorts import learner_views as learner
from .cohorts import list_views as lists
from .cohorts import views as cohorts
from .entrance import views as entrance
from .work import portfolio_views as portfolio
from .work import views as work

app_name = "enrolment"
_COHORTS = "staff/<slug:slug>/cohorts"
_COHORT = f"{_COHORTS}/<str:offering>"
_LEARNER = f"{_COHORT}/learners/<str:public_id>"
_TASK = "learn/<str:public_id>/tasks/<str:key>"

urlpatterns = [
    path("learn/enrol/<str:offering>", entrance.enrol, name="enrol"),
    path("learn/confirm/<str:secret>", entrance.confirm, name="confirm"),
    path("learn/enter", entrance.enter, name="enter"),
    path("learn/enter/<str:secret>", entrance.enter_by_link, name="enter_by_link"),
    path("learn/leave", entrance.leave, name="leave"),
    path("learn/about-me", entrance.about_me, name="about_me"),
    path("learn/about-me/delete", entrance.erase_me, name="erase_me"),
    path("learn/evidence/", portfolio.listing, name="portfolio"),
    path("learn/evidence/<str:public_id>", portfolio.download, name="evidence"),
    path("learn/evidence/<str:public_id>/delete", portfolio.delete, name="delete_evidence"),
    path("learn/evidence/<str:public_id>/visibility", portfolio.visibility, name="evidence_visibility"),
    path("learn/submissions/<str:public_id>", work.receipt, name="receipt"),
    path("learn/submissions/<str:public_id>/withdraw", work.withdraw, name="withdraw_submission"),
    path("learn/<str:public_id>/withdraw", entrance.withdraw, name="withdraw"),
    path(f"{_TASK}/", work.task, name="task"),
    path(f"{_TASK}/draft", work.save, name="save_draft"),
    path(f"{_TASK}/submit", work.submit, name="submit"),
    path(f"{_COHORTS}/", cohorts.listing, name="cohorts"),
    path(f"{_COHORTS}/evidence/<str:public_id>", learner.evidence, name="cohort_evidence"),
    path(f"{_COHORT}/", cohorts.cohort, name="cohort"),
    path(f"{_COHORT}/invite", cohorts.invite, name="invite"),
    path(f"{_COHORT}/lists/new", lists.upload, name="learner_list"),
    path(f"{_COHORT}/lists/<str:public_id>", lists.detail, name="list"),
    path(f"{_COHORT}/lists/<str:public_id>/start", lists.start, name="list_start"),
    path(f"{_COHORT}/lists/<str:public_id>/discard", lists.discard, name="list_discard"),
    path(f"{_COHORT}/export.csv", cohorts.export, name="cohort_export"),
    path(f"{_LEARNER}/", learner.learner, name="learner"),
    path(f"{_LEARNER}/extend", learner.extend, name="extend"),
    path(f"{_LEARNER}/identity", learner.identity, name="identity"),
    path(f"{_LEARNER}/change", learner.change, name="change_learner"),
    path(f"{_LEARNER}/move", learner.move, name="move_learner"),
    path(f"{_LEARNER}/withdraw", learner.withdraw, name="withdraw_learner"),
    path(f"{_LEARNER}/erase", learner.erase, name="erase_learner"),
]

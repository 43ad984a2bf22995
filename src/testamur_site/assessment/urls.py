"""The addresses of assessment: staff's, a validator's link, and the learner's own pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from .integrity.urls import urlpatterns as copies
from .reliability.urls import urlpatterns as reliability
from .views import lead, learners, marks, moderation, queue, validate

app_name = "assessment"
_MARKING = "staff/<slug:slug>/marking"
_MARK = f"{_MARKING}/<str:public_id>"
_TASK = "staff/<slug:slug>/marking/offerings/<str:offering>/<str:key>"
_MODERATION = "staff/<slug:slug>/moderation/<str:public_id>"
_MINE = "learn/<str:enrolment>"

urlpatterns: list[URLPattern] = [
    path(f"{_MARKING}/", queue.queue, name="queue"),
    path(f"{_MARKING}/next", queue.take_next, name="next"),
    path(f"{_MARKING}/phrases", queue.my_phrases, name="phrases"),
    path(f"{_TASK}/", lead.task, name="task"),
    path(f"{_TASK}/invite", lead.invite, name="invite"),
    path(f"{_MARK}/", marks.mark, name="mark"),
    path(f"{_MARK}/take", queue.take, name="take"),
    path(f"{_MARK}/undo", marks.undo, name="undo"),
    path(f"{_MARK}/give-back", marks.give_back, name="give_back"),
    path(f"{_MARK}/decline", marks.decline, name="decline"),
    path(f"{_MARK}/doubt", marks.doubt, name="doubt"),
    path(f"{_MARK}/evidence/<int:number>", marks.evidence, name="mark_evidence"),
    path(f"{_MODERATION}/", moderation.moderate, name="moderation"),
    path(f"{_MODERATION}/evidence/<int:number>", moderation.evidence, name="moderation_evidence"),
    path("validate/<str:token>", validate.validate, name="validate"),
    path("validate/<str:token>/<str:public_id>/evidence/<int:number>", validate.evidence, name="validate_evidence"),
    path(f"{_MINE}/tasks/<str:key>/feedback", learners.task_feedback, name="feedback"),
    path(f"{_MINE}/tasks/<str:key>/self", learners.judge_myself, name="self"),
    path(f"{_MINE}/reviews/", learners.my_reviews, name="reviews"),
    path(f"{_MINE}/reviews/<str:mark>/", learners.review, name="review"),
    path(f"{_MINE}/reviews/<str:mark>/evidence/<int:number>", learners.evidence, name="review_evidence"),
]
urlpatterns += [*copies, *reliability]

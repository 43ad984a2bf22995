"""The addresses of decisions: `staff/<slug>/decisions|appeals|misconduct|prior-learning/…` and `learn/<enrolment>/…`."""

from __future__ import annotations

from django.urls import path

from .views import appeals, board, learning, misconduct, recognition, records

app_name = "decisions"
_STAFF = "staff/<slug:slug>"
_DECISIONS = f"{_STAFF}/decisions"
_LEARN = "learn/<str:public_id>"

urlpatterns = [
    path(f"{_DECISIONS}/", board.overview, name="overview"),
    path(f"{_DECISIONS}/policy", board.policy, name="policy"),
    path(f"{_DECISIONS}/offerings/<str:public_id>/", board.board, name="board"),
    path(f"{_DECISIONS}/offerings/<str:public_id>/look-again", board.look_again, name="look_again"),
    path(f"{_DECISIONS}/learners/<str:public_id>/", board.learner, name="learner"),
    path(f"{_DECISIONS}/learners/<str:public_id>/withdraw", board.withdraw, name="withdraw"),
    path(f"{_DECISIONS}/learners/<str:public_id>/misconduct", misconduct.suspect, name="suspect"),
    path(f"{_DECISIONS}/transcripts/<str:public_id>/", records.transcript, name="transcript"),
    path(f"{_DECISIONS}/transcripts/<str:public_id>/transcript.csv", records.transcript_csv, name="transcript_csv"),
    path(f"{_DECISIONS}/evidence/<str:public_id>", records.exhibit, name="exhibit"),
    path(f"{_STAFF}/appeals/", appeals.listing, name="appeals"),
    path(f"{_STAFF}/appeals/<str:public_id>/", appeals.detail, name="appeal"),
    path(f"{_STAFF}/appeals/<str:public_id>/take-up", appeals.take_up, name="take_up"),
    path(f"{_STAFF}/misconduct/", misconduct.listing, name="cases"),
    path(f"{_STAFF}/misconduct/<str:public_id>/", misconduct.detail, name="case"),
    path(f"{_STAFF}/misconduct/<str:public_id>/no-answer", misconduct.no_answer, name="no_answer"),
    path(f"{_STAFF}/prior-learning/", recognition.listing, name="claims"),
    path(f"{_STAFF}/prior-learning/<str:public_id>/", recognition.detail, name="claim"),
    path(f"{_STAFF}/prior-learning/<str:public_id>/decide", recognition.decide, name="claim_decide"),
    path(f"{_LEARN}/decision", learning.decision, name="learner_decision"),
    path(f"{_LEARN}/appeal", learning.appeal, name="learner_appeal"),
    path(f"{_LEARN}/appeal/<str:appeal>/take-back", learning.take_back_appeal, name="learner_take_back_appeal"),
    path(f"{_LEARN}/hearing/<str:case>", learning.hearing, name="learner_hearing"),
    path(f"{_LEARN}/prior-learning", learning.prior_learning, name="learner_prior_learning"),
    path(f"{_LEARN}/prior-learning/<str:claim>/take-back", learning.take_back_claim, name="learner_take_back_claim"),
    path(f"{_LEARN}/transcript", records.own_transcript, name="learner_transcript"),
    path(f"{_LEARN}/transcript.csv", records.own_transcript_csv, name="learner_transcript_csv"),
]

from __future__ import annotations

from django.urls import path

from .views import assessed, awards, batches, downloads, revocations

app_name = "issuing"
_AWARDS = "staff/<slug:slug>/awards"
_AWARD = f"{_AWARDS}/<str:public_id>"
_REVOCATIONS = "staff/<slug:slug>/revocations"
_REVOCATION = f"{_REVOCATIONS}/<str:public_id>"
_BATCHES = "staff/<slug:slug>/batches"
_BATCH = f"{_BATCHES}/<str:public_id>"

urlpatterns = [
    path(f"{_AWARDS}/", awards.listing, name="awards"),
    path(f"{_AWARDS}/new", awards.create, name="award_new"),
    path(f"{_AWARDS}/of-decision/<str:decision>", assessed.of_decision, name="of_decision"),
    path(f"{_AWARDS}/of-decision/<str:decision>/award", assessed.award_now, name="award_now"),
    path(f"{_AWARD}/", awards.detail, name="award"),
    path(f"{_AWARD}/correct", awards.correct, name="correct"),
    path(f"{_AWARD}/revoke", awards.revoke, name="revoke"),
    path(f"{_AWARD}/suspend", awards.suspend, name="suspend"),
    path(f"{_AWARD}/reinstate", awards.reinstate, name="reinstate"),
    path(f"{_AWARD}/reissue", awards.reissue, name="reissue"),
    path(f"{_AWARD}/changes/<str:change>", revocations.objection, name="objection"),
    path(f"{_AWARD}/changes/<str:change>/award-anew", revocations.award_anew, name="award_anew"),
    path(f"{_AWARD}/finish", awards.finish, name="finish"),
    path(f"{_AWARD}/mail", awards.resend, name="resend"),
    path(f"{_AWARD}/credential.json", downloads.credential, name="credential"),
    path(f"{_REVOCATIONS}/", revocations.listing, name="revocations"),
    path(f"{_REVOCATIONS}/new", revocations.create, name="revocation_new"),
    path(f"{_REVOCATIONS}/rules", revocations.rules, name="revocation_rules"),
    path(f"{_REVOCATION}/", revocations.detail, name="revocation"),
    path(f"{_REVOCATION}/approve", revocations.approve, name="revocation_approve"),
    path(f"{_REVOCATION}/decline", revocations.decline, name="revocation_decline"),
    path(f"{_REVOCATION}/withdraw", revocations.withdraw, name="revocation_withdraw"),
    path(f"{_REVOCATION}/stop", revocations.stop, name="revocation_stop"),
    path(f"{_REVOCATION}/carry-on", revocations.carry_on, name="revocation_carry_on"),
    path(f"{_BATCHES}/", batches.listing, name="batches"),
    path(f"{_BATCHES}/new", batches.upload, name="batch_new"),
    path(f"{_BATCHES}/template/<str:micro_credential>.<str:kind>", downloads.template, name="template"),
    path(f"{_BATCH}/", batches.detail, name="batch"),
    path(f"{_BATCH}/progress", batches.progress, name="progress"),
    path(f"{_BATCH}/columns", batches.columns, name="columns"),
    path(f"{_BATCH}/start", batches.start, name="start"),
    path(f"{_BATCH}/discard", batches.discard, name="discard"),
    path(f"{_BATCH}/carry-on", batches.carry_on, name="carry_on"),
    path(f"{_BATCH}/undo", batches.undo, name="undo"),
    path(f"{_BATCH}/refused.csv", downloads.refused, name="refused"),
]

from __future__ import annotations

from django.urls import path

from .views import conditions, panel, proposals, public, queue, steps

app_name = "quality"
_STAFF = "staff/<slug:slug>/quality"
_PROPOSAL = f"{_STAFF}/proposals/<str:public_id>"
_CONDITION = f"{_STAFF}/conditions/<str:public_id>"

urlpatterns = [
    path("quality/profiles", public.list_profiles, name="profiles"),
    path("quality/profiles/<str:profile_id>", public.one_profile, name="profile"),
    path("quality/panel/<str:token>", panel.panel, name="panel"),
    path("quality/<str:public_id>", public.record, name="record"),
    path("endorsements/<str:public_id>", public.endorsement, name="endorsement"),
    path(f"{_STAFF}/", queue.queue, name="queue"),
    path(f"{_STAFF}/asked", panel.asked, name="asked"),
    path(f"{_STAFF}/asked/<str:member_id>", panel.asked_one, name="asked_one"),
    path(f"{_STAFF}/asked/<str:member_id>/withdraw", panel.withdraw_endorsement, name="withdraw_endorsement"),
    path(f"{_STAFF}/policy", queue.policy, name="policy"),
    path(f"{_STAFF}/policy/change", queue.edit_policy, name="edit_policy"),
    path(f"{_STAFF}/propose", queue.choose, name="choose"),
    path(f"{_STAFF}/propose/<str:public_id>", queue.propose, name="propose"),
    path(f"{_STAFF}/programmes/<str:public_id>", queue.programme, name="programme"),
    path(f"{_PROPOSAL}/", proposals.detail, name="proposal"),
    path(f"{_PROPOSAL}/programme", proposals.whole, name="whole"),
    path(f"{_PROPOSAL}/review", steps.review, name="review"),
    path(f"{_PROPOSAL}/invite", steps.invite, name="invite"),
    path(f"{_PROPOSAL}/panel/<str:member>/withdraw", steps.withdraw_invitation, name="withdraw_invitation"),
    path(f"{_PROPOSAL}/decide", steps.decide, name="decide"),
    path(f"{_PROPOSAL}/take-back", steps.take_back, name="take_back"),
    path(f"{_PROPOSAL}/withdraw-approval", steps.withdraw_approval, name="withdraw_approval"),
    path(f"{_PROPOSAL}/retire", steps.retire, name="retire"),
    path(f"{_CONDITION}/fulfil", conditions.fulfil, name="fulfil"),
    path(f"{_CONDITION}/accept", conditions.accept, name="accept"),
]

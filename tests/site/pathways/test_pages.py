"""The pages of learners and of staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.standing import aside, standing

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing.api import Reason, credential_bytes, revoke
from testamur_site.pathways import api as pathways
from testamur_site.pathways.models import Allowance, Participant
from testamur_site.wallet.api import Holder, claim, deposit_of

Make = Callable[..., Any]


@pytest.fixture
@aside
def wallet_of() -> Callable[[Holder], Client]:
    def enter(holder: Holder) -> Client:
        client = Client()
        session = client.session
        session["wallet_holder"] = holder.pk
        session.save()
        return client

    return enter


@pytest.fixture
@standing
def waiting(make_microdegree: Make, mina: Holder, award_to: Make, courses: list[AchievementVersion]) -> Participant:
    participant = pathways.join(mina, make_microdegree(pathways.Awarding.APPROVAL))
    award_to(courses[1])
    run_pending()
    found = pathways.own_participant(participant.institution, participant.public_id)
    assert found is not None
    return found


def test_a_learner_joins_sees_the_map_and_leaves(make_microdegree: Make, mina: Holder, wallet_of: Make) -> None:
    made = make_microdegree()
    client = wallet_of(mina)
    address = reverse("pathways:join", args=[made.public_id])
    assert "Take part" in client.get(address).content.decode()
    answer = client.post(address)
    run_pending()
    page = client.get(answer["Location"]).content.decode()
    assert "1 of 2 requirements are met" in page
    assert "Foundations of data" in page
    assert "practice" in page
    korean = client.get(answer["Location"], headers={"accept-language": "ko"}).content.decode()
    assert "요건" in korean
    assert "Data for the city" in client.get(reverse("pathways:home")).content.decode()
    leave = answer["Location"] + "/leave"
    assert "Do you want to leave" in client.get(leave).content.decode()
    client.post(leave)
    assert client.get(answer["Location"]).status_code == 404


def test_a_visitor_without_a_wallet_is_told_how(make_microdegree: Make) -> None:
    address = reverse("pathways:join", args=[make_microdegree().public_id])
    assert "Open your wallet first" in Client().get(address).content.decode()
    assert Client().post(address).status_code == 200
    assert Client().get(reverse("pathways:join", args=["nothing"])).status_code == 404


def test_what_is_no_microdegree_cannot_be_joined(courses: list[AchievementVersion]) -> None:
    public_id = courses[0].micro_credential.public_id
    assert Client().get(reverse("pathways:join", args=[public_id])).status_code == 404


def test_nobody_reads_another_learners_map(waiting: Participant, wallet_of: Make) -> None:
    other = Holder.objects.create(name="Other")
    assert wallet_of(other).get(reverse("pathways:way", args=[waiting.public_id])).status_code == 404


def test_staff_approve(waiting: Participant, issuer: User, client_for: Make) -> None:
    client = client_for(issuer)
    here = [waiting.institution.slug, waiting.public_id]
    listing = client.get(reverse("pathways:participants", args=here[:1]) + "?state=waiting").content.decode()
    assert "김미나" in listing
    assert "Approve and award" in client.get(reverse("pathways:participant", args=here)).content.decode()
    client.post(reverse("pathways:approve", args=here))
    page = client.get(reverse("pathways:participant", args=here)).content.decode()
    assert "Awarded" in page
    assert "Approve and award" not in page
    again = client.post(reverse("pathways:approve", args=here), follow=True).content.decode()
    assert "Nothing was awarded" in again


def test_staff_decline_with_a_reason(waiting: Participant, issuer: User, client_for: Make) -> None:
    client = client_for(issuer)
    here = [waiting.institution.slug, waiting.public_id]
    assert client.post(reverse("pathways:decline", args=here), {"reason": ""}).status_code == 422
    client.post(reverse("pathways:decline", args=here), {"reason": "Not yet."})
    assert "Not yet." in client.get(reverse("pathways:participant", args=here)).content.decode()


def test_staff_decide_by_hand_and_take_it_back(waiting: Participant, issuer: User, client_for: Make) -> None:
    client = client_for(issuer)
    here = [waiting.institution.slug, waiting.public_id]
    values = {"does": "approve", "of": "practice", "credential": "", "role": "", "reason": "Seen.", "on": "2026-11-01"}
    assert client.post(reverse("pathways:allow", args=here), {**values, "of": "nothing"}).status_code == 422
    assert client.post(reverse("pathways:allow", args=here), values).status_code == 302
    assert "Seen." in client.get(reverse("pathways:participant", args=here)).content.decode()
    with tenant(waiting.institution):
        allowance = Allowance.objects.get()
    client.post(reverse("pathways:withdraw_allowance", args=[*here, allowance.pk]))
    assert "Seen." not in client.get(reverse("pathways:participant", args=here)).content.decode()


def test_what_the_credential_carries_is_shown_as_included_and_the_page_stays_light(
    make_microdegree: Make, mina: Holder, award_to: Make, courses: list[AchievementVersion], wallet_of: Make
) -> None:
    """The decision, the rule and the parts are data in the credential: no link to them, and none of their bytes on the page."""
    participant = pathways.join(mina, make_microdegree())
    award_to(courses[1])
    run_pending()
    found = pathways.own_participant(participant.institution, participant.public_id)
    assert found is not None
    assert found.award is not None
    deposit = deposit_of(found.award.public_id)
    assert deposit is not None
    claim(deposit, "en")
    share = wallet_of(mina).get(reverse("wallet:share", args=[found.award.public_id])).content.decode()
    assert "Data for the city" in share
    assert 'href="data:' not in share
    assert len(share) < 60_000
    content = credential_bytes(found.award)
    verified = Client().post("/verify", {"text": content.decode()}).content.decode()
    assert 'href="data:' not in verified
    assert len(verified) < 250_000


def test_the_map_says_which_credential_fell(
    make_microdegree: Make, mina: Holder, award_to: Make, courses: list[AchievementVersion], wallet_of: Make
) -> None:
    participant = pathways.join(
        mina, make_microdegree(reevaluation="{grace: 0 days, text: {en: No time., ko: 유예 없음.}}")
    )
    practice = award_to(courses[1])
    run_pending()
    revoke(practice.award, Reason.ISSUED_IN_ERROR)
    run_pending()
    pathways.evaluate(participant, today=timezone.localdate() + timedelta(days=1))
    page = wallet_of(mina).get(reverse("pathways:way", args=[participant.public_id])).content.decode()
    assert "Withdrawn, because the requirements are not met any more" in page
    assert "A credential that counted has fallen: Data in practice" in page

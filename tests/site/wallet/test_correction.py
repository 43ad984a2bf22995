"""A correction must reach the person it is made out to, and open nobody else's wallet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.core import mail as sent
from django.test import Client

from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api as issuing
from testamur_site.wallet import queries, services
from testamur_site.wallet.models import Deposit, HolderAddress

from .conftest import MINA, fresh
from .test_holder import claim_path_in_mail

pytestmark = pytest.mark.django_db
ADA = issuing.AwardData(name="Ada King", email="ada@example.org", awarded_date=date(2026, 3, 5))


def correct(deposit: Deposit, data: issuing.AwardData) -> Deposit:
    """The deposit of the correction, after all the work that follows."""
    with tenant(deposit.institution):
        award = issuing.correct(deposit.award, data, actor=None)
    run_pending()
    return fresh(queries.deposit_of(award.public_id) or deposit)


def test_a_corrected_name_changes_nothing_for_the_holder(published: Deposit) -> None:
    corrected = correct(published, replace(MINA, name="김민아"))
    assert (corrected.holder_id, corrected.state, corrected.public) == (published.holder_id, "claimed", True)


def test_a_corrected_address_does_not_open_the_wallet_of_who_was_addressed_by_mistake(
    award_to: Callable[..., Deposit], published: Deposit
) -> None:
    mistaken = award_to(replace(MINA, name="Ada King"), again="a second one, meant for Ada")
    assert mistaken.holder_id == published.holder_id, "it waits in the wallet of the address it was sent to"
    corrected = correct(mistaken, ADA)
    assert (corrected.holder, corrected.state, corrected.public) == (None, "pending", False)
    assert sent.outbox[-1].to == ["ada@example.org"]
    ada = Client()
    ada.post(claim_path_in_mail(corrected), {"answer": "accept"})
    assert fresh(corrected).holder_id != published.holder_id
    assert published.award.version.title not in ada.get("/wallet/export.zip").content.decode("latin-1")
    assert ada.get(f"/c/{published.award.public_id}").context["is_holder"] is False


def test_what_somebody_else_accepted_by_mistake_is_not_theirs_after_the_correction(published: Deposit) -> None:
    corrected = correct(published, ADA)
    assert (corrected.holder, corrected.state, corrected.public) == (None, "pending", False)
    assert Client().get(f"/c/{corrected.award.public_id}").status_code == 403


def test_a_further_address_of_the_same_holder_keeps_everything(published: Deposit) -> None:
    holder = published.holder
    assert holder is not None
    HolderAddress.objects.create(holder=holder, email="mina@home.example")
    corrected = correct(published, replace(MINA, email="Mina@home.example"))
    assert (corrected.holder_id, corrected.public) == (holder.pk, True)


def test_a_claim_link_opens_the_wallet_of_its_own_mailbox_only(
    deposit: Deposit, award_to: Callable[..., Deposit]
) -> None:
    other = services.claim(award_to(ADA), "en")
    with tenant(deposit.institution):
        Deposit.objects.filter(pk=deposit.pk).update(holder=other)  # however that came about
    assert services.claim(fresh(deposit), "ko") != other

"""A Blockcerts edition is downloaded where the credential is, and is as private as that."""

from __future__ import annotations

from django.test import Client

from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing.blockcerts.models import Edition, EditionRequest
from testamur_site.wallet.models import Deposit

FINISHED = b'{"id": "an edition"}'


def with_edition(deposit: Deposit) -> str:
    award = deposit.award
    with tenant(award.institution):
        request = EditionRequest.objects.create(institution=award.institution, chain="sepolia", chain_id=11155111)
        Edition.objects.create(institution=award.institution, award=award, request=request, finished=FINISHED)
    return f"/c/{award.public_id}"


def test_it_is_offered_where_there_is_one(client: Client, published: Deposit) -> None:
    here = f"/c/{published.award.public_id}"
    assert "/blockcerts" not in client.get(here).content.decode()
    assert client.get(f"{here}/blockcerts").status_code == 404
    with_edition(published)
    assert f"{here}/blockcerts?download" in client.get(here).content.decode()
    answer = client.get(f"{here}/blockcerts?download")
    assert (answer.status_code, answer.content) == (200, FINISHED)
    assert "blockcerts.json" in answer["Content-Disposition"]
    assert client.get(f"{here}/blockcerts.tlog-proof").status_code == 404


def test_it_is_as_private_as_the_credential(client: Client, holder_client: Client, claimed: Deposit) -> None:
    here = with_edition(claimed)
    assert client.get(f"{here}/blockcerts").status_code == 403
    assert client.get(f"{here}/blockcerts.tlog-proof").status_code == 403
    mine = holder_client.get(f"{here}/blockcerts")
    assert (mine.content, mine["Cache-Control"]) == (FINISHED, "private, no-store")

"""A list of ours that has changed and cannot be signed just now: nothing can be said about its credentials, and that is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.site.wallet.conftest import (  # noqa: F401 - the same learner and credential as in the tests of the wallet
    award_to,
    claimed,
    deposit,
    published,
    version,
)

from testamur.errors import SignerUnavailable, Unreachable
from testamur.verification import Verdict
from testamur_site.foundation.signing.api import NoKeyEncryptionKey
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing.api import credential_bytes
from testamur_site.status import services as status
from testamur_site.status.models import StatusList
from testamur_site.verification import services
from testamur_site.verification.own_documents import OwnDocuments
from testamur_site.wallet.models import Deposit

GONE = [SignerUnavailable("The signing process does not answer."), NoKeyEncryptionKey("The file is missing.")]


def nobody_signs(monkeypatch: pytest.MonkeyPatch, published: Deposit, why: Exception) -> None:  # noqa: F811
    """From now on, while the lists have changed."""

    def away(*_: Any, **__: Any) -> None:
        raise why

    monkeypatch.setattr(status, "signing_key", away)
    with tenant(published.award.institution):
        StatusList.objects.update(version=99)


@pytest.mark.parametrize("why", GONE, ids=lambda why: type(why).__name__)
def test_a_verification_leaves_open_what_cannot_be_signed(
    published: Deposit,  # noqa: F811
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    why: Exception,
) -> None:
    nobody_signs(monkeypatch, published, why)
    report = services.verify_document(credential_bytes(published.award))
    assert report.verdict is Verdict.UNDETERMINED
    assert "status.unreachable" in {check.code for check in report.checks}
    asked = json.dumps({"address": published.award.url})
    said = client.post("/api/verify", asked, content_type="application/json")
    assert (said.status_code, said.json()["verdict"]) == (200, "undetermined")
    page = client.get("/verify", {"address": published.award.url})
    assert page.status_code == 200
    assert "could not be asked" in page.content.decode()


def test_what_is_not_there_just_now_is_not_called_absent(
    published: Deposit,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The log's proof that is still being made, too: from elsewhere the same answer is one of a server that is not ready."""
    institution = published.award.institution
    with tenant(institution):
        address = StatusList.objects.filter(purpose="revocation").get().url
        status.set_revoked(institution, [published.award.status_entry_id])
    with monkeypatch.context() as meanwhile:
        nobody_signs(meanwhile, published, SignerUnavailable("away"))
        with pytest.raises(Unreachable):
            OwnDocuments().fetch(address)
    assert OwnDocuments().fetch(address).content, "signed now, and not in the log yet"
    with pytest.raises(Unreachable) as refused:
        OwnDocuments().fetch(f"{address}.tlog-proof")
    assert (refused.value.code, refused.value.facts["status"]) == ("resolution.status", 503)

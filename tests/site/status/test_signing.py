"""The signing process makes a status list itself, of what the database says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from testamur import strict_json
from testamur.status.bitstring_status_list import StatusOutcome, read_status
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.signing.api import Refused
from testamur_site.foundation.signing.desk import Desk
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.status import api
from testamur_site.status.models import StatusList


@pytest.fixture
def listed(desk: Desk, institution: Institution) -> StatusList:
    api.allocate(institution, 1)
    with tenant(institution):
        return StatusList.objects.get(purpose="revocation")


def ask(institution: Institution, listed: StatusList, **changed: Any) -> bytes | Refused:
    item = {"row": listed.public_id, "version": listed.version, "created": timezone.now().isoformat(), **changed}
    (outcome,) = signing_key(institution).secure_rows("status_list", [item])
    return outcome


def entry_status(institution: Institution, entry: Any) -> dict[str, Any]:
    with tenant(institution):
        return api.credential_status([entry])[entry.pk]


def code(outcome: bytes | Refused) -> str:
    assert isinstance(outcome, Refused)
    return outcome.code


def test_the_list_has_the_bits_of_the_database(institution: Institution, listed: StatusList) -> None:
    with tenant(institution):
        (entry,) = listed.pair.entries.all()
    before = ask(institution, listed)
    api.set_revoked(institution, [entry.pk])
    after = ask(institution, listed)
    for outcome, expected in ((before, StatusOutcome.PASSED), (after, StatusOutcome.FAILED)):
        assert isinstance(outcome, bytes)
        status = entry_status(institution, entry)
        found = read_status(status, strict_json.loads(outcome))
        assert found.outcome == expected


def test_what_is_not_there_or_not_finished_is_refused(
    institution: Institution, other_institution: Institution, listed: StatusList
) -> None:
    assert code(ask(institution, listed, version=listed.version + 1)) == "status.version"
    assert code(ask(institution, listed, version="1")) == "signing.item"
    assert code(ask(institution, listed, bits="all")) == "signing.item"
    assert code(ask(institution, listed, created=(timezone.now() - timedelta(hours=1)).isoformat())) == "signing.date"
    assert code(ask(institution, listed, row="nobody")) == "status.unknown"
    assert code(ask(other_institution, listed)) == "status.unknown"

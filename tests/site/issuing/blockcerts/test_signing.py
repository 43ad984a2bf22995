"""What the signing process makes sure of before it signs an edition: that it says what the award says, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.site.issuing.conftest import ADA

from testamur import strict_json
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.signing.api import Refused
from testamur_site.foundation.signing.desk import Desk
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing import api
from testamur_site.issuing.blockcerts import documents, pipeline, services, statuses
from testamur_site.issuing.blockcerts.models import Edition, EditionRequest
from testamur_site.issuing.models import PreparedCredential
from testamur_site.status.api import published_list


@pytest.fixture
def asked(
    desk: Desk, active: Institution, version: AchievementVersion, settings: Any, tmp_path: Path
) -> EditionRequest:
    """A request whose edition waits for its signature; the chain is never reached."""
    settings.TESTAMUR_ANCHORING = tmp_path / "anchoring.toml"
    settings.TESTAMUR_ANCHORING.write_text(
        '[chain.sepolia]\nid = 11155111\nnode = "https://node.example"\nblockcerts = true\n'
    )
    services.switch_on(active)
    return services.request(active, [api.award_one(version, ADA)])


def ask(institution: Institution, kind: str, row: str, document: dict[str, Any], **changed: Any) -> bytes | Refused:
    item = {"row": row, "document": document, "created": timezone.now().isoformat(), **changed}
    (outcome,) = signing_key(institution).secure_rows(kind, [item])
    return outcome


def content_of(edition: Edition) -> dict[str, Any]:
    return documents.content_of(edition.award, api.credential_bytes(edition.award))


def test_it_signs_what_the_award_says(asked: EditionRequest, active: Institution, client: Client) -> None:
    assert pipeline.sign(asked)
    edition = asked.editions.get()
    document = strict_json.loads(bytes(edition.signed or b""))
    (proof,) = document["proof"] if isinstance(document["proof"], list) else [document["proof"]]
    assert proof["verificationMethod"] == f"{active.did}#key-1-jwk"
    assert proof["id"] == f"{document['id']}#proof"
    path = document["credentialStatus"]["statusListCredential"].removeprefix("http://localhost:8000")
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["credentialSubject"]["achievement"].update(name="Doctor of Medicine"),
        lambda c: c["credentialStatus"].update(statusListIndex="7"),
        lambda c: c.pop("credentialStatus"),
        lambda c: c.update(id="http://localhost:8000/c/another/blockcerts"),
        lambda c: c.update(issuer="did:web:elsewhere.example"),
        lambda c: c.update(proof={}),
    ],
)
def test_another_content_is_refused(
    asked: EditionRequest, active: Institution, change: Callable[[dict[str, Any]], Any]
) -> None:
    edition = asked.editions.get()
    row, content = edition.award.public_id, content_of(edition)
    change(content)
    outcome = ask(active, "edition", row, content)
    assert isinstance(outcome, Refused)
    assert outcome.code == "blockcerts.other_content"


def test_what_nobody_asked_for_is_refused(
    asked: EditionRequest, active: Institution, version: AchievementVersion
) -> None:
    edition = asked.editions.get()
    content = content_of(edition)
    other = api.award_one(version, api.AwardData("Bo", "bo@example.org", ADA.awarded_date))
    for row, code in ((other.public_id, "blockcerts.not_requested"), ("nobody", "award.not_issued")):
        outcome = ask(active, "edition", row, content)
        assert isinstance(outcome, Refused)
        assert outcome.code == code
    assert pipeline.sign(asked)
    again = ask(active, "edition", edition.award.public_id, content)
    assert isinstance(again, Refused)
    assert again.code == "blockcerts.not_requested"


def test_bytes_that_the_institution_never_signed_are_refused(asked: EditionRequest, active: Institution) -> None:
    """As somebody would who can write the database: other signed bytes are put in the place of the true ones."""
    edition = asked.editions.get()
    kept = PreparedCredential.objects.get(award=edition.award)
    PreparedCredential.objects.filter(pk=kept.pk).delete()
    forged = strict_json.loads(bytes(kept.signed or b""))
    forged["credentialSubject"]["achievement"]["name"] = "Doctor of Medicine"
    kept.signed = json.dumps(forged).encode()
    kept.save(force_insert=True)
    outcome = ask(active, "edition", edition.award.public_id, content_of(edition))
    assert isinstance(outcome, Refused)
    assert outcome.code == "blockcerts.not_signed_here"


def test_a_list_says_what_the_published_one_says(asked: EditionRequest, active: Institution) -> None:
    edition = asked.editions.get()
    entry = content_of(edition)["credentialStatus"]
    list_id = entry["statusListCredential"].rpartition("/")[2]
    source = published_list(list_id)
    assert source is not None
    now = timezone.now().replace(microsecond=0)
    made = statuses.unsigned(active, list_id, source, now)
    assert isinstance(ask(active, "edition_list", list_id, made, created=now.isoformat()), bytes)
    api.revoke(edition.award, api.Reason.ISSUED_IN_ERROR)
    later = ask(active, "edition_list", list_id, made, created=now.isoformat())
    assert isinstance(later, Refused)
    assert later.code == "blockcerts.other_content"

"""Allocation, bits, the published list, and its address."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from tests.shared import shared

from testamur import linked_data, strict_json
from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.keys import PublicKey
from testamur.status.bitstring_status_list import MINIMUM_ENTRIES, StatusOutcome, read_status
from testamur_site.foundation.keys.api import InstitutionSigner, did_document, rotate, signing_key
from testamur_site.foundation.tenancy.api import Institution, UnscopedQuery, tenant
from testamur_site.status import api, rules, services
from testamur_site.status.models import StatusEntry, StatusList, StatusListPair


def entry_of(institution: Institution, entry: StatusEntry) -> dict[str, Any]:
    with tenant(institution):
        return api.credential_status([entry])[entry.pk]


def list_at(url: str) -> dict[str, Any]:
    content = api.published_list(url.rpartition("/")[2])
    assert content is not None
    return strict_json.loads(content)


def outcome(institution: Institution, entry: StatusEntry, purpose: str = "revocation") -> StatusOutcome:
    """What a conforming verifier finds: by the entry's own purpose, or at the suspension list it refers to."""
    status = entry_of(institution, entry)
    if purpose == "suspension":
        status = status | {"statusListCredential": status["statusReference"], "statusPurpose": "suspension"}
    return read_status(status, list_at(status["statusListCredential"])).outcome


def suspension_version(institution: Institution) -> int:
    with tenant(institution):
        return StatusList.objects.get(purpose="suspension").version


def test_entries_are_random_unique_and_point_to_both_lists(institution: Institution) -> None:
    first, second = api.allocate(institution, 300), api.allocate(institution, 300)
    indexes = [entry.index for entry in (*first, *second)]
    assert len(set(indexes)) == 600
    assert max(indexes) > 600, "indexes that are handed out in order would tell who was awarded when"
    status = entry_of(institution, first[0])
    assert status["type"] == "BitstringStatusListEntry"
    assert status["statusPurpose"] == "revocation"
    assert status["statusListIndex"] == str(first[0].index)
    assert status["statusReference"] != status["statusListCredential"]
    with tenant(institution):
        assert StatusListPair.objects.get().allocated == 600


def test_an_index_is_given_once(institution: Institution) -> None:
    (entry,) = api.allocate(institution, 1)
    with tenant(institution), pytest.raises(IntegrityError), transaction.atomic():
        StatusEntry.objects.create(pair=entry.pair, index=entry.index)


def test_drawing_avoids_what_is_taken() -> None:
    drawn = rules.draw(16, 8, lambda candidates: [index for index in candidates if index % 2])
    assert sorted(drawn) == [0, 2, 4, 6, 8, 10, 12, 14]
    every = rules.draw(100, 100, lambda _: [])  # no power of two
    assert sorted(every) == list(range(100))
    assert every != sorted(every), "in the order of chance"


def test_a_half_full_pair_is_followed_by_another(institution: Institution) -> None:
    with tenant(institution):
        api.allocate(institution, 1)
        StatusListPair.objects.update(allocated=MINIMUM_ENTRIES // 2 - 10)
        entries = api.allocate(institution, 25)
        assert [pair.allocated for pair in StatusListPair.objects.order_by("pk")] == [MINIMUM_ENTRIES // 2, 15]
    assert len({entry.pair_id for entry in entries}) == 2
    with tenant(institution):
        statuses = api.credential_status(entries)
    assert len({status["statusListCredential"] for status in statuses.values()}) == 2


def test_entries_of_a_transaction_that_fails_were_never_given(institution: Institution) -> None:
    def allocate_and_fail() -> None:
        with transaction.atomic():
            api.allocate(institution, 5)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        allocate_and_fail()
    with tenant(institution):
        assert not StatusEntry.objects.exists()


def test_revoking_suspending_and_lifting(institution: Institution) -> None:
    revoked, suspended, untouched = api.allocate(institution, 3)
    api.set_revoked(institution, [revoked.pk])
    api.set_suspended(institution, [suspended.pk])
    assert outcome(institution, revoked) is StatusOutcome.FAILED
    assert outcome(institution, revoked, "suspension") is StatusOutcome.PASSED
    assert outcome(institution, suspended) is StatusOutcome.FAILED
    assert outcome(institution, suspended, "suspension") is StatusOutcome.FAILED
    assert outcome(institution, untouched) is StatusOutcome.PASSED
    before = suspension_version(institution)
    api.set_revoked(institution, [revoked.pk])
    assert suspension_version(institution) == before, "nothing was suspended, nothing is published anew"
    api.set_revoked(institution, [suspended.pk, untouched.pk])
    assert outcome(institution, suspended, "suspension") is StatusOutcome.PASSED, (
        "what is final is not for the time being"
    )
    assert outcome(institution, suspended) is StatusOutcome.FAILED, "a revocation bit never comes back"


def test_the_list_is_signed_by_the_institution_and_long_enough(institution: Institution) -> None:
    (entry,) = api.allocate(institution, 1)
    document = list_at(entry_of(institution, entry)["statusListCredential"])
    (proof,) = proofs_of(document)
    methods = {method["id"]: method for method in did_document(institution)["verificationMethod"]}
    key = PublicKey.from_multikey(methods[proof["verificationMethod"]]["publicKeyMultibase"])
    assert check_proof(document, proof, key).outcome == "passed"
    assert document["issuer"] == institution.did
    assert document["credentialSubject"]["ttl"] == 240_000
    tampered = json.loads(json.dumps(document))
    tampered["credentialSubject"]["ttl"] = 1
    assert check_proof(tampered, proof, key).outcome == "failed"


def test_a_list_is_signed_once_for_each_version_and_anew_every_day(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    (entry,) = api.allocate(institution, 1)
    public_id = entry_of(institution, entry)["statusListCredential"].rpartition("/")[2]
    signatures: list[str] = []
    real = InstitutionSigner.secure
    monkeypatch.setattr(InstitutionSigner, "secure", lambda *a, **k: signatures.append("x") or real(*a, **k))
    first = api.published_list(public_id)
    assert api.published_list(public_id) == first
    assert len(signatures) == 1
    api.set_revoked(institution, [entry.pk])
    assert api.published_list(public_id) != first
    assert len(signatures) == 2
    with tenant(institution):
        published = StatusList.objects.get(public_id=public_id)
        StatusList.objects.filter(pk=published.pk).update(published_at=published.published_at - timedelta(days=1))
    api.published_list(public_id)
    assert len(signatures) == 3


def test_a_list_that_was_signed_while_the_clock_was_ahead_is_signed_anew(institution: Institution) -> None:
    """It begins to be valid in a year; without this it would be shown until then, and nobody could tell what is revoked."""
    (entry,) = api.allocate(institution, 1)
    public_id = entry_of(institution, entry)["statusListCredential"].rpartition("/")[2]
    first = api.published_list(public_id)
    with tenant(institution):
        listed = StatusList.objects.get(public_id=public_id)
        ahead = StatusList.objects.filter(pk=listed.pk)
        assert listed.published_at is not None
        ahead.update(published_at=listed.published_at + timedelta(seconds=60))
        assert api.published_list(public_id) == first  # two clocks of one deployment may differ a little
        ahead.update(published_at=listed.published_at + timedelta(days=400))
    api.published_list(public_id)
    with tenant(institution):
        assert abs(StatusList.objects.get(pk=listed.pk).published_at - timezone.now()) < timedelta(minutes=1)


def test_a_list_is_signed_anew_after_a_change_of_key(institution: Institution) -> None:
    """A key that was copied is withdrawn; were a list still signed by it, nothing of the institution could be verified."""
    (entry,) = api.allocate(institution, 1)
    address = entry_of(institution, entry)["statusListCredential"]
    before = proofs_of(list_at(address))[0]["verificationMethod"]
    new = rotate(institution, None)
    after = proofs_of(list_at(address))[0]["verificationMethod"]
    assert before.endswith("#key-1")
    assert after == f"{institution.did}#{new.fragment}"


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(0)], ids=["clock ahead", "before it was committed"])
def test_a_list_of_the_old_key_is_not_taken_for_one_of_the_new(
    institution: Institution, monkeypatch: pytest.MonkeyPatch, ahead: timedelta
) -> None:
    """Times do not tell which key signed: hosts have clocks of their own, and a key is made a while before others can see it."""
    (entry,) = api.allocate(institution, 1)
    address = entry_of(institution, entry)["statusListCredential"]
    old = signing_key(institution)
    if not ahead:
        rotate(institution, None)  # and whoever publishes does not see it yet
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(services, "signing_key", lambda *_, **__: old)
        meanwhile.setattr(services.timezone, "now", lambda now=timezone.now: now() + ahead)
        assert proofs_of(list_at(address))[0]["verificationMethod"].endswith("#key-1")
    if ahead:
        rotate(institution, None)
    assert proofs_of(list_at(address))[0]["verificationMethod"].endswith("#key-2")
    assert list_at(address) == list_at(address), "and not anew for everybody who asks"


def test_the_address_is_open_cacheable_and_names_its_type(institution: Institution, client: Client) -> None:
    (entry,) = api.allocate(institution, 1)
    path = "/status/" + entry_of(institution, entry)["statusListCredential"].rpartition("/")[2]
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vc"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=240, s-maxage=60"
    assert "Set-Cookie" not in response.headers
    for accept in ("application/vc+ld+json", "application/ld+json", "application/json"):
        assert client.get(path, headers={"Accept": f"{accept};q=0.9, */*;q=0.1"})["Content-Type"] == accept
    assert client.get(path, headers={"Accept": "text/html,*/*"})["Content-Type"] == "application/json"
    again = client.get(path, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    api.set_revoked(institution, [entry.pk])
    assert client.get(path, headers={"If-None-Match": response["ETag"]}).status_code == 200
    assert client.options(path).status_code == 204
    assert client.post(path).status_code == 405
    assert client.get("/status/nothing-there").status_code == 404


def test_nothing_is_read_without_an_institution(institution: Institution) -> None:
    with pytest.raises(UnscopedQuery):
        StatusEntry.objects.count()


def test_the_entry_survives_safe_mode_with_every_member_signed(institution: Institution) -> None:
    """Decision 0005 rests on `statusReference` being a term of the credentials context: if it were not, it would not be signed."""
    (entry,) = api.allocate(institution, 1)
    status = entry_of(institution, entry)
    document = {
        "@context": [linked_data.CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "issuer": institution.did,
        "credentialSubject": {"id": "urn:uuid:6c9d3a0e-6f0a-4a55-9d0c-3d8a5f2e8b11"},
        "credentialStatus": status,
    }
    nquads = linked_data.canonicalize(document).decode()
    assert f"<https://www.w3.org/ns/credentials/status#statusReference> <{status['statusReference']}>" in nquads


def test_the_entry_fits_the_schema_of_open_badges(institution: Institution) -> None:
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    folder = "vectors/1edtech/ob3-json-schemas/waltid-libraries/credentials/waltid-verification-policies2/src/commonTest/resources"
    schema = json.loads(shared(f"{folder}/ob_v3p0_achievementcredential_schema.json").read_text("utf-8"))
    only_status = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/CredentialStatus"}
    (entry,) = api.allocate(institution, 1)
    status = entry_of(institution, entry)
    assert jsonschema_rs.is_valid(only_status, status)
    whole = schema["properties"]["credentialStatus"]
    assert whole.get("$ref") == "#/$defs/CredentialStatus", "one object: an array of two entries would not fit"
    assert not jsonschema_rs.is_valid(only_status, [status, status])

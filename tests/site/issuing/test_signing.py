"""What the signing process makes sure of before it signs an award: the row, the version, the bytes, the key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.site.issuing.conftest import ADA

from testamur import strict_json
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.keys.api import rotate, signing_key
from testamur_site.foundation.signing.api import Refused
from testamur_site.foundation.signing.desk import Desk
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, PreparedCredential
from testamur_site.issuing.services import pipeline, signing


@pytest.fixture
def prepared(
    desk: Desk, active: Institution, version: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> PreparedCredential:
    """An award that waits for its signature."""
    return waiting(version, ADA, monkeypatch)


def waiting(version: AchievementVersion, data: api.AwardData, monkeypatch: pytest.MonkeyPatch) -> PreparedCredential:
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "_sign", lambda *_: None)
        award = api.award_one(version, data)
    return PreparedCredential.objects.select_related("award").get(award=award)


@pytest.fixture(params=[False, True], ids=["alone", "behind another"])
def before(
    request: pytest.FixtureRequest,
    prepared: PreparedCredential,
    version: AchievementVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> list[PreparedCredential]:
    """What is examined before it in the same request: nothing, or an award of the same version, by which it may be recognised."""
    return [waiting(version, replace(ADA, email="grace@example.org"), monkeypatch)] if request.param else []


def ask(
    institution: Institution, one: PreparedCredential, before: Sequence[PreparedCredential] = (), **changed: Any
) -> bytes | Refused:
    items = [{"row": each.award.public_id, "digest": each.digest} for each in (*before, one)]
    items[-1] |= changed
    *others, outcome = signing_key(institution).secure_rows("award", items)
    assert all(isinstance(other, bytes) for other in others)
    return outcome


def change_bytes(one: PreparedCredential, change: Callable[[dict[str, Any]], Any]) -> None:
    """As somebody would who can write the database, whose triggers forbid to change what was prepared: taken away and put in anew."""
    content = strict_json.loads(bytes(one.content), max_depth=100)
    change(content)
    PreparedCredential.objects.filter(pk=one.pk).delete()
    one.content = strict_json.dumps(content)
    one.digest = hashlib.sha256(one.content).hexdigest()
    one.save(force_insert=True)


def test_what_the_row_says_is_signed_byte_for_byte(
    institution: Institution,
    prepared: PreparedCredential,
    before: list[PreparedCredential],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, reading = signing._read, []
    monkeypatch.setattr(signing, "_read", lambda *what: reading.append(1) or read(*what))
    outcome = ask(institution, prepared, before)
    assert len(reading) == 1, "of the second nothing is read: it is what the row says"
    assert isinstance(outcome, bytes)
    signed = strict_json.loads(outcome)
    (proof,) = signed.pop("proof")
    document = strict_json.loads(bytes(prepared.content), max_depth=100)["document"]
    assert signed == document
    assert proof["verificationMethod"] == f"{institution.did}#key-1"
    list(pipeline.issue(institution, [prepared.award_id]))
    prepared.refresh_from_db()
    assert bytes(prepared.signed or b"") == outcome  # Ed25519: whoever asks again gets the same


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["document"]["credentialSubject"]["identifier"][0].update(identityHash="Mallory"),
        lambda c: c["document"]["credentialSubject"]["achievement"].update(name="Doctor of Medicine"),
        lambda c: c["document"]["credentialSubject"]["achievement"].update(id="https://elsewhere.example/md"),
        lambda c: c["document"].update(awardedDate="2020-01-01T00:00:00Z"),
        lambda c: c["document"].update(validFrom="2020-01-01T00:00:00Z"),
        lambda c: c["document"]["credentialStatus"].update(statusListIndex="7"),
        lambda c: c["document"].pop("credentialStatus"),
        lambda c: c["document"].update(id="http://localhost:8000/c/another"),
        lambda c: c["document"].update(description="And more."),
    ],
)
def test_bytes_that_say_something_else_than_the_row_are_refused(
    institution: Institution,
    prepared: PreparedCredential,
    before: list[PreparedCredential],
    change: Callable[[dict[str, Any]], Any],
) -> None:
    change_bytes(prepared, change)
    outcome = ask(institution, prepared, before)
    assert isinstance(outcome, Refused)
    assert outcome.code == "award.not_the_row"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: c["document"]["issuer"].update(id="did:web:elsewhere.example"), "signing.issuer"),
        (lambda c: c["document"].update(issuer="did:web:elsewhere.example"), "award.other_key"),
        (lambda c: c["proof"].update(verificationMethod="did:web:elsewhere.example#key-1"), "award.other_key"),
        (lambda c: c["proof"].update(publicKeyMultibase="z6Mk"), "award.other_key"),
        (lambda c: c["proof"].update(cryptosuite="eddsa-jcs-2022"), "award.other_key"),
        (lambda c: c["proof"].update(created="2099-01-01T00:00:00Z"), "signing.date"),
        (lambda c: c["proof"].update(created="today"), "award.other_key"),
        (lambda c: c["document"]["credentialSubject"]["achievement"].update(endorsement=[{}]), "award.endorsements"),
        (lambda c: c.pop("proof"), "award.other_key"),
    ],
)
def test_bytes_for_another_key_or_issuer_are_refused(
    institution: Institution,
    prepared: PreparedCredential,
    before: list[PreparedCredential],
    change: Callable[[dict[str, Any]], Any],
    code: str,
) -> None:
    change_bytes(prepared, change)
    outcome = ask(institution, prepared, before)
    assert isinstance(outcome, Refused)
    assert outcome.code == code


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["document"]["issuer"].update(name="The same university, as it called itself before"),
        lambda c: c["proof"].update(created="2026-03-05T10:00:00Z"),
        lambda c: [one.update(salt="another") for one in c["document"]["credentialSubject"]["identifier"]],
    ],
)
def test_what_the_row_does_not_say_is_signed_as_it_is_stored(
    institution: Institution,
    prepared: PreparedCredential,
    before: list[PreparedCredential],
    change: Callable[[dict[str, Any]], Any],
) -> None:
    """The issuer's profile, the date of the signature and the salt: whatever the one before it has. (The salt decides the hash.)"""
    change_bytes(prepared, change)
    behind, alone = ask(institution, prepared, before), ask(institution, prepared)
    assert type(behind) is type(alone)
    assert behind == alone or isinstance(behind, Refused)


def test_rows_that_do_not_wait_are_refused(institution: Institution, prepared: PreparedCredential) -> None:
    def code(**changed: Any) -> str:
        outcome = ask(institution, prepared, **changed)
        assert isinstance(outcome, Refused)
        return outcome.code

    assert code(row="nobody") == "award.unknown"
    assert code(digest="0" * 64) == "award.other_bytes"
    assert code(document={}) == "signing.item"
    list(pipeline.issue(institution, [prepared.award_id]))
    assert code() == "award.state"


def test_a_version_that_changed_is_refused(institution: Institution, prepared: PreparedCredential) -> None:
    Award.objects.filter(pk=prepared.award_id).update(content_hash="0" * 64)
    outcome = ask(institution, prepared)
    assert isinstance(outcome, Refused)
    assert outcome.code == "award.version_changed"


def test_another_institution_gets_nothing_of_ours_signed(
    institution: Institution, other_institution: Institution, prepared: PreparedCredential
) -> None:
    item = {"row": prepared.award.public_id, "digest": prepared.digest}
    with tenant(other_institution):
        (outcome,) = signing_key(other_institution).secure_rows("award", [item])
    assert isinstance(outcome, Refused)
    assert outcome.code == "award.unknown"


def test_a_rotation_while_it_waits_begins_it_again(institution: Institution, prepared: PreparedCredential) -> None:
    rotate(institution, None)
    outcome = ask(institution, prepared)
    assert isinstance(outcome, Refused)
    assert outcome.code == "award.other_key"
    list(pipeline.issue(institution, [prepared.award_id]))
    award = Award.objects.get(pk=prepared.award_id)
    assert award.state == "issued"
    assert award.key_id == "key-2"


def test_one_refused_row_does_not_stop_the_others(
    desk: Desk, active: Institution, version: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "_sign", lambda *_: None)
        awards = [
            api.award_one(
                version, api.AwardData(name=f"N{n}", email=f"n{n}@example.org", awarded_date=ADA.awarded_date)
            )
            for n in range(3)
        ]
    bad = PreparedCredential.objects.select_related("award").get(award=awards[1])
    change_bytes(bad, lambda c: c["document"].update(description="And more."))
    list(pipeline.issue(active, [award.pk for award in awards]))
    states = [Award.objects.get(pk=award.pk).state for award in awards]
    assert states == ["issued", "prepared", "issued"]

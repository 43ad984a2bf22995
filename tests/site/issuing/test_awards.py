"""One award at a time: issue, revoke, suspend, reinstate, correct."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from testamur.status.bitstring_status_list import StatusOutcome
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.audit.api import entries, verify_chain
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.keys.api import rotate
from testamur_site.foundation.tenancy.api import Institution, UnscopedQuery, tenant
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, PreparedCredential
from testamur_site.issuing.rules import AwardState, Reason, evidence_of
from testamur_site.issuing.services import common, pipeline
from testamur_site.issuing.services.cohort import composing

from .conftest import ADA, document_of, proof_holds, status_of

pytestmark = pytest.mark.usefixtures("active")


def actions(award: Award) -> list[str]:
    return [entry.action for entry in entries(award.institution, target=f"award:{award.public_id}")][::-1]


def test_an_award_is_signed_at_once_and_complete(version: AchievementVersion, issuer: Any) -> None:
    exam = f"http://localhost:8000/achievements/{version.public_id}#result-1"
    evidence = {"url": "https://example.org/essay", "name": "Essay", "description": "On averages."}
    data = replace(
        ADA, valid_until=date(2030, 1, 31), results=[{"description": exam, "value": "72"}], evidence=[evidence]
    )
    award = api.award_one(version, data, actor=issuer)
    document = document_of(award)
    assert award.state == AwardState.ISSUED
    assert proof_holds(document, version.institution)
    assert document["id"] == f"http://localhost:8000/c/{award.public_id}"
    assert document["issuer"]["id"] == version.institution.did
    assert document["awardedDate"] == "2026-03-05T00:00:00Z"
    assert document["validUntil"] == "2030-01-31T23:59:59Z"
    assert document["evidence"][0]["id"] == "https://example.org/essay"
    subject = document["credentialSubject"]
    assert subject["result"] == [{"type": ["Result"], "resultDescription": exam, "value": "72"}]
    assert exam in [found["id"] for found in subject["achievement"]["resultDescription"]]
    assert "ada@example.org" not in str(document), "an address stands in a credential only as a salted hash"
    assert status_of(document) is StatusOutcome.PASSED
    assert actions(award) == ["award.decided", "award.issued"]


def test_the_job_that_was_queued_for_a_crash_finds_nothing_to_do(version: AchievementVersion) -> None:
    award = api.award_one(version, ADA)
    before = api.credential_bytes(award)
    assert run_pending(["default"]) == 1
    assert api.credential_bytes(award) == before


def test_who_was_awarded_is_awarded_again_only_when_that_is_chosen(version: AchievementVersion) -> None:
    first = api.award_one(version, ADA)
    with pytest.raises(api.AlreadyAwarded) as caught:
        api.award_one(version, replace(ADA, email="ADA@example.org"))
    assert caught.value.facts["award"] == first.public_id
    second = api.award_one(version, ADA, again="form-1")
    assert second.public_id != first.public_id
    with pytest.raises(api.AlreadyAwarded):
        api.award_one(version, ADA, again="form-1")
    assert Award.objects.count() == 2


def test_the_database_itself_refuses_a_second_award(version: AchievementVersion) -> None:
    award = api.award_one(version, ADA)
    award.pk, award.public_id, award.status_entry = None, "another", None
    with pytest.raises(IntegrityError), transaction.atomic():
        award.save(force_insert=True)


def test_only_what_is_published_is_awarded(version: AchievementVersion) -> None:
    catalogue.retire(version.micro_credential)
    with pytest.raises(api.NotOffered):
        api.award_one(version, ADA)
    assert not Award.objects.exists()


def test_what_the_lints_forbid_is_not_decided(version: AchievementVersion) -> None:
    with pytest.raises(api.RefusedByLints) as caught:
        api.award_one(version, replace(ADA, evidence=[{"url": "not an address", "name": "x", "description": ""}]))
    assert caught.value.facts["findings"]
    assert not Award.objects.exists()
    assert not Job.objects.exists()
    version.refresh_from_db()
    assert not version.is_locked


@pytest.mark.parametrize(
    "url", ["https://example.org/%zz", "https://example.org/과제", "http://[::1]:8000/x?a=b&c=%20#d", "https://한국.kr"]
)
def test_every_address_that_the_rules_take_is_taken_by_the_lints(version: AchievementVersion, url: str) -> None:
    evidence = evidence_of(url, "Work", "")
    assert evidence is not None
    assert api.award_one(version, replace(ADA, evidence=[evidence])).state == AwardState.ISSUED


def test_the_first_award_locks_the_version(version: AchievementVersion) -> None:
    api.award_one(version, ADA)
    version.refresh_from_db()
    assert version.is_locked


@pytest.mark.parametrize(
    ("change", "state", "action"),
    [(api.revoke, AwardState.REVOKED, "award.revoked"), (api.suspend, AwardState.SUSPENDED, "award.suspended")],
)
def test_revoking_and_suspending_make_every_verifier_refuse(
    version: AchievementVersion, issuer: Any, change: Any, state: AwardState, action: str
) -> None:
    award = api.award_one(version, ADA)
    document = document_of(award)
    change(award, Reason.ISSUED_IN_ERROR, note="Wrong list.", actor=issuer)
    award.refresh_from_db()
    assert (award.state, award.reason_code, award.reason_note) == (state, "issued_in_error", "Wrong list.")
    assert status_of(document) is StatusOutcome.FAILED
    suspended = StatusOutcome.FAILED if state is AwardState.SUSPENDED else StatusOutcome.PASSED
    assert status_of(document, "suspension") is suspended
    assert actions(award)[-1] == action
    entry = entries(award.institution, target=f"award:{award.public_id}")[0]
    assert (entry.actor, entry.facts) == (issuer.public_id, {"reason": "issued_in_error"})
    with pytest.raises(api.NotAllowedNow):
        api.suspend(award, Reason.ADMINISTRATIVE)


def test_a_suspended_award_may_be_revoked(version: AchievementVersion) -> None:
    award = api.award_one(version, ADA)
    api.suspend(award, Reason.ADMINISTRATIVE)
    api.revoke(award, Reason.ACADEMIC_MISCONDUCT)
    award.refresh_from_db()
    assert award.state == AwardState.REVOKED
    assert status_of(document_of(award)) is StatusOutcome.FAILED
    assert status_of(document_of(award), "suspension") is StatusOutcome.PASSED, "not for the time being any more"


def test_what_was_revoked_while_suspended_before_that_was_so_is_mended(version: AchievementVersion) -> None:
    held, revoked = (api.award_one(version, data) for data in (ADA, replace(ADA, email="bob@example.org")))
    for award in (held, revoked):
        api.suspend(award, Reason.ADMINISTRATIVE)
    with tenant(version.institution):
        Award.objects.filter(pk=revoked.pk).update(state=AwardState.REVOKED)
    mending = import_module("testamur_site.issuing.migrations.0012_revoked_is_not_suspended")
    mending.lift(apps, None)
    assert status_of(document_of(revoked), "suspension") is StatusOutcome.PASSED
    assert status_of(document_of(held), "suspension") is StatusOutcome.FAILED
    assert {status_of(document_of(award)) for award in (held, revoked)} == {StatusOutcome.FAILED}


def test_reinstating_gives_the_same_award_in_a_new_credential(version: AchievementVersion) -> None:
    award = api.award_one(version, ADA)
    with pytest.raises(api.NotAllowedNow):
        api.reinstate(award)
    api.suspend(award, Reason.ADMINISTRATIVE)
    successor = api.reinstate(award)
    old, new = document_of(award), document_of(successor)
    award = Award.objects.get(pk=award.pk)
    assert (award.state, award.successor, successor.supersedes) == (AwardState.SUPERSEDED, successor, award)
    assert new["id"] != old["id"]
    assert new["awardedDate"] == old["awardedDate"]
    assert status_of(new) is StatusOutcome.PASSED
    assert status_of(old) is StatusOutcome.FAILED
    assert status_of(old, "suspension") is StatusOutcome.PASSED
    with pytest.raises(api.AlreadyAwarded):
        api.award_one(version, ADA)


def test_correcting_supersedes_and_links_both_ways(version: AchievementVersion, issuer: Any) -> None:
    award = api.award_one(version, ADA)
    before = api.credential_bytes(award)
    new = api.correct(award, replace(ADA, name="Ada King", email="ada.king@example.org"), actor=issuer)
    award = Award.objects.get(pk=award.pk)
    assert api.credential_bytes(award) == before, "what was signed is never edited"
    assert (award.state, award.reason_code) == (AwardState.SUPERSEDED, "superseded")
    assert (award.successor, new.supersedes) == (new, award)
    assert status_of(document_of(award)) is StatusOutcome.FAILED
    assert status_of(document_of(new)) is StatusOutcome.PASSED
    assert "Ada King" in str(document_of(new))
    assert actions(award) == ["award.decided", "award.issued", "award.corrected", "award.superseded"]
    with pytest.raises(api.NotAllowedNow):
        api.correct(award, ADA)
    with pytest.raises(api.NotAllowedNow):
        api.revoke(award, Reason.ADMINISTRATIVE)
    assert api.correct(new, ADA).state == AwardState.ISSUED, "a chain may go on"


def test_a_correction_to_the_address_of_somebody_else_is_refused_whole(version: AchievementVersion) -> None:
    award = api.award_one(version, ADA)
    api.award_one(version, replace(ADA, name="Bob", email="bob@example.org"))
    with pytest.raises(api.AlreadyAwarded):
        api.correct(award, replace(ADA, email="bob@example.org"))
    award.refresh_from_db()
    assert (award.state, award.award_key) == (AwardState.ISSUED, "ada@example.org")


def test_a_worker_awards_the_same_person_in_this_very_moment(
    version: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers decide the rows of a list without the institution's lock: the key decides, and the person is told."""
    real, theirs = common.new_award, []

    def overtaken(*arguments: Any, **values: Any) -> Award:
        if values["award_key"] and not theirs:
            theirs.append(real(*arguments, **values))
            theirs[0].save(force_insert=True)
        return real(*arguments, **values)

    monkeypatch.setattr(common, "new_award", overtaken)
    with pytest.raises(api.AlreadyAwarded) as told:
        api.award_one(version, ADA)
    assert told.value.facts["award"] == theirs[0].public_id


@pytest.mark.parametrize("again", ["", "a-text-of-the-form"])
def test_a_correction_that_is_refused_gives_the_old_award_its_own_key_back(
    version: AchievementVersion, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    award = api.award_one(version, ADA, again=again)
    key = award.award_key
    with monkeypatch.context() as patch:
        patch.setattr(composing, "content_hash", lambda _: "0" * 64)
        assert api.correct(award, replace(ADA, email="ada.king@example.org")).state == AwardState.REFUSED
    award.refresh_from_db()
    assert (award.state, award.award_key) == (AwardState.ISSUED, key)
    other = api.award_one(version, replace(ADA, email="ada.king@example.org"), again=again)
    assert other.state == AwardState.ISSUED, "nobody of that address holds it"


def test_a_correction_is_refused_after_the_address_it_gave_up_was_awarded(
    version: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    award = api.award_one(version, ADA)

    def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "begin", crash)
        with pytest.raises(KeyboardInterrupt):
            api.correct(award, replace(ADA, email="ada.king@example.org"))
    anew = api.award_one(version, ADA)
    monkeypatch.setattr(composing, "content_hash", lambda _: "0" * 64)
    run_pending()
    found = dict(Award.objects.values_list("recipient_email", "state").exclude(pk=award.pk))
    assert found == {"ada.king@example.org": "refused", "ada@example.org": "issued"}
    award.refresh_from_db()
    anew.refresh_from_db()
    assert (award.state, award.award_key, anew.award_key) == ("issued", None, "ada@example.org")


def test_a_crash_between_decision_and_signature_is_made_good_by_the_job(
    version: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    award = api.award_one(version, ADA)

    def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "sign_made", crash)
        with pytest.raises(KeyboardInterrupt):
            api.correct(award, replace(ADA, name="Ada King"))
    successor = Award.objects.get(supersedes=award)
    prepared = bytes(PreparedCredential.objects.get(award=successor).content)
    assert successor.state == AwardState.PREPARED
    with pytest.raises(api.CredentialNotIssued):
        api.credential_bytes(successor)
    with pytest.raises(api.BeingCorrected):
        api.correct(award, ADA)
    with pytest.raises(api.NotAllowedNow):
        api.revoke(award, Reason.ADMINISTRATIVE)
    run_pending()
    successor.refresh_from_db()
    award.refresh_from_db()
    assert (successor.state, award.state) == (AwardState.ISSUED, AwardState.SUPERSEDED)
    assert bytes(PreparedCredential.objects.get(award=successor).content) == prepared


def test_a_key_that_was_rotated_away_before_it_signed(
    version: AchievementVersion, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "sign_made", crash)
        with pytest.raises(KeyboardInterrupt):
            api.award_one(version, ADA)
    rotate(version.institution, owner)
    run_pending()
    award = Award.objects.get()
    document = document_of(award)
    assert document["proof"][0]["verificationMethod"].endswith("#key-2")
    assert proof_holds(document, version.institution)
    assert actions(award) == ["award.decided", "award.key_changed", "award.issued"]


def test_an_old_credential_outlives_the_rotation_of_keys(version: AchievementVersion, owner: Any) -> None:
    award = api.award_one(version, ADA)
    rotate(version.institution, owner)
    assert proof_holds(document_of(award), version.institution)
    assert proof_holds(document_of(api.award_one(version, replace(ADA, email="b@example.org"))), version.institution)


def test_a_version_that_changed_under_a_decision_is_not_signed(
    version: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composing, "content_hash", lambda _: "0" * 64)
    award = api.award_one(version, ADA)
    assert (award.state, award.problem["code"], award.award_key) == (AwardState.REFUSED, "version.changed", None)


def test_a_hand_over_is_queued_in_the_transaction_of_the_change(version: AchievementVersion, settings: Any) -> None:
    settings.TESTAMUR_AFTER_ISSUE = "tests.site.issuing.test_awards.receive"
    award = api.award_one(version, ADA)
    api.resend(award)
    new = api.correct(award, replace(ADA, name="Ada King"))
    api.suspend(new, Reason.ADMINISTRATIVE)
    api.revoke(new, Reason.ADMINISTRATIVE)
    jobs = Job.objects.filter(path=settings.TESTAMUR_AFTER_ISSUE).order_by("created_at")
    assert [(job.args["event"], job.args["award_ids"]) for job in jobs] == [
        ("issued", [award.public_id]),
        ("resend", [award.public_id]),
        ("superseded", [new.public_id]),
        ("suspended", [new.public_id]),
        ("revoked", [new.public_id]),
    ]
    with pytest.raises(api.NotAllowedNow):
        api.resend(new)


def receive(job: Any, **_: Any) -> None:
    """The wallet's end of the hand-over."""


def test_every_change_is_in_the_chain(version: AchievementVersion) -> None:
    award = api.award_one(version, ADA)
    api.revoke(award, Reason.ADMINISTRATIVE)
    assert verify_chain(version.institution).intact


def test_another_institution_finds_nothing(
    version: AchievementVersion, other_institution: Institution, institution: Institution
) -> None:
    award = api.award_one(version, ADA)
    with tenant(other_institution):
        assert not Award.objects.filter(public_id=award.public_id).exists()
    assert api.award_by_public_id(award.public_id) == award
    assert api.award_by_public_id("nothing") is None


def test_no_query_without_an_institution() -> None:
    from testamur_site.foundation.tenancy.scope import _active

    token = _active.set(None)
    try:
        with pytest.raises(UnscopedQuery):
            Award.objects.count()
    finally:
        _active.reset(token)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"public_id": "another"}, "only moves forward"),
        ({"recipient_name": "Eve"}, "only moves forward"),
        ({"recipient_email": "eve@example.org"}, "only moves forward"),
        ({"awarded_date": date(2020, 1, 1)}, "only moves forward"),
        ({"valid_until": None}, "only moves forward"),
        ({"state": "queued"}, "only moves forward"),
        ({"state": "refused"}, "only moves forward"),
    ],
)
def test_the_database_refuses_to_rewrite_an_issued_award(
    version: AchievementVersion, change: dict[str, Any], words: str
) -> None:
    award = api.award_one(version, replace(ADA, valid_until=date(2030, 1, 1)))
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(**change)
    Award.objects.filter(pk=award.pk).update(recipient_name="", recipient_email="", reason_note="forgotten")


@pytest.mark.parametrize("state", ["issued", "suspended", "superseded"])
def test_the_database_refuses_to_bring_back_what_was_revoked(version: AchievementVersion, state: str) -> None:
    award = api.award_one(version, ADA)
    api.revoke(award, Reason.ADMINISTRATIVE)
    with pytest.raises(IntegrityError, match="only moves forward"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(state=state)


@pytest.mark.parametrize("change", [{"content": b"x"}, {"digest": "x"}, {"signed": b"x"}, {"signed": None}])
def test_the_database_refuses_to_rewrite_signed_bytes(version: AchievementVersion, change: dict[str, Any]) -> None:
    award = api.award_one(version, ADA)
    mine = PreparedCredential.objects.filter(award=award)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        mine.update(**change)
    mine.update(content=b"", signed=b"")  # to forget is allowed

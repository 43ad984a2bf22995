"""Revoking with a second person and by the cohort, what is kept about it, and objections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.standing import standing

from testamur.status.bitstring_status_list import StatusOutcome
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.audit.api import entries, verify_chain
from testamur_site.foundation.jobs import handle
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.keys.api import rotate
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, Revocation, StatusChange
from testamur_site.issuing.revocations import queries, services
from testamur_site.issuing.revocations.rules import Change, Objection, RevocationState, Scope
from testamur_site.issuing.rules import AwardState, Reason, Why
from testamur_site.issuing.services import batches

from .conftest import ADA, cohort_list, document_of, proof_holds, status_of

pytestmark = pytest.mark.usefixtures("active")
WHY = Why(Reason.KEY_COMPROMISE, "The key was copied.", "Incident 2026/7")


@pytest.fixture
@standing
def second(institution: Institution, make_user: Callable[..., User]) -> User:
    """Another person who may revoke."""
    user = make_user("second@han-river.example", "Sora Second")
    add_member(institution, user, "issuer", actor=None)
    return user


def award_some(version: AchievementVersion, count: int) -> list[Award]:
    return [
        api.award_one(version, replace(ADA, name=f"Learner {n}", email=f"learner{n}@example.org")) for n in range(count)
    ]


def key_scope(key: str = "key-1") -> Scope:
    return Scope(key_id=key)


def propose(institution: Institution, scope: Scope, actor: Any, **more: Any) -> Revocation:
    more.setdefault("expected", queries.concerned(scope))
    return services.propose(institution, scope, WHY, actor=actor, **more)


def states(awards: list[Award]) -> list[str]:
    found = dict(Award.objects.values_list("pk", "state"))
    return [found[award.pk] for award in awards]


def actions(revocation: Revocation) -> list[str]:
    target = f"revocation:{revocation.public_id}"
    return [entry.action for entry in entries(revocation.institution, target=target)][::-1]


def test_what_is_kept_about_a_revocation(version: AchievementVersion, issuer: User) -> None:
    award = api.award_one(version, ADA)
    api.revoke(award, Reason.FRAUD_CONFIRMED, note="Forged diploma", evidence="File 12", actor=issuer)
    (change,) = queries.changes_of(award)
    assert (change.change, change.reason_code, change.note, change.evidence) == (
        "revoked",
        "fraud_confirmed",
        "Forged diploma",
        "File 12",
    )
    assert (change.changed_by, change.objection) == (issuer, Objection.NONE)
    assert queries.place_of(change) is None, "the list that says so is not published yet"
    run_pending()
    place = queries.place_of(change)
    assert place is not None
    assert place.index is not None
    assert "fraud" not in str(document_of(award))


def test_a_suspension_and_a_correction_are_kept_too(version: AchievementVersion, issuer: User) -> None:
    award = api.award_one(version, ADA)
    api.suspend(award, Reason.ADMINISTRATIVE, actor=issuer)
    award.refresh_from_db()
    api.reinstate(award, actor=issuer)
    run_pending()
    found = queries.changes_of(award)
    assert [(one.change, one.reason_code) for one in found] == [
        ("superseded", "superseded"),
        ("suspended", "administrative"),
    ]
    places = [queries.place_of(one) for one in found]
    assert all(place is not None and place.index is not None for place in places)


def test_the_reason_is_no_part_of_what_is_public(version: AchievementVersion, issuer: User) -> None:
    award = api.award_one(version, ADA)
    api.revoke(award, Reason.ACADEMIC_MISCONDUCT, note="plagiarism", evidence="Minute 4", actor=issuer)
    run_pending()
    from testamur_site.status.api import list_versions

    public = b"".join(one.content for one in list_versions(version.institution))
    for word in (b"misconduct", b"plagiarism", b"Minute"):
        assert word not in public


# --- a second person ------------------------------------------------------------------------------------------------------------


@pytest.fixture
@standing
def four_eyes(institution: Institution, owner: User) -> None:
    services.change_rules(institution, single=True, cohort=True, actor=owner)


@pytest.mark.usefixtures("four_eyes")
def test_one_person_alone_revokes_nothing(version: AchievementVersion, institution: Institution, issuer: User) -> None:
    award = api.award_one(version, ADA)
    with pytest.raises(api.NeedsSecondPerson):
        api.revoke(award, Reason.ADMINISTRATIVE, actor=issuer)
    proposed = propose(institution, Scope(award=award.pk), issuer)
    assert proposed.state == RevocationState.PROPOSED
    with pytest.raises(api.SamePerson):
        services.approve(proposed, actor=issuer)
    with pytest.raises(api.SamePerson):
        services.approve(proposed, actor=None)
    run_pending()
    assert states([award]) == ["issued"]
    api.suspend(award, Reason.ADMINISTRATIVE, actor=issuer)
    assert states([award]) == ["suspended"], "to hold somebody up for a moment needs no second person"


@pytest.mark.usefixtures("four_eyes")
def test_a_second_person_approves(
    version: AchievementVersion, institution: Institution, issuer: User, second: User
) -> None:
    award = api.award_one(version, ADA)
    proposed = propose(institution, Scope(award=award.pk), issuer)
    done = services.approve(proposed, actor=second)
    assert (done.state, done.decided_by) == (RevocationState.DONE, second)
    assert status_of(document_of(award)) is StatusOutcome.FAILED
    (change,) = queries.changes_of(award)
    assert (change.changed_by, change.revocation, change.evidence) == (issuer, done, "Incident 2026/7")
    assert actions(done) == ["revocation.proposed", "revocation.approved", "revocation.finished"]
    with pytest.raises(api.NotAllowedNow):
        services.approve(done, actor=second)
    assert verify_chain(institution).intact


@pytest.mark.usefixtures("four_eyes")
def test_a_proposal_is_declined_or_taken_back_and_nothing_has_happened(
    version: AchievementVersion, institution: Institution, issuer: User, second: User
) -> None:
    award = api.award_one(version, ADA)
    first = propose(institution, Scope(award=award.pk), issuer)
    with pytest.raises(api.SamePerson):
        services.decline(first, note="no", actor=issuer)
    services.decline(first, note="It was another learner.", actor=second)
    again = propose(institution, Scope(award=award.pk), issuer)
    services.withdraw(again, actor=issuer)
    for one in (first, again):
        with pytest.raises(api.NotAllowedNow):
            services.approve(one, actor=second)
    assert states([award]) == ["issued"]
    assert not StatusChange.objects.exists()


@pytest.mark.usefixtures("four_eyes")
def test_undoing_a_batch_is_revoking_many(draft: Any, institution: Institution, issuer: User, second: User) -> None:
    batch = api.start_batch(draft(cohort_list(12)), actor=issuer)
    run_pending()
    with pytest.raises(api.NeedsSecondPerson):
        api.undo_batch(batch, Reason.ISSUED_IN_ERROR, actor=issuer)
    proposed = propose(institution, Scope(batch=batch.pk), issuer, release=True)
    assert proposed.found == 12
    services.approve(proposed, actor=second)
    run_pending()
    batch.refresh_from_db()
    proposed = queries.fresh(proposed)
    assert (batch.state, proposed.state) == (api.BatchState.UNDONE, RevocationState.DONE)
    assert proposed.changes.count() == 12
    assert actions(proposed) == ["revocation.proposed", "revocation.approved", "revocation.finished"]
    assert set(proposed.changes.values_list("evidence", flat=True)) == {"Incident 2026/7"}


@pytest.mark.usefixtures("four_eyes")
def test_a_long_batch_can_be_stopped_before_its_first_row_is_decided(
    draft: Any, institution: Institution, issuer: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 8)
    batch = api.start_batch(draft(cohort_list(12)), actor=issuer)
    assert not Award.objects.exists()
    proposed = propose(institution, Scope(batch=batch.pk), issuer, release=True)
    assert proposed.found == 12
    services.approve(proposed, actor=second)
    run_pending()
    batch.refresh_from_db()
    assert (batch.state, Award.objects.count()) == (api.BatchState.UNDONE, 0)
    assert queries.concerned(Scope(batch=batch.pk)) == 0


@pytest.mark.usefixtures("four_eyes")
def test_what_changed_meanwhile_is_not_approved_blindly(
    version: AchievementVersion, institution: Institution, issuer: User, second: User
) -> None:
    award = api.award_one(version, ADA)
    proposed = propose(institution, Scope(award=award.pk), issuer)
    api.correct(award, replace(ADA, name="Ada King"), actor=issuer)
    with pytest.raises(api.NotAllowedNow):
        services.approve(proposed, actor=second)
    assert queries.fresh(proposed).state == RevocationState.PROPOSED, "it can still be declined"
    services.decline(proposed, note="Corrected.", actor=second)


# --- a cohort -------------------------------------------------------------------------------------------------------------------


def test_everything_that_a_key_signed(version: AchievementVersion, institution: Institution, issuer: User) -> None:
    old = award_some(version, 5)
    rotate(institution, issuer)
    kept = api.award_one(version, replace(ADA, email="later@example.org"))
    made = propose(institution, key_scope(), issuer)
    assert (made.state, made.found) == (RevocationState.RUNNING, 5)
    run_pending()
    assert states([*old, kept]) == ["revoked"] * 5 + ["issued"]
    assert queries.fresh(made).state == RevocationState.DONE
    assert queries.progress(queries.fresh(made)) == queries.Progress(5, 5, 0)
    assert {status_of(document_of(award)) for award in old} == {StatusOutcome.FAILED}
    assert status_of(document_of(kept)) is StatusOutcome.PASSED
    assert verify_chain(institution).intact


def test_by_the_day_of_issue_and_by_the_micro_credential(
    version: AchievementVersion, institution: Institution, issuer: User
) -> None:
    awards = award_some(version, 3)
    now = timezone.now()
    assert queries.concerned(Scope(issued_from=now - timedelta(hours=1))) == 3
    assert queries.concerned(Scope(issued_from=now + timedelta(hours=1))) == 0
    assert queries.concerned(Scope(issued_from=now - timedelta(hours=1), issued_until=awards[1].issued_at)) == 1
    assert queries.concerned(Scope(micro_credential=version.micro_credential_id)) == 3
    assert queries.concerned(Scope(micro_credential=version.micro_credential_id, key_id="key-9")) == 0


def test_what_was_issued_after_it_was_proposed_is_not_in_it(
    version: AchievementVersion, institution: Institution, issuer: User
) -> None:
    before = award_some(version, 2)
    made = propose(institution, key_scope(), issuer)
    after = api.award_one(version, replace(ADA, email="after@example.org"))
    run_pending()
    assert states([*before, after]) == ["revoked", "revoked", "issued"]
    assert made.found == 2


def test_the_number_that_was_shown_must_still_be_the_number(
    version: AchievementVersion, institution: Institution, issuer: User
) -> None:
    award_some(version, 2)
    with pytest.raises(api.NumberChanged) as caught:
        propose(institution, key_scope(), issuer, expected=1)
    assert caught.value.facts == {"found": 2, "expected": 1}
    with pytest.raises(api.NotAllowedNow):
        propose(institution, key_scope("key-9"), issuer)
    with pytest.raises(api.NotAllowedNow):
        propose(institution, Scope(), issuer, expected=2)
    assert not Revocation.objects.exists()


def test_a_worker_that_dies_loses_and_doubles_nothing(
    version: AchievementVersion, institution: Institution, issuer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    awards = award_some(version, 5)
    made = propose(institution, key_scope(), issuer)
    monkeypatch.setattr(services, "AT_ONCE", 2)
    real, calls = services.revoke_some, []

    def two_at_once_and_die(revocation: Revocation) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(revocation, at_most=2)

    with monkeypatch.context() as patch:
        patch.setattr(services, "revoke_some", two_at_once_and_die)
        with pytest.raises(KeyboardInterrupt):
            run_pending(["default"])
    assert sorted(states(awards)) == ["issued", "issued", "issued", "revoked", "revoked"]
    services.carry_on(made, actor=issuer)
    run_pending()
    assert states(awards) == ["revoked"] * 5
    assert StatusChange.objects.count() == 5
    revoked = [entry for entry in entries(institution) if entry.action == "award.revoked"]
    assert len(revoked) == 5


def test_it_can_be_stopped(version: AchievementVersion, institution: Institution, issuer: User) -> None:
    awards = award_some(version, 3)
    made = propose(institution, key_scope(), issuer)
    assert services.revoke_some(made, at_most=1) == 1
    services.stop(made, actor=issuer)
    run_pending()
    assert sorted(states(awards)) == ["issued", "issued", "revoked"]
    with pytest.raises(api.NotAllowedNow):
        services.carry_on(made, actor=issuer)
    assert actions(made) == ["revocation.proposed", "revocation.stopped"]


def test_the_same_people_may_be_awarded_again(
    version: AchievementVersion, institution: Institution, issuer: User
) -> None:
    award_some(version, 1)
    propose(institution, key_scope(), issuer, release=True)
    run_pending()
    assert api.award_one(version, replace(ADA, email="learner0@example.org")).state == AwardState.ISSUED


def test_a_cohort_is_replaced_by_credentials_of_the_present_key(
    version: AchievementVersion, institution: Institution, issuer: User
) -> None:
    awards = award_some(version, 3)
    api.suspend(awards[2], Reason.ADMINISTRATIVE, actor=issuer)
    rotate(institution, issuer)
    made = propose(institution, key_scope(), issuer, replace=True)
    run_pending()
    assert states(awards) == ["superseded", "superseded", "suspended"], "what is held up stays held up"
    new = list(Award.objects.filter(supersedes__in=awards))
    assert len(new) == 2
    assert all(proof_holds(document_of(one), institution) for one in new)
    assert {document_of(one)["proof"][0]["verificationMethod"] for one in new} == {f"{institution.did}#key-2"}
    assert {status_of(document_of(one)) for one in awards[:2]} == {StatusOutcome.FAILED}
    assert queries.fresh(made).state == RevocationState.DONE


def test_awards_are_signed_anew_by_their_ids(
    version: AchievementVersion, institution: Institution, issuer: User
) -> None:
    from testamur_site.foundation.jobs.api import enqueue

    one, two = award_some(version, 2)
    api.revoke(two, Reason.ADMINISTRATIVE, actor=issuer)
    for _ in range(2):
        ids = {"awards": [one.public_id, two.public_id, "nothing"], "actor": issuer.public_id}
        enqueue("testamur_site.issuing.jobs.reissue", ids, institution=institution)
    run_pending()
    assert states([one, two]) == ["superseded", "revoked"]
    assert Award.objects.count() == 3
    assert not Job.objects.filter(status="failed").exists()


# --- objections -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
@standing
def revoked(version: AchievementVersion, issuer: User) -> StatusChange:
    award = api.award_one(version, ADA)
    api.revoke(award, Reason.ACADEMIC_MISCONDUCT, actor=issuer)
    (change,) = queries.changes_of(award)
    return change


def objection(change: StatusChange) -> str:
    return StatusChange.objects.get(pk=change.pk).objection


def test_an_objection_is_answered_by_somebody_else(revoked: StatusChange, issuer: User, second: User) -> None:
    with pytest.raises(api.NotAllowedNow):
        services.answer(revoked, Objection.UPHELD, note="", actor=second)
    services.object_to(revoked, note="It was not me.", actor=issuer)
    with pytest.raises(api.NotAllowedNow):
        services.object_to(revoked, note="Again", actor=issuer)
    for involved in (issuer, None):
        with pytest.raises(api.SamePerson):
            services.answer(revoked, Objection.DISMISSED, note="It was.", actor=involved)
    services.answer(revoked, Objection.DISMISSED, note="Two witnesses.", actor=second)
    assert objection(revoked) == "dismissed"
    services.object_to(revoked, note="A third witness.", actor=issuer)
    services.answer(revoked, Objection.UPHELD, note="Right.", actor=second)
    with pytest.raises(api.NotAllowedNow):
        services.object_to(revoked, note="", actor=issuer)


@pytest.mark.usefixtures("four_eyes")
def test_who_approved_a_revocation_does_not_answer_the_objection(
    version: AchievementVersion, institution: Institution, issuer: User, second: User, owner: User
) -> None:
    award = api.award_one(version, ADA)
    services.approve(propose(institution, Scope(award=award.pk), issuer), actor=second)
    (change,) = queries.changes_of(award)
    services.object_to(change, note="No.", actor=issuer)
    with pytest.raises(api.SamePerson):
        services.answer(change, Objection.UPHELD, note="", actor=second)
    services.answer(change, Objection.UPHELD, note="", actor=owner)
    assert objection(change) == "upheld"


def test_an_upheld_objection_leads_to_a_new_credential(revoked: StatusChange, issuer: User, second: User) -> None:
    with pytest.raises(api.NotAllowedNow):
        services.award_anew(revoked, actor=issuer)
    services.object_to(revoked, note="It was not me.", actor=issuer)
    services.answer(revoked, Objection.UPHELD, note="Right.", actor=second)
    new = services.award_anew(revoked, actor=issuer)
    assert services.award_anew(revoked, actor=issuer) == new, "once"
    assert status_of(document_of(new)) is StatusOutcome.PASSED
    assert status_of(document_of(revoked.award)) is StatusOutcome.FAILED
    assert states([revoked.award]) == ["revoked"]
    notice = api.status_notice(Award.objects.get(pk=revoked.award_id))
    assert notice is not None
    assert (notice.objection, notice.successor, notice.reason) == (
        Objection.UPHELD,
        new,
        Reason.ACADEMIC_MISCONDUCT,
    )


def test_what_is_superseded_is_not_objected_to(version: AchievementVersion, issuer: User) -> None:
    award = api.award_one(version, ADA)
    api.correct(award, replace(ADA, name="Ada King"), actor=issuer)
    (change,) = queries.changes_of(award)
    assert change.change == Change.SUPERSEDED
    with pytest.raises(api.NotAllowedNow):
        services.object_to(change, note="", actor=issuer)
    assert api.status_notice(Award.objects.get(pk=award.pk)) is None


def test_another_institution_sees_no_revocation(
    revoked: StatusChange, institution: Institution, other_institution: Institution, issuer: User
) -> None:
    made = propose(institution, Scope(award=award_some(revoked.award.version, 1)[0].pk), issuer)
    with tenant(other_institution):
        assert queries.own_revocation(made.public_id) is None
        assert not StatusChange.objects.exists()


@pytest.mark.parametrize("how", ["undo", "revoke", "replace"])
def test_revoking_many_gives_way_to_others_after_each_turn(
    draft: Any, institution: Institution, issuer: User, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(handle, "TURN", timedelta(0))
    batch = api.start_batch(draft(cohort_list(6)), actor=issuer)
    run_pending()
    if how == "undo":
        monkeypatch.setattr(batches.revoke_some, "__kwdefaults__", {"actor": None, "at_most": 2})
        api.undo_batch(batch, Reason.ISSUED_IN_ERROR, actor=issuer)
    else:
        monkeypatch.setattr(services.revoke_some, "__kwdefaults__", {"at_most": 2})
        propose(institution, key_scope(), issuer, replace=how == "replace")
    path = "testamur_site.issuing.jobs." + ("undo_chunks" if how == "undo" else "revoke_cohort")
    job, seen = Job.objects.get(path=path), []
    while run_pending(limit=1):
        job.refresh_from_db()
        seen.append((job.status, job.done))
    step = 1 if how == "replace" else 2
    assert [one for one in dict.fromkeys(seen) if one[1]] == [
        *(("queued", done) for done in range(step, 7, step)),
        ("done", 6),
    ]
    assert not Award.objects.filter(batch=batch, state=AwardState.ISSUED).exists()

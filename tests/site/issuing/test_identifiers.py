"""Under which identifier a credential is issued: chosen by the institution, kept by what was issued, and the same for its status lists."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.standing import aside

from testamur.verification import Report, Verdict, Verifier
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import history_of, rotate
from testamur_site.foundation.keys.identifiers import histories, update_keys
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing import api
from testamur_site.issuing.models import Award
from testamur_site.issuing.services import pipeline
from testamur_site.status.models import StatusListPair

from .conftest import ADA, Draft, cohort_list, document_of, public_site

pytestmark = pytest.mark.usefixtures("active")


@pytest.fixture(autouse=True)
@aside
def key_file(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"


@pytest.fixture
def present(institution: Institution, owner: User) -> Any:
    """The update key of a history with one version."""
    made = histories.prepare(institution, owner)
    key = update_keys.read(made.sealed.encode(), made.passphrase)
    histories.start(institution, key, owner, now=timezone.now() - timedelta(days=1))
    return key


def verify(award: api.Award) -> Report:
    return Verifier(public_site(award.institution)).verify(api.credential_bytes(award))


def award_to(version: AchievementVersion, number: int) -> api.Award:
    award = api.award_one(version, api.AwardData(**{**vars_of(ADA), "email": f"learner{number}@example.org"}))
    run_pending()
    return api.award_by_public_id(award.public_id) or award


def vars_of(data: api.AwardData) -> dict[str, Any]:
    return {name: getattr(data, name) for name in data.__dataclass_fields__}


def issuer_of(award: api.Award) -> str:
    return str(document_of(award)["issuer"]["id"])


def test_old_and_new_credentials_hold_side_by_side(
    institution: Institution, owner: User, version: AchievementVersion, present: Any
) -> None:
    history = history_of(institution)
    assert history is not None
    old = award_to(version, 1)
    histories.choose(institution, True, owner)
    new = award_to(version, 2)
    assert (issuer_of(old), issuer_of(new)) == (institution.did, history.did)
    lists = [document_of(award)["credentialStatus"]["statusListCredential"] for award in (old, new)]
    assert lists[0] != lists[1], "a list is of one issuer"
    for award in (old, new):
        assert verify(award).verdict is Verdict.VALID

    rotate(institution, owner)
    made = histories.prepare(institution, owner)
    following = update_keys.read(made.sealed.encode(), made.passphrase)
    histories.write_version(institution, histories.Ceremony(present, following), owner)
    later = award_to(version, 3)
    assert document_of(later)["proof"][0]["verificationMethod"] == f"{history.did}#key-2"
    for award in (old, new, later):
        assert verify(award).verdict is Verdict.VALID, "also with lists signed anew by the new key"

    api.revoke(new, api.Reason.ISSUED_IN_ERROR, actor=owner)
    assert verify(new).verdict is Verdict.INVALID
    assert verify(later).verdict is Verdict.VALID
    histories.choose(institution, False, owner)
    assert issuer_of(award_to(version, 4)) == institution.did
    assert StatusListPair.objects.count() == 2


def test_the_choice_is_kept_from_the_moment_the_entry_is_reserved(
    institution: Institution, owner: User, draft: Draft, present: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = api.start_batch(draft(cohort_list(3)))
    real = pipeline._prepare

    def chosen_meanwhile(*arguments: Any) -> Any:
        histories.choose(institution, True, owner)
        return real(*arguments)

    monkeypatch.setattr(pipeline, "_prepare", chosen_meanwhile)
    list(pipeline.issue(institution, list(Award.objects.filter(batch=batch).values_list("pk", flat=True))))
    awards = list(api.Award.objects.filter(batch=batch))
    assert {award.state for award in awards} == {"issued"}
    assert {issuer_of(award) for award in awards} == {institution.did}
    assert verify(awards[0]).verdict is Verdict.VALID


def test_a_correction_bears_the_identifier_of_its_own_day(
    institution: Institution, owner: User, version: AchievementVersion, present: Any
) -> None:
    old = award_to(version, 1)
    histories.choose(institution, True, owner)
    new = api.correct(old, ADA, actor=owner)
    run_pending()
    fresh = api.award_by_public_id(new.public_id)
    assert fresh is not None
    assert issuer_of(fresh).startswith("did:webvh:")
    assert verify(fresh).verdict is Verdict.VALID


def end(how: str, institution: Institution, owner: User, present: Any) -> None:
    if how == "end":
        histories.end(institution, present, owner)
    else:
        histories.abandon(institution, owner)


@pytest.mark.parametrize("how", ["end", "abandon"])
@pytest.mark.parametrize("step", ["_prepare", "sign_made"])
def test_what_waits_for_its_signature_under_an_identifier_that_ends_begins_again(
    institution: Institution,
    owner: User,
    version: AchievementVersion,
    present: Any,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    step: str,
) -> None:
    """No verifier takes a key from the ended one: it would be refused by everybody from the first day."""
    histories.choose(institution, True, owner)

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, step, crash)
        with pytest.raises(KeyboardInterrupt):
            api.award_one(version, ADA)
    end(how, institution, owner, present)
    rotate(institution, owner)
    run_pending()
    begun_again(institution)


@pytest.mark.parametrize("how", ["end", "abandon"])
def test_an_identifier_that_ends_while_a_cohort_is_being_signed(
    institution: Institution, owner: User, draft: Draft, present: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    histories.choose(institution, True, owner)
    batch = api.start_batch(draft(cohort_list(1)))
    real, ended = pipeline.sign_made, []

    def slow(*arguments: Any) -> None:
        real(*arguments)
        if not ended:
            ended.append(end(how, institution, owner, present))

    monkeypatch.setattr(pipeline, "sign_made", slow)
    run_pending()
    batch.refresh_from_db()
    assert batch.state == "finished"
    begun_again(institution)


def begun_again(institution: Institution) -> None:
    """The one award is issued, under the identifier that is left, and holds."""
    award = Award.objects.get()
    assert issuer_of(award) == institution.did
    assert verify(award).verdict is Verdict.VALID
    for action in ("award.identifier_changed", "award.issued"):
        assert entries(institution, action=action).count() == 1

"""The pages of revocations, as a browser without JavaScript uses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from tests.standing import standing

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, Revocation, StatusChange
from testamur_site.issuing.revocations import services
from testamur_site.issuing.revocations.forms import NumberForm
from testamur_site.issuing.revocations.rules import Objection

from .conftest import ADA

Browser = Callable[..., Client]
HERE = "/staff/han-river/revocations/"
WHY = {"reason": "key_compromise", "note": "The key was copied.", "evidence": "Incident 2026/7"}
COHORT = WHY | {"micro_credential": "", "key": "key-1", "issued_from": "", "issued_until": "", "afterwards": "nothing"}


@pytest.fixture
@standing
def second(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("second@han-river.example", "Sora Second")
    add_member(institution, user, "issuer", actor=None)
    return user


@pytest.fixture
def browser(client_for: Browser, issuer: User) -> Client:
    return client_for(issuer)


@pytest.fixture
@standing
def awards(version: AchievementVersion, institution: Institution) -> list[Award]:
    with tenant(institution):
        return [api.award_one(version, replace(ADA, email=f"learner{n}@example.org")) for n in range(3)]


@pytest.fixture
@standing
def four_eyes(institution: Institution, owner: User) -> None:
    services.change_rules(institution, single=True, cohort=True, actor=owner)


def text(response: Any) -> str:
    return response.content.decode()


def states(institution: Institution) -> list[str]:
    with tenant(institution):
        return sorted(Award.objects.values_list("state", flat=True))


def revocation(institution: Institution) -> Revocation:
    with tenant(institution):
        return Revocation.objects.get()


def page_of(institution: Institution) -> str:
    return f"{HERE}{revocation(institution).public_id}/"


def test_a_cohort_is_revoked_by_writing_its_number(
    browser: Client, awards: list[Award], institution: Institution
) -> None:
    assert "No revocations yet" in text(browser.get(HERE))
    assert "key-1" in text(browser.get(f"{HERE}new"))
    preview = browser.post(f"{HERE}new", COHORT)
    assert preview.status_code == 200
    assert "3 credentials would be revoked" in text(preview)
    assert "Incident 2026/7" in text(preview)
    wrong = browser.post(f"{HERE}new", COHORT | {"confirm": "1", "number": "2"})
    assert wrong.status_code == 422
    assert "not the number" in text(wrong)
    edit = browser.post(f"{HERE}new", COHORT | {"edit": "1", "number": ""})
    assert "The key was copied." in text(edit)
    assert states(institution) == ["issued"] * 3
    done = browser.post(f"{HERE}new", COHORT | {"confirm": "1", "number": "3"}, follow=True)
    assert "In progress" in text(done)
    run_pending()
    assert states(institution) == ["revoked"] * 3
    assert "Done" in text(browser.get(page_of(institution)))
    assert "Many credentials" in text(browser.get(HERE))


def test_a_large_number_may_be_written_as_it_stands_above(
    browser: Client, awards: list[Award], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("testamur_site.issuing.views.revocations.queries.concerned", lambda _scope: 7060)
    assert "7,060 credentials would be revoked" in text(browser.post(f"{HERE}new", COHORT))
    for written in ("7,060", " 7 060 ", "7060"):
        form = NumberForm({"number": written})
        assert form.is_valid()
        assert form.cleaned_data["number"] == 7060
    for written in ("7,06O", "7.060", "", ","):
        assert not NumberForm({"number": written}).is_valid()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": ""}, "everything would be revoked"),
        ({"key": "key-7"}, "key-7"),
        ({"reason": ""}, "required"),
        ({"issued_from": "2026-05-02", "issued_until": "2026-05-01"}, "before the first"),
        ({"issued_until": "2020-01-01"}, "No credential"),
        ({"issued_from": "x"}, "valid date"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    browser: Client, awards: list[Award], institution: Institution, change: dict[str, str], words: str
) -> None:
    answer = browser.post(f"{HERE}new", COHORT | change | {"confirm": "1", "number": "3"})
    assert answer.status_code == 422
    assert words in text(answer)
    assert states(institution) == ["issued"] * 3


@pytest.mark.usefixtures("four_eyes")
def test_two_people_revoke_one_credential(
    browser: Client, client_for: Browser, second: User, awards: list[Award], institution: Institution
) -> None:
    award = f"/staff/han-river/awards/{awards[0].public_id}"
    assert "second person has approved" in text(browser.get(f"{award}/revoke"))
    proposed = browser.post(f"{award}/revoke", WHY, follow=True)
    assert "Waits for a second person" in text(proposed)
    assert "Its revocation is proposed" in text(browser.get(f"{award}/"))
    here = page_of(institution)
    refused = browser.post(f"{here}approve", follow=True)
    assert "nobody judges their own" in text(refused)
    assert states(institution) == ["issued"] * 3
    other = client_for(second)
    assert "Approve: revoke 1 credential" in text(other.get(here))
    approved = other.post(f"{here}approve", follow=True)
    assert "Done" in text(approved)
    assert states(institution) == ["issued", "issued", "revoked"]
    page = text(browser.get(f"{award}/"))
    for said in ("A signing key was compromised", "Incident 2026/7", "Sora Second", "being recorded in the public log"):
        assert said in page
    run_pending()
    assert "of the log of" in text(browser.get(f"{award}/"))


@pytest.mark.usefixtures("four_eyes")
def test_a_proposal_is_declined_with_a_reason_or_taken_back(
    browser: Client, client_for: Browser, second: User, awards: list[Award], institution: Institution
) -> None:
    browser.post(f"{HERE}new", COHORT | {"confirm": "1", "number": "3"})
    here, other = page_of(institution), client_for(second)
    assert other.post(f"{here}decline", {"note": ""}).status_code == 422
    assert "The key was changed in time." in text(
        other.post(f"{here}decline", {"note": "The key was changed in time."}, follow=True)
    )
    assert "not possible any more" in text(browser.post(f"{here}withdraw", follow=True))
    assert states(institution) == ["issued"] * 3


def test_a_running_one_is_stopped_and_carried_on(
    browser: Client, awards: list[Award], institution: Institution
) -> None:
    browser.post(f"{HERE}new", COHORT | {"confirm": "1", "number": "3"})
    here = page_of(institution)
    assert "Carry on" not in text(browser.get(here)), "its job waits"
    assert 'data-refresh="3"' in text(browser.get(here))
    assert "It goes on." in text(browser.post(f"{here}carry-on", follow=True))
    assert "Nothing more is revoked." in text(browser.post(f"{here}stop", follow=True))
    run_pending()
    assert states(institution) == ["issued"] * 3
    assert "data-refresh" not in text(browser.get(here))


@pytest.mark.usefixtures("four_eyes")
def test_a_batch_is_proposed_to_be_undone(browser: Client, draft: Any, institution: Institution) -> None:
    with tenant(institution):
        batch = api.start_batch(draft(b"Name,Email,Award date\r\nAda,ada@example.org,2026-03-05\r\n"))
        run_pending()
    address = f"/staff/han-river/batches/{batch.public_id}/undo"
    assert "Propose to undo the whole batch?" in text(browser.get(address))
    assert "Waits for a second person" in text(browser.post(address, WHY, follow=True))
    assert states(institution) == ["issued"]


def test_the_rules_are_the_owners(browser: Client, client_for: Browser, owner: User, institution: Institution) -> None:
    assert browser.get(f"{HERE}rules").status_code == 403
    by_owner = client_for(owner)
    saved = by_owner.post(f"{HERE}rules", {"second_person_cohort": "on"}, follow=True)
    assert "Saved." in text(saved)
    assert text(saved).count("checked") == 1


def test_an_objection_is_written_down_answered_and_followed(
    browser: Client, client_for: Browser, second: User, awards: list[Award], institution: Institution, issuer: User
) -> None:
    with tenant(institution):
        api.revoke(awards[0], api.Reason.ACADEMIC_MISCONDUCT, actor=issuer)
        change = StatusChange.objects.get()
    award = f"/staff/han-river/awards/{awards[0].public_id}"
    here = f"{award}/changes/{change.public_id}"
    assert here in text(browser.get(f"{award}/"))
    assert browser.post(here, {"note": ""}).status_code == 422
    assert "The objection is written down." in text(browser.post(here, {"note": "It was not me."}, follow=True))
    own = browser.post(here, {"outcome": "upheld", "note": "x"}, follow=True)
    assert "nobody judges their own" in text(own)
    other = client_for(second)
    assert "It was not me." in text(other.get(here))
    assert "Objection upheld" in text(other.post(here, {"outcome": "upheld", "note": "Right."}, follow=True))
    assert "Award anew" in text(browser.get(here))
    browser.post(f"{here}/award-anew", follow=True)
    assert "To the credential that was awarded anew" in text(browser.get(here))
    assert states(institution) == ["issued", "issued", "issued", "revoked"]
    with tenant(institution):
        assert StatusChange.objects.get(pk=change.pk).objection == Objection.UPHELD


def test_a_credential_is_signed_anew(browser: Client, awards: list[Award], institution: Institution) -> None:
    here = f"/staff/han-river/awards/{awards[0].public_id}/reissue"
    assert "Sign this credential anew?" in text(browser.get(here))
    assert "The credential is signed anew." in text(browser.post(here, follow=True))
    assert states(institution) == ["issued", "issued", "issued", "superseded"]
    assert "not possible any more" in text(browser.post(here, follow=True))


def test_what_is_not_there(browser: Client, awards: list[Award]) -> None:
    award = f"/staff/han-river/awards/{awards[0].public_id}"
    for address in (f"{HERE}nothing/", f"{award}/changes/nothing"):
        assert browser.get(address).status_code == 404
    assert browser.get(f"{HERE}nothing/approve").status_code == 405


@pytest.mark.usefixtures("four_eyes")
def test_the_pages_in_korean(
    browser: Client, client_for: Browser, owner: User, awards: list[Award], institution: Institution
) -> None:
    browser.post(f"{HERE}new", COHORT | {"confirm": "1", "number": "3"})
    korean = {"headers": {"Accept-Language": "ko"}}
    for address, said in (
        (HERE, "취소 내역"),
        (f"{HERE}new", "여러 건 취소"),
        (page_of(institution), "다른 사람의 승인"),
    ):
        assert said in text(browser.get(address, **korean)), address
    assert "취소 규칙" in text(client_for(owner).get(f"{HERE}rules", **korean))

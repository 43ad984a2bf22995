"""Four eyes: what one proposes another carries out, once, in time, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from tests.standing import aside, standing

from testamur_site.foundation.accounts.api import User, add_member, remove_member, set_role
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys import services as keys
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.keys.proposals import carrying_out, queries, rules, services
from testamur_site.foundation.keys.proposals.models import KeyProposal
from testamur_site.foundation.keys.proposals.services import ProposalRefused
from testamur_site.foundation.tenancy.api import Institution, membership_of, tenant

pytestmark = pytest.mark.django_db
State = KeyProposal.State
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
@aside
def key_file(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"


@pytest.fixture
@standing
def second(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("second@han-river.example", "Sam Second")
    add_member(institution, user, "owner", actor=None)
    return user


def proposed(institution: Institution, actor: User, **options: Any) -> KeyProposal:
    return carrying_out.propose_rotation(institution, actor, reason=options.get("reason", "Once a year."))


def later(one: KeyProposal, by: timedelta) -> None:
    """Time goes by: the proposal was made earlier."""
    with tenant(one.institution):
        KeyProposal.objects.filter(pk=one.pk).update(proposed_at=one.proposed_at - by, expires_at=one.expires_at - by)


def state(one: KeyProposal) -> str:
    with tenant(one.institution):
        return KeyProposal.objects.get(pk=one.pk).state


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(ProposalRefused) as caught:
        call()
    return caught.value.code


# --- the rules ---------------------------------------------------------------------------------------------------------------


def facts(**changed: Any) -> rules.Facts:
    given = {
        "proposed_at": NOW,
        "expires_at": NOW + 72 * HOUR,
        "own": False,
        "urgent": False,
        "since": None,
        "others": True,
        "somebody_left": None,
    }
    return rules.Facts(**{**given, **changed})


@pytest.mark.parametrize(
    ("changed", "after", "expected"),
    [
        ({}, 0, ""),
        ({}, 71, ""),
        ({}, 72, "expired"),
        ({"own": True}, 1, "own"),
        ({"own": True, "urgent": True}, 1, "own"),
        ({"since": NOW + HOUR}, 2, "too_new"),
        ({"since": NOW - HOUR}, 2, ""),
        ({"own": True, "others": False}, 23, "too_early"),
        ({"own": True, "others": False}, 24, ""),
        ({"own": True, "others": False, "urgent": True}, 0, ""),
        ({"own": True, "others": False, "somebody_left": NOW - 10 * HOUR}, 61, "too_early"),
        ({"own": True, "others": False, "somebody_left": NOW - 10 * HOUR}, 62, ""),
        ({"own": True, "others": False, "somebody_left": NOW - 60 * HOUR}, 24, ""),
        ({"own": True, "others": False, "urgent": True, "expires_at": NOW}, 0, "expired"),
    ],
)
def test_who_may_carry_it_out_and_when(changed: dict[str, Any], after: int, expected: str) -> None:
    assert rules.refusal(facts(**changed), NOW + after * HOUR) == expected


# --- two people --------------------------------------------------------------------------------------------------------------


def test_what_one_proposes_another_carries_out(institution: Institution, owner: User, second: User) -> None:
    one = proposed(institution, owner)
    assert refused(lambda: carrying_out.carry_out(institution, one, owner)) == "own"
    assert signing_key(institution).key_id == "key-1"
    carrying_out.carry_out(institution, one, second)
    assert signing_key(institution).key_id == "key-2"
    written = [(entry.action, entry.actor) for entry in entries(institution)[:3]]
    assert written == [
        ("key.rotated", second.public_id),
        ("key_proposal.carried_out", second.public_id),
        ("key_proposal.made", owner.public_id),
    ]
    assert entries(institution, action="key_proposal.carried_out")[0].facts["alone"] is False


def test_it_is_carried_out_once(institution: Institution, owner: User, second: User) -> None:
    one = proposed(institution, owner)
    carrying_out.carry_out(institution, one, second)
    assert refused(lambda: carrying_out.carry_out(institution, one, second)) == "closed"
    assert signing_key(institution).key_id == "key-2"


def test_one_proposal_of_a_kind_is_open_at_a_time(institution: Institution, owner: User, second: User) -> None:
    one = proposed(institution, owner)
    assert refused(lambda: proposed(institution, second)) == "open"
    services.close(institution, one.public_id, second, note="Not now.")
    assert state(one) == State.DECLINED
    again = proposed(institution, second)
    services.close(institution, again.public_id, second)
    assert state(again) == State.CANCELLED


def test_without_a_reason_nothing_is_proposed(institution: Institution, owner: User) -> None:
    assert refused(lambda: proposed(institution, owner, reason="  ")) == "reason"


def test_what_is_not_carried_out_in_time_expires(institution: Institution, owner: User, second: User) -> None:
    one = proposed(institution, owner)
    later(one, 72 * HOUR)
    assert refused(lambda: carrying_out.carry_out(institution, one, second)) == "expired"
    assert proposed(institution, owner).pk != one.pk, "an expired one is in nobody's way"
    assert state(one) == State.EXPIRED
    assert entries(institution, action="key_proposal.expired")[0].target == one.public_id


def test_somebody_let_in_for_it_does_not_count(
    institution: Institution, owner: User, second: User, designer: User, make_user: Callable[..., User]
) -> None:
    one = proposed(institution, owner)
    accomplice = make_user("accomplice@han-river.example")
    add_member(institution, accomplice, "owner", actor=owner)
    assert refused(lambda: carrying_out.carry_out(institution, one, accomplice)) == "too_new"
    promoted = membership_of(designer, institution)
    assert promoted is not None
    set_role(institution, promoted, "owner", actor=owner)
    assert refused(lambda: carrying_out.carry_out(institution, one, designer)) == "too_new"
    carrying_out.carry_out(institution, one, second)


def test_a_proposal_of_another_institution_is_not_there(
    institution: Institution, other_institution: Institution, owner: User, second: User, outsider: User
) -> None:
    one = proposed(institution, owner)
    assert queries.proposal(other_institution, one.public_id) is None
    assert refused(lambda: services.take(other_institution, one.public_id, "rotate", outsider)) == "closed"
    assert refused(lambda: services.take(institution, one.public_id, "withdraw", second)) == "closed"


def test_where_carrying_out_fails_it_is_open_as_before(
    institution: Institution, owner: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the process is killed between the two: one transaction, both or neither."""
    one = proposed(institution, owner)

    def fails(*_: Any) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(carrying_out.services, "rotate", fails)
    with pytest.raises(RuntimeError, match="killed"):
        carrying_out.carry_out(institution, one, second)
    monkeypatch.undo()
    assert state(one) == State.OPEN
    assert not entries(institution, action="key_proposal.carried_out")
    carrying_out.carry_out(institution, one, second)


# --- one person --------------------------------------------------------------------------------------------------------------


def test_alone_one_waits_a_day_and_it_is_kept(institution: Institution, owner: User) -> None:
    one = proposed(institution, owner)
    assert refused(lambda: carrying_out.carry_out(institution, one, owner)) == "too_early"
    later(one, 24 * HOUR)
    carrying_out.carry_out(institution, one, owner)
    assert signing_key(institution).key_id == "key-2"
    assert entries(institution, action="key_proposal.carried_out")[0].facts["alone"] is True


def test_nobody_is_alone_by_removing_the_others(institution: Institution, owner: User, second: User) -> None:
    gone = membership_of(second, institution)
    assert gone is not None
    remove_member(institution, gone, actor=owner)
    one = proposed(institution, owner)
    later(one, 25 * HOUR)
    with tenant(institution):
        one.refresh_from_db()
    assert refused(lambda: carrying_out.carry_out(institution, one, owner)) == "too_early"
    earliest = queries.alone_from(one)
    assert earliest is not None
    assert timedelta(hours=71) < earliest - datetime.now(UTC) <= timedelta(hours=72)


def test_the_second_person_may_go_while_it_waits(institution: Institution, owner: User, second: User) -> None:
    one = proposed(institution, owner)
    gone = membership_of(second, institution)
    assert gone is not None
    remove_member(institution, gone, actor=owner)
    assert refused(lambda: carrying_out.carry_out(institution, one, owner)) == "too_early"
    later(one, 71 * HOUR)
    assert refused(lambda: carrying_out.carry_out(institution, one, owner)) == "too_early"


# --- mail and pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_others_are_told(institution: Institution, owner: User, second: User, language: str) -> None:
    User.objects.filter(pk=second.pk).update(language=language)
    one = proposed(institution, owner)
    run_pending()
    (told,) = mail.outbox
    assert told.to == [second.email]
    assert f"/staff/han-river/keys/proposals/{one.public_id}" in told.body
    assert "Once a year." in told.body
    assert ("제안" in told.body) == (language == "ko")
    carrying_out.carry_out(institution, one, second)
    run_pending()
    assert mail.outbox[-1].to == [owner.email]


def test_who_acts_alone_is_seen_by_the_institution(institution: Institution, owner: User) -> None:
    one = proposed(institution, owner)
    later(one, 24 * HOUR)
    carrying_out.carry_out(institution, one, owner)
    run_pending()
    assert [message.to for message in mail.outbox] == [[institution.email]]


def test_the_pages_lead_from_one_person_to_the_other(
    institution: Institution, owner: User, second: User, client_for: Callable[[User], Client]
) -> None:
    first, other = client_for(owner), client_for(second)
    answer = first.post("/staff/han-river/keys/rotate", {"reason": "Once a year."})
    address = answer["Location"]
    mine = first.get(address).content.decode()
    assert "You proposed this yourself" in mine
    assert '<button class="button primary"' not in mine
    assert first.post(address).status_code == 422
    listed = other.get("/staff/han-river/keys").content.decode()
    assert address in listed
    assert "Olivia Owner" in listed
    page = other.post(address, follow=True).content.decode()
    assert "Carried out: Make a new signing key." in page
    assert signing_key(institution).key_id == "key-2"
    assert other.post(address).status_code == 422
    assert other.get(f"{address}/close").status_code == 404


def test_it_is_declined_on_the_page(
    institution: Institution, owner: User, second: User, client_for: Callable[[User], Client]
) -> None:
    one = proposed(institution, owner)
    address = f"/staff/han-river/keys/proposals/{one.public_id}"
    other = client_for(second)
    assert "Decline this proposal?" in other.get(f"{address}/close").content.decode()
    page = other.post(f"{address}/close", {"note": "The stick was found."}, follow=True).content.decode()
    assert "The stick was found." in page
    assert signing_key(institution).key_id == "key-1"


def test_a_withdrawal_that_came_too_late_leaves_the_proposal_open(
    institution: Institution, owner: User, second: User
) -> None:
    keys.rotate(institution, owner)
    one = carrying_out.propose_withdrawal(institution, "key-1", owner, reason="Lost.")
    keys.withdraw(institution, "key-1", owner)
    assert refused(lambda: carrying_out.carry_out(institution, one, second)) == "gone"
    assert state(one) == State.OPEN
    assert refused(lambda: carrying_out.propose_withdrawal(institution, "key-1", owner, reason="Lost.")) == "gone"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_once_one_carries_it_out(
    institution: Institution, owner: User, second: User, make_user: Callable[..., User]
) -> None:
    third = make_user("third@han-river.example")
    add_member(institution, third, "owner", actor=None)
    one = proposed(institution, owner)
    with tenant(institution):
        KeyProposal.objects.filter(pk=one.pk).update(proposed_at=one.proposed_at + timedelta(seconds=1))
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def press(person: User) -> None:
        try:
            ready.wait(10)
            with transaction.atomic():
                carrying_out.carry_out(institution, one, person)
            outcomes.append("done")
        except ProposalRefused as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(person,)) for person in (second, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["closed", "done"]
    assert signing_key(institution).key_id == "key-2"

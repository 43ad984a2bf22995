"""Renewing, looking at renewals, reminders and lapse; the refresh service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.site.pathways.conftest import publish

from testamur import strict_json
from testamur.verification import Verdict
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.audit.models import AuditEntry
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.mail.api import Message
from testamur_site.foundation.signing.desk import Desk
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing import api as issuing
from testamur_site.issuing.models import Award
from testamur_site.issuing.services.awards import same
from testamur_site.renewal import api as renewal
from testamur_site.renewal import services
from testamur_site.renewal.models import Cycle, Renewal
from testamur_site.renewal.services import asking
from testamur_site.verification.api import verify_document
from testamur_site.wallet.api import deposits_of
from testamur_site.wallet.models import Deposit

from .conftest import TERMS, in_days

Make = Callable[..., Any]
ALL = (("category-1", 10), ("other", 20))


def fresh(one: Renewal) -> Renewal:
    with unscoped("a test looks"):
        return Renewal.objects.select_related(
            "institution", "cycle", "award", "award__version", "award__institution", "holder", "successor"
        ).get(pk=one.pk)


def mails(what: str) -> list[str]:
    with unscoped("a test looks"):
        return [
            f"{one.to}\n{one.subject}\n{one.text}" for one in Message.objects.filter(template=f"renewal/mail/{what}")
        ]


def share(version: AchievementVersion, percent: int) -> None:
    with tenant(version.institution):
        Cycle.objects.filter(version=version).update(audit_share=percent)


def test_a_renewal_is_a_successor(renewing: Make, institution: Institution) -> None:
    one = renewing(60, *ALL)
    renewed = renewal.ask(one)
    run_pending()
    assert renewed.state == "renewed"
    successor = renewed.successor
    assert successor is not None
    with tenant(institution):
        old = Award.objects.get(pk=one.award_id)
        new = Award.objects.get(pk=successor.pk)
    assert (old.state, new.state) == ("superseded", "issued")
    assert new.awarded_date == old.awarded_date
    assert old.valid_until is not None
    assert new.valid_until is not None
    assert (new.valid_until.year, new.valid_until.month) == (old.valid_until.year + 3, old.valid_until.month)
    assert verify_document(issuing.credential_bytes(new)).verdict is Verdict.VALID
    # The list says that it fell; whoever asks its refresh service is told what took its place.
    refreshed = verify_document(issuing.credential_bytes(old))
    assert (refreshed.verdict, refreshed.subject["id"]) == (Verdict.VALID, renewed.successor.url)
    services.set_refreshing(one, False)
    assert verify_document(issuing.credential_bytes(old)).verdict is Verdict.INVALID
    again = renewal.ask(one)
    assert again.successor == successor
    assert services.carry_out(fresh(one)).successor == successor
    with tenant(institution):
        actions = set(AuditEntry.objects.filter(target=f"renewal:{one.public_id}").values_list("action", flat=True))
    assert actions == {"renewal.asked", "renewal.renewed"}
    mine = [deposit for deposit in deposits_of(one.holder) if deposit.award_id == new.pk]
    following = renewal.begin(mine[0])
    assert following is not None
    assert following.begins == in_days(1)
    assert not renewal.progress_of(following).holds


def test_something_is_open(renewing: Make, institution: Institution) -> None:
    one = renewing(60, ("other", 40))
    with pytest.raises(renewal.NotDone):
        renewal.ask(one)
    assert fresh(one).state == "open"
    with tenant(institution):
        assert Award.objects.count() == 1


@pytest.mark.parametrize(("days", "state"), [(181, "early"), (-91, "over")])
def test_not_the_time(renewing: Make, days: int, state: str) -> None:
    one = renewing(60, *ALL)
    with pytest.raises(renewal.WrongState) as refused:
        renewal.ask(one, today=one.ends - timedelta(days=days))
    assert refused.value.facts == {"state": state}


def test_in_its_days_of_grace_it_is_renewed_from_its_old_end(renewing: Make) -> None:
    one = renewing(60, *ALL)
    renewed = renewal.ask(one, today=one.ends + timedelta(days=10))
    assert not renewed.reinstated
    assert renewed.successor is not None
    assert renewed.successor.valid_until is not None
    assert renewed.successor.valid_until.date() == one.ends.replace(year=one.ends.year + 3)


def test_a_reinstatement_asks_for_more_is_looked_at_and_begins_anew(renewing: Make, issuer: User) -> None:
    one = renewing(60, *ALL)
    late = one.ends + timedelta(days=40)
    with pytest.raises(renewal.NotDone):
        renewal.ask(one, today=late)
    renewal.add_activity(one, name="More", category="other", amount=Decimal(5), on=date(2025, 6, 6))
    assert renewal.ask(one, today=late).state == "audit"
    accepted = renewal.accept(one, actor=issuer)
    assert accepted.state == "renewed"
    assert accepted.successor is not None
    assert accepted.successor.valid_until is not None
    today = in_days(0)
    assert accepted.successor.valid_until.date() == today.replace(year=today.year + 3)


def test_what_was_drawn_waits_for_staff(renewing: Make, version: AchievementVersion, issuer: User) -> None:
    share(version, 100)
    one = renewing(60, *ALL)
    assert renewal.ask(fresh(one)).state == "audit"
    assert renewal.ask(fresh(one)).state == "audit"
    with pytest.raises(renewal.WrongState):
        renewal.add_activity(one, name="Late", category="other", amount=Decimal(1), on=date(2025, 1, 1))
    with tenant(one.institution):
        ethics = one.activities.get(category="category-1")
    refused = renewal.refuse(one, actor=issuer, reason="No certificate.", activities=[ethics.public_id])
    assert (refused.state, refused.reason) == ("open", "No certificate.")
    assert "No certificate." in mails("refused")[0]
    assert [line.missing for line in renewal.progress_of(refused).lines] == [10, 10]
    with pytest.raises(renewal.WrongState):
        renewal.accept(one, actor=issuer)
    renewal.add_activity(one, name="Ethics again", category="category-1", amount=Decimal(10), on=date(2025, 7, 7))
    assert renewal.ask(fresh(one)).state == "audit"
    assert renewal.accept(one, actor=issuer).state == "renewed"
    with pytest.raises(renewal.WrongState):
        renewal.refuse(one, actor=issuer, reason="Too late.")


def test_whoever_was_killed_is_followed_by_the_job(renewing: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    one = renewing(60, *ALL)
    with monkeypatch.context() as killed:
        killed.setattr(asking, "carry_out", lambda found: found)
        assert renewal.ask(one).state == "asked"
    run_pending()
    assert fresh(one).state == "renewed"


def test_what_was_revoked_is_not_renewed(renewing: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    one = renewing(60, *ALL)
    with monkeypatch.context() as killed:
        killed.setattr(asking, "carry_out", lambda found: found)
        renewal.ask(one)
    issuing.revoke(one.award, issuing.Reason.ADMINISTRATIVE)
    run_pending()
    assert (fresh(one).state, fresh(one).successor) == ("closed", None)


def test_a_credential_of_the_wallet_counts_while_it_stands(
    renewing: Make, other_institution: Institution, held_until: Make
) -> None:
    one = renewing(60, ("other", 20))
    course = publish(other_institution, "Ethics in practice")
    with tenant(other_institution):
        data = issuing.AwardData(name="김미나", email="mina@example.org", awarded_date=date(2025, 9, 1))
        made = issuing.award_one(course, data)
    run_pending()
    with tenant(other_institution):
        deposit = Deposit.objects.select_related("award", "award__version").get(award=made)
    with pytest.raises(renewal.WrongState):
        renewal.count_credential(one, held_until(in_days(50), "other@example.org"), category="other", amount=Decimal(1))
    from testamur_site.wallet import services as wallet

    wallet.claim(deposit, "en")
    (deposit,) = [each for each in deposits_of(one.holder) if each.award_id == made.pk]
    counted = renewal.count_credential(one, deposit, category="category-1", amount=Decimal(10))
    assert renewal.count_credential(one, deposit, category="category-1", amount=Decimal(10)) == counted
    assert counted.on == date(2025, 9, 1)
    assert renewal.progress_of(one).holds
    issuing.revoke(made, issuing.Reason.ADMINISTRATIVE)
    assert not renewal.progress_of(one).holds


def test_reminders_grace_and_lapse_are_told_once(renewing: Make, institution: Institution) -> None:
    one = renewing(100)
    for days in (100, 91):
        list(services.look_at_all(one.ends - timedelta(days=days)))
    assert mails("reminder") == []
    for days in (90, 89, 30, 29, 7, 6, 0):
        list(services.look_at_all(one.ends - timedelta(days=days)))
        list(services.look_at_all(one.ends - timedelta(days=days)))
    assert len(mails("reminder")) == 3
    assert sum("ends in 90 days" in one for one in mails("reminder")) == 1
    for days in (1, 30, 31, 90):
        list(services.look_at_all(one.ends + timedelta(days=days)))
    assert len(mails("grace")) == 2
    assert fresh(one).state == "open"
    for _ in range(2):
        list(services.look_at_all(one.ends + timedelta(days=91)))
    assert fresh(one).state == "lapsed"
    assert len(mails("lapsed")) == 1
    with tenant(institution):
        assert AuditEntry.objects.filter(action="renewal.lapsed").count() == 1


def test_what_needs_no_renewal_has_none(
    held_until: Make, institution: Institution, version: AchievementVersion
) -> None:
    plain = publish(institution, "No cycle", validity="P1Y")
    with tenant(institution):
        data = issuing.AwardData("A", "a@example.org", date(2026, 1, 1), date(2027, 1, 1))
        made = issuing.award_one(plain, data)
    run_pending()
    assert made.refresh_token == ""
    assert "refreshService" not in strict_json.loads(issuing.credential_bytes(made))
    with tenant(institution):
        deposit = Deposit.objects.select_related("award", "holder").get(award=made)
    assert renewal.begin(deposit) is None
    assert held_until
    assert version.pk


def test_a_cycle_is_fixed_by_the_first_award(version: AchievementVersion, held_until: Make) -> None:
    renewal.set_cycle(version, replace(TERMS, total=Decimal(40)))
    held_until(in_days(60))
    with pytest.raises(renewal.CycleFixed):
        renewal.set_cycle(version, TERMS)
    endless = publish(version.institution, "For ever", validity="")
    with pytest.raises(renewal.NeverEnds):
        renewal.set_cycle(endless, TERMS)


def test_the_refresh_service_answers_with_the_newest_copy(renewing: Make, wallet_of: Make) -> None:
    one = renewing(60, *ALL)
    document = strict_json.loads(issuing.credential_bytes(one.award))
    service = document["refreshService"]
    assert service["type"] == "1EdTechCredentialRefresh"
    path = service["id"].removeprefix("http://localhost:8000")
    assert path == reverse("renewal:refresh", args=[one.award.refresh_token])
    answer = Client().get(path)
    assert strict_json.loads(answer.content)["id"] == one.award.url
    assert "no-store" in answer["Cache-Control"]
    report = verify_document(issuing.credential_bytes(one.award))
    assert report.verdict is Verdict.VALID
    assert "refresh.used" in {check.code for check in report.checks}
    renewed = renewal.ask(one)
    assert renewed.successor is not None
    assert strict_json.loads(Client().get(path).content)["id"] == renewed.successor.url
    services.set_refreshing(one, False)
    assert Client().get(path).status_code == 403
    assert wallet_of(one.holder).get(path).status_code == 200
    assert Client().get(reverse("renewal:refresh", args=["nothing"])).status_code == 404


def test_whoever_refreshes_a_renewed_credential_sees_its_successor(renewing: Make) -> None:
    one = renewing(60, *ALL)
    old = issuing.credential_bytes(one.award)
    renewed = renewal.ask(one)
    run_pending()
    assert renewed.successor is not None
    services_named = [
        strict_json.loads(each)["refreshService"] for each in (old, issuing.credential_bytes(renewed.successor))
    ]
    assert services_named[0] == services_named[1]
    report = verify_document(old)
    said = next(check for check in report.checks if check.name == "refresh")
    assert (report.verdict, said.code) == (Verdict.VALID, "refresh.successor")
    assert (said.facts["before"], said.facts["after"]) == (one.award.url, renewed.successor.url)
    assert report.subject["id"] == renewed.successor.url
    assert "refresh.used" in {
        check.code for check in verify_document(issuing.credential_bytes(renewed.successor)).checks
    }


def test_a_corrected_address_leads_to_nobody_else_s_credential(renewing: Make) -> None:
    """The old credential went to the wrong mailbox: its refresh service must not hand out what went to the right one."""
    one = renewing(60, *ALL)
    data = replace(same(one.award), email="another@example.org")
    corrected = issuing.correct(one.award, data)
    run_pending()
    assert corrected.refresh_token not in ("", one.award.refresh_token)
    answer = Client().get(reverse("renewal:refresh", args=[one.award.refresh_token]))
    assert corrected.url not in answer.content.decode()
    assert verify_document(issuing.credential_bytes(one.award)).verdict is Verdict.INVALID


def test_a_holder_s_refusal_holds_for_the_whole_line(renewing: Make) -> None:
    one = renewing(60, *ALL)
    path = reverse("renewal:refresh", args=[one.award.refresh_token])
    services.set_refreshing(one, False)
    renewed = renewal.ask(one)
    run_pending()
    assert renewed.successor is not None
    (fresh,) = [each for each in renewal.renewals(one.holder) if each.award_id == renewed.successor.pk] or [
        renewal.begin(Deposit._base_manager.select_related("award", "holder").get(award=renewed.successor))
    ]
    assert fresh is not None
    assert not fresh.refreshing
    assert Client().get(path).status_code == 403
    services.set_refreshing(fresh, True)
    assert Client().get(path).status_code == 200


def test_the_signing_process_signs_credentials_that_can_be_renewed(desk: Desk, renewing: Make) -> None:
    one = renewing(60, *ALL)
    renewed = renewal.ask(one)
    assert renewed.state == "renewed"
    assert desk

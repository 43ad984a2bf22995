"""The learner's way: a mail, a claim without an account, a wallet entered by a link, a portfolio, and leaving."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from django.core import mail as sent
from django.test import Client

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.audit.models import AuditEntry
from testamur_site.foundation.entry_links.rules import PER_MAILBOX
from testamur_site.foundation.jobs.api import Job, enqueue, run_pending
from testamur_site.foundation.mail.models import Message
from testamur_site.foundation.mail.services import LATER, SOON
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing import api as issuing
from testamur_site.wallet import cohorts, services
from testamur_site.wallet.models import Deposit, Holder, HolderAddress

from .conftest import MINA, fresh

pytestmark = pytest.mark.django_db


def mails() -> list[Message]:
    with unscoped("a test looks at all mail"):
        return list(Message.objects.order_by("pk"))


def claim_path_in_mail(deposit: Deposit) -> str:
    found = re.search(r"http://localhost:8000(/claim/\S+)", sent.outbox[-1].body)
    assert found is not None
    return found[1]


def actions(deposit: Deposit) -> list[str]:
    with tenant(deposit.institution):
        return [
            entry.action
            for entry in AuditEntry.objects.filter(target=f"award:{deposit.award.public_id}").order_by("pk")
        ]


# --- the mail and the claim -----------------------------------------------------------------------------------------------------


def test_the_learner_is_told_once(deposit: Deposit) -> None:
    for _ in range(3):  # a job may be delivered more than once
        enqueue(
            "testamur_site.wallet.jobs.after_issue",
            {"award_ids": [deposit.award.public_id], "event": "issued"},
            institution=deposit.institution,
        )
    run_pending()
    assert len(sent.outbox) == 1
    assert sent.outbox[0].to == ["Mina@Example.org"]
    assert "Han River University" in sent.outbox[0].subject


@pytest.mark.parametrize(("many", "priority"), [(1, LATER), (2, SOON)])
def test_what_a_cohort_is_told_takes_turns_with_other_work(
    deposit: Deposit, monkeypatch: pytest.MonkeyPatch, many: int, priority: int
) -> None:
    run_pending()
    monkeypatch.setattr(cohorts, "MANY", many)
    issuing.revoke(deposit.award, issuing.Reason.ISSUED_IN_ERROR)
    run_pending(queues=["default"])
    with unscoped("a test looks at all jobs"):
        assert [job.priority for job in Job.objects.filter(queue="mail", status="queued")] == [priority]


def test_opening_the_link_changes_nothing(client: Client, deposit: Deposit) -> None:
    response = client.get(claim_path_in_mail(deposit))
    assert response.status_code == 200
    assert "김미나" in response.content.decode()
    assert fresh(deposit).state == "pending"


def test_claiming_without_an_account(client: Client, deposit: Deposit) -> None:
    response = client.post(claim_path_in_mail(deposit), {"answer": "accept"}, follow=True)
    held = fresh(deposit)
    assert (held.state, held.public) == ("claimed", False)
    assert held.holder is not None
    assert response.context["is_holder"], "the browser is let in at once"
    assert "award.claimed" in actions(deposit)
    assert Client().get(f"/c/{deposit.award.public_id}").status_code == 403


def test_claiming_and_publishing_in_one_step(client: Client, deposit: Deposit) -> None:
    client.post(claim_path_in_mail(deposit), {"answer": "publish"})
    assert fresh(deposit).public
    assert Client().get(f"/c/{deposit.award.public_id}").status_code == 200


def test_a_claimed_link_is_no_key_for_ever(client: Client, deposit: Deposit) -> None:
    path = claim_path_in_mail(deposit)
    client.post(path, {"answer": "accept"})
    stranger = Client()
    assert stranger.get(path)["Location"] == "/wallet/enter"
    assert stranger.post(path, {"answer": "publish"})["Location"] == "/wallet/enter"
    assert not fresh(deposit).public


@pytest.mark.parametrize("change", [lambda path: path[:-1], lambda path: path + "x", lambda path: "/claim/abc~def"])
def test_a_link_that_we_did_not_make(client: Client, deposit: Deposit, change: Callable[[str], str]) -> None:
    assert client.get(change(claim_path_in_mail(deposit))).status_code == 404


def test_declining_is_seen_by_the_institution_and_can_be_reconsidered(client: Client, deposit: Deposit) -> None:
    path = claim_path_in_mail(deposit)
    client.post(path, {"answer": "decline"})
    assert fresh(deposit).state == "declined"
    assert "award.declined" in actions(deposit)
    client.post(path, {"answer": "accept"})
    assert fresh(deposit).state == "claimed"


def test_two_awards_of_one_mailbox_are_one_holder(award_to: Callable[..., Deposit]) -> None:
    first = award_to()
    holder = services.claim(first, "en")
    again = issuing.AwardData(name="Mina Kim", email="MINA@example.org", awarded_date=date(2026, 4, 1))
    second = award_to(again, again="a second time")
    assert second.holder == holder, "the second waits in the wallet before its mail is opened"
    assert services.claim(second, "en") == holder
    assert Holder.objects.count() == 1


def test_a_withdrawal_is_told(deposit: Deposit) -> None:
    with tenant(deposit.institution):
        issuing.suspend(deposit.award, issuing.Reason.ADMINISTRATIVE)
    run_pending()
    assert [message.template for message in mails()] == ["wallet/mail/awarded", "wallet/mail/suspended"]
    html = sent.outbox[-1].alternatives[0][0]
    assert "Han River University" in html or "한강대학교" in html


def test_what_was_settled_meanwhile_is_not_told_as_open(deposit: Deposit, institution: Institution) -> None:
    """“This is not a decision”, read after the decision."""
    with tenant(institution):
        issuing.suspend(deposit.award, issuing.Reason.ADMINISTRATIVE)
        issuing.revoke(deposit.award, issuing.Reason.FRAUD_CONFIRMED)
    run_pending()
    assert [message.template for message in mails()] == ["wallet/mail/awarded", "wallet/mail/revoked"]


# --- the wallet -----------------------------------------------------------------------------------------------------------------


def test_entering_by_a_link(client: Client, claimed: Deposit) -> None:
    client.post("/wallet/enter", {"email": " mina@EXAMPLE.org "})
    run_pending()
    path = re.search(r"(/wallet/enter/\S+)", sent.outbox[-1].body)
    assert path is not None
    assert client.get(path[1]).status_code == 200
    assert client.get("/wallet/")["Location"] == "/wallet/enter", "opening the link is not enough: filters open links"
    assert client.post(path[1])["Location"] == "/wallet/"
    assert claimed.award.version.title in client.get("/wallet/").content.decode()
    assert Client().post(path[1]).status_code == 410, "a link works once"


@pytest.mark.parametrize("address", ["mina@straße.example", "\N{KELVIN SIGN}im@strasse.example"])
def test_an_address_that_only_looks_alike_lets_nobody_in(client: Client, claimed: Deposit, address: str) -> None:
    """Somebody else may own the domain that folds to the holder's: neither is a link sent there, nor to the holder at their word."""
    holder = claimed.holder
    assert holder is not None
    for known in ("mina@strasse.example", "kim@strasse.example"):
        HolderAddress.objects.create(holder=holder, email=known)
    before = len(mails())
    client.post("/wallet/enter", {"email": address})
    assert len(mails()) == before


def test_the_link_goes_to_the_proven_mailbox_and_not_to_what_was_typed(client: Client, claimed: Deposit) -> None:
    client.post("/wallet/enter", {"email": "MINA@Example.ORG"})
    assert mails()[-1].to == "mina@example.org"


def test_an_unknown_address_gets_the_same_answer(client: Client, claimed: Deposit) -> None:
    known = client.post("/wallet/enter", {"email": "mina@example.org"})
    unknown = client.post("/wallet/enter", {"email": "nobody@example.org"})
    same = [
        r.content.decode().replace("mina@example.org", "").replace("nobody@example.org", "") for r in (known, unknown)
    ]
    strip = [re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page) for page in same]
    assert strip[0] == strip[1]
    assert len([m for m in mails() if m.template == "wallet/mail/entry"]) == 1


def test_a_mailbox_is_not_flooded(client: Client, claimed: Deposit) -> None:
    for _ in range(9):
        client.post("/wallet/enter", {"email": "mina@example.org"})
    assert len([m for m in mails() if m.template == "wallet/mail/entry"]) == PER_MAILBOX


@pytest.mark.parametrize("path", ["/wallet/", "/wallet/portfolio", "/wallet/export.zip", "/wallet/forget"])
def test_a_strangers_wallet_is_closed(client: Client, claimed: Deposit, path: str) -> None:
    assert client.get(path)["Location"] == "/wallet/enter"


def test_taking_everything_along(holder_client: Client, claimed: Deposit) -> None:
    archive = zipfile.ZipFile(io.BytesIO(holder_client.get("/wallet/export.zip").content))
    assert archive.read(f"{claimed.award.public_id}.json") == issuing.credential_bytes(claimed.award)


# --- the portfolio --------------------------------------------------------------------------------------------------------------


def test_a_portfolio_shows_what_was_published_and_nothing_else(
    client: Client, holder_client: Client, published: Deposit
) -> None:
    holder = published.holder
    assert holder is not None
    path = f"/p/{holder.public_id}"
    assert client.get(path).status_code == 404
    assert holder_client.get(path).status_code == 200
    holder_client.post("/wallet/portfolio", {"name": "Mina K.", "about": "<script>x</script>", "public": "on"})
    page = client.get(path).content.decode()
    assert "Mina K." in page
    assert published.award.version.title in page
    assert "<script>x" not in page
    services.set_public(published, False)
    assert published.award.version.title not in client.get(path).content.decode()


def test_a_name_on_a_portfolio_turns_no_direction(holder_client: Client, claimed: Deposit) -> None:
    answer = holder_client.post("/wallet/portfolio", {"name": "Mina \u202emiK", "public": "on"})
    assert answer.status_code == 422
    holder_client.post("/wallet/portfolio", {"name": "Mina\r\nKim", "public": "on"})
    assert Holder.objects.get(pk=claimed.holder_id).name == "Mina Kim"


def test_leaving_for_good(holder_client: Client, published: Deposit) -> None:
    holder_client.post("/wallet/forget")
    assert not Holder.objects.exists()
    assert not HolderAddress.objects.exists()
    held = fresh(published)
    assert (held.holder, held.public, held.state) == (None, False, "pending")
    assert Client().get(f"/c/{published.award.public_id}").status_code == 403


def test_audit_entries_name_no_person(client: Client, deposit: Deposit) -> None:
    client.post(claim_path_in_mail(deposit), {"answer": "accept"})
    with tenant(deposit.institution):
        written = " ".join(f"{e.action} {e.target} {e.facts}" for e in AuditEntry.objects.all())
    assert MINA.email.lower() not in written.lower()
    assert MINA.name not in written


def test_who_was_never_told_hears_of_no_withdrawal(
    institution: Institution, version: AchievementVersion, mailoutbox: list[object]
) -> None:
    with tenant(institution):
        award = issuing.award_one(version, MINA)
        issuing.revoke(award, issuing.Reason.ISSUED_IN_ERROR)  # undone before the worker came round to the mail
    run_pending()
    assert mailoutbox == []


def test_who_was_told_hears_of_it(deposit: Deposit, mailoutbox: list[object]) -> None:
    before = len(mailoutbox)
    with tenant(deposit.institution):
        issuing.revoke(deposit.award, issuing.Reason.ISSUED_IN_ERROR)
    run_pending()
    assert len(mailoutbox) == before + 1


def test_only_the_holder_reads_why_it_was_revoked_and_how_to_object(
    holder_client: Client, client: Client, published: Deposit
) -> None:
    with tenant(published.institution):
        issuing.revoke(published.award, issuing.Reason.ACADEMIC_MISCONDUCT, note="for us", evidence="File 12")
    address = f"/c/{published.award.public_id}"
    own = holder_client.get(address).content.decode()
    for said in ("Academic misconduct", "object to it", "registry@han-river.example"):
        assert said in own
    stranger = client.get(address).content.decode()
    for unsaid in ("Academic misconduct", "object to it"):
        assert unsaid not in stranger
    assert "for us" not in own
    assert "File 12" not in own

"""How a learner comes in: asking, confirming, waiting, links that work once, and nothing that tells a stranger who learns here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from tests.standing import standing

from testamur_site.catalogue.api import AchievementVersion, Offering
from testamur_site.catalogue.offerings import services as offerings
from testamur_site.enrolment import services
from testamur_site.enrolment.models import Enrolment, Learner
from testamur_site.enrolment.rules import EnrolmentState
from testamur_site.foundation.entry_links.models import EntryLink
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

from . import examples

ASKED = {"name": "김미나", "email": "Mina@Example.org", "language": "ko", "goals": "", "prerequisites": "on"}


def link_to(path: str) -> str:
    """The link with that beginning in the newest mail."""
    run_pending()
    found = re.search(rf"https?://[^/\s]+({path}\S+)", str(mail.outbox[-1].body))
    assert found is not None, mail.outbox[-1].body
    return found[1]


def ask(offering: Offering, client: Client | None = None, **changed: str) -> Any:
    return (client or Client()).post(f"/learn/enrol/{offering.public_id}", ASKED | changed)


def enrolment_of(email: str) -> Enrolment:
    with unscoped("a test looks"):
        return Enrolment.objects.select_related("learner", "institution", "offering").get(learner__email=email)


@pytest.fixture
@standing
def full(version: AchievementVersion) -> Offering:
    """An offering with one seat, which Sean has."""
    offering = examples.open_offering(version, seats=1)
    examples.enrolled(offering, "Sean", "sean@example.org", "en")
    return offering


def test_who_asks_and_confirms_takes_part(offering: Offering) -> None:
    browser = Client()
    assert ask(offering, browser).status_code == 200
    assert enrolment_of("mina@example.org").state == EnrolmentState.APPLIED
    link = link_to("/learn/confirm/")
    assert browser.get(link).status_code == 200
    assert enrolment_of("mina@example.org").state == EnrolmentState.APPLIED, "opening a link changes nothing"
    done = browser.post(link)
    enrolment = enrolment_of("mina@example.org")
    assert (enrolment.state, done.url) == (EnrolmentState.ENROLLED, f"/learn/{enrolment.public_id}/")
    assert browser.get(done.url).status_code == 200
    offering.refresh_from_db()
    assert offering.seats_taken == 1
    assert Client().post(link).status_code == 410, "once"


def test_a_link_that_is_over_confirms_nothing(offering: Offering) -> None:
    ask(offering)
    link = link_to("/learn/confirm/")
    EntryLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().post(link).status_code == 410
    assert enrolment_of("mina@example.org").state == EnrolmentState.APPLIED


def test_the_answer_is_the_same_for_known_and_unknown_addresses(mina: Enrolment) -> None:
    def answer(path: str, **values: str) -> str:
        body = Client().post(path, values).content.decode()
        return re.sub(r"csrfmiddlewaretoken\W+value=.\w+|[\w.]+@example.org", "", body, flags=re.IGNORECASE)

    asking = f"/learn/enrol/{mina.offering.public_id}"
    assert answer(asking, **ASKED) == answer(asking, **(ASKED | {"email": "new@example.org"}))
    assert answer("/learn/enter", email="mina@example.org") == answer("/learn/enter", email="nobody@example.org")


def test_only_a_known_address_gets_a_link_and_it_lets_in_once(mina: Enrolment) -> None:
    run_pending()
    before = len(mail.outbox)
    Client().post("/learn/enter", {"email": "nobody@example.org"})
    run_pending()
    assert len(mail.outbox) == before
    Client().post("/learn/enter?next=/learn/evidence/", {"email": " MINA@example.org "})
    link = link_to("/learn/enter/")
    browser = Client()
    assert browser.post(link).url == "/learn/evidence/"
    assert browser.get("/learn/evidence/").status_code == 200
    assert Client().post(link).status_code == 410


def test_a_link_leads_to_no_other_site(mina: Enrolment) -> None:
    Client().post("/learn/enter?next=//evil.example/learn/", {"email": "mina@example.org"})
    link = link_to("/learn/enter/")
    assert Client().post(f"{link.partition('?')[0]}?next=https://evil.example/learn/").url == "/learn/"


def test_links_are_sent_so_often_and_no_oftener(mina: Enrolment) -> None:
    for _ in range(8):
        Client().post("/learn/enter", {"email": "mina@example.org"})
    run_pending()
    subjects = [message for message in mail.outbox if "/learn/enter/" in str(message.body)]
    assert len(subjects) == 1 + 5  # one came with the enrolment


def test_a_full_offering_has_a_waiting_list_that_moves_up(full: Offering) -> None:
    assert "waiting list" in Client().get(f"/learn/enrol/{full.public_id}").content.decode()
    browser = Client()
    ask(full, browser)
    browser.post(link_to("/learn/confirm/"))
    waiting = enrolment_of("mina@example.org")
    assert waiting.state == EnrolmentState.WAITING
    assert "turn" in browser.get(f"/learn/{waiting.public_id}/").content.decode()
    services.withdraw(enrolment_of("sean@example.org"), reason="own_wish")
    assert enrolment_of("mina@example.org").state == EnrolmentState.ENROLLED
    full.refresh_from_db()
    assert full.seats_taken == 1


@pytest.mark.parametrize("step", [offerings.close, offerings.cancel])
def test_nobody_enrols_where_enrolment_is_over(offering: Offering, step: Callable[[Offering], Any]) -> None:
    with tenant(offering.institution):
        step(offering)
    page = Client().get(f"/learn/enrol/{offering.public_id}")
    assert page.status_code == 200
    assert b'name="email"' not in page.content
    ask(offering)
    with unscoped("a test looks"):
        assert not Enrolment.objects.exists()


def test_enrolment_that_ended_between_asking_and_confirming_is_said(offering: Offering) -> None:
    ask(offering)
    link = link_to("/learn/confirm/")
    with tenant(offering.institution):
        offerings.close(offering)
    refused = Client().post(link)
    assert (refused.status_code, enrolment_of("mina@example.org").state) == (409, EnrolmentState.APPLIED)
    with tenant(offering.institution):
        offerings.open_for_enrolment(offering)
    assert Client().post(link).status_code == 302, "the refusal did not use the link up"


def test_a_stranger_changes_nothing_about_a_learner(mina: Enrolment, her_browser: Client) -> None:
    ask(mina.offering)
    Client().post(link_to("/learn/enter/"))  # who takes part gets a link to come in instead
    ask(mina.offering, name="Somebody else")
    assert enrolment_of("mina@example.org").learner.name == "김미나"
    services.withdraw(mina, reason="excluded")
    ask(mina.offering)
    assert enrolment_of("mina@example.org").state == EnrolmentState.WITHDRAWN


def test_applications_that_nobody_confirmed_are_forgotten(offering: Offering) -> None:
    ask(offering)
    with unscoped("a test looks"):
        Enrolment.objects.update(created_at=timezone.now() - timedelta(days=8))
        from testamur_site.enrolment.services.enrolling import forget_unconfirmed

        assert forget_unconfirmed() == 1
        assert not Learner.objects.exists()


def test_another_mailbox_ends_the_sessions(mina: Enrolment, her_browser: Client) -> None:
    assert her_browser.get("/learn/evidence/").status_code == 200
    with tenant(mina.institution):
        services.change_learner(mina.learner, email="mina@new.example")
    assert her_browser.get("/learn/evidence/").status_code == 302


def test_a_learner_of_two_institutions_comes_in_once(
    mina: Enrolment, her_browser: Client, other_institution: Institution
) -> None:
    there = examples.enrolled(examples.open_offering(examples.assessed_version(other_institution)))
    for enrolment in (mina, there):
        assert her_browser.get(f"/learn/{enrolment.public_id}/").status_code == 200
        assert her_browser.get(f"/learn/{enrolment.public_id}/tasks/report/").status_code == 200
    assert b"Liffey" in her_browser.get("/learn/").content


def test_pages_of_others_do_not_exist(mina: Enrolment) -> None:
    other = examples.browser_of(examples.enrolled(mina.offering, "Sean", "sean@example.org", "en"))
    submission = examples.handed_in(mina)
    with tenant(mina.institution):
        item = submission.pieces.get().item
    for path in (
        f"/learn/{mina.public_id}/",
        f"/learn/{mina.public_id}/tasks/report/",
        f"/learn/{mina.public_id}/withdraw",
        f"/learn/submissions/{submission.public_id}",
        f"/learn/evidence/{item.public_id}",
    ):
        assert other.get(path).status_code == 404, path
        assert Client().get(path).status_code == 302, path


def test_what_is_known_of_a_person_is_deleted_at_their_word(mina: Enrolment, her_browser: Client) -> None:
    submission = examples.handed_in(mina)
    assert her_browser.get("/learn/about-me/delete").status_code == 200
    assert her_browser.post("/learn/about-me/delete").status_code == 200
    with unscoped("a test looks"):
        learner = Learner.objects.get(pk=mina.learner_id)
        item = submission.pieces.get().item
        assert (learner.name, learner.email, item.text, item.title) == ("", "", "", "")
        assert item.sha256, "the digest stays: a credential may name it"
        assert Enrolment.objects.get(pk=mina.pk).state == EnrolmentState.WITHDRAWN
    assert her_browser.get("/learn/").status_code == 302

"""A wallet has several mailboxes: each is proven by a link, can be taken out again, and brings in what is awarded to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core import mail as sent
from django.test import Client
from tests.standing import standing

from testamur_site.foundation.entry_links.models import EntryLink
from testamur_site.foundation.entry_links.rules import PER_MAILBOX
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.wallet import services
from testamur_site.wallet.addresses import services as addresses
from testamur_site.wallet.models import Deposit, Holder

from .conftest import MINA

pytestmark = pytest.mark.django_db
SECOND = "mina.kim@work.example"
PAGE = "/wallet/addresses"


@pytest.fixture
@standing
def holder(deposit: Deposit) -> Holder:
    return services.claim(deposit, "en")


@pytest.fixture
def browser(holder: Holder) -> Client:
    return signed_in(holder)


def signed_in(holder: Holder) -> Client:
    client = Client()
    session = client.session
    session["wallet_holder"] = holder.pk
    session.save()
    return client


def ask(browser: Client, email: str = SECOND) -> str:
    """Ask for a link; the path in the mail that came."""
    assert browser.post(PAGE, {"email": email}).status_code == 200
    run_pending()
    found = re.search(r"http://localhost:8000(/wallet/addresses/\S+)", sent.outbox[-1].body)
    assert found is not None
    return found[1]


def own(holder: Holder) -> list[str]:
    return [address.email for address in addresses.addresses_of(holder)]


def held(holder: Holder) -> int:
    with unscoped("a test counts what a holder has"):
        return Deposit.objects.filter(holder=holder).count()


def test_a_mailed_link_proves_it(browser: Client, holder: Holder) -> None:
    path = ask(browser)
    assert sent.outbox[-1].to == [SECOND]
    assert SECOND.partition("@")[0] not in path
    page = browser.get(path)
    assert page.status_code == 200
    assert own(holder) == ["mina@example.org"], "opening it changes nothing"
    assert browser.post(path).status_code == 302
    assert own(holder) == ["mina@example.org", SECOND]
    run_pending()
    assert sent.outbox[-1].to == ["mina@example.org"]
    assert SECOND not in sent.outbox[-1].body
    assert browser.post(path).status_code == 410, "it works once"


def test_what_was_awarded_to_it_comes_in(browser: Client, holder: Holder, award_to: Callable[..., Deposit]) -> None:
    before = award_to(replace(MINA, email=SECOND.upper()), again="1")
    assert before.holder is None
    browser.post(ask(browser))
    assert held(holder) == 2
    after = award_to(replace(MINA, email=SECOND), again="2")
    assert after.holder == holder
    assert after.state == "pending", "it is still theirs to accept"
    assert held(holder) == 3


def test_the_answer_tells_nobody_s_address(browser: Client, holder: Holder, award_to: Callable[..., Deposit]) -> None:
    """The page says the same of an address with a wallet, one without, and one that was written to too often."""
    other = award_to(replace(MINA, name="Jun", email="jun@example.org"), again="1")
    services.claim(other, "en")
    pages = []
    for email in ("jun@example.org", "nobody@example.org"):
        answer = browser.post(PAGE, {"email": email})
        pages.append(re.sub(r"csrf\S+|nonce-\S+", "", answer.content.decode()).replace(email, "…"))
    assert pages[0] == pages[1]
    for _ in range(PER_MAILBOX + 2):
        assert browser.post(PAGE, {"email": "jun@example.org"}).status_code == 200
    run_pending()
    assert (
        sum(message.to == ["jun@example.org"] and "Is this" in message.subject for message in sent.outbox)
        <= PER_MAILBOX
    )
    assert own(holder) == ["mina@example.org"]


def test_an_address_that_opens_another_wallet_stays_there(
    browser: Client, holder: Holder, award_to: Callable[..., Deposit]
) -> None:
    other = services.claim(award_to(replace(MINA, name="Jun", email="jun@example.org"), again="1"), "en")
    path = ask(browser, "jun@example.org")
    answer = browser.post(path)
    assert answer.status_code == 409
    assert own(other) == ["jun@example.org"]
    assert held(holder) == 1
    services.forget(other)
    browser.post(ask(browser, "jun@example.org"))
    assert own(holder) == ["mina@example.org", "jun@example.org"]
    assert held(holder) == 2


def test_a_link_that_was_sent_to_somebody_else_brings_nothing(browser: Client, holder: Holder) -> None:
    """Whoever asks for a victim's address hopes that the victim presses the button: in their browser there is none."""
    path = ask(browser)
    victim = services.holder_of("victim@example.org", "Victim", "en")
    for client in (Client(), signed_in(victim), signed_in(holder)):
        assert client.get(path).status_code in (302, 410)
        assert client.post(path).status_code in (302, 410)
    assert own(holder) == ["mina@example.org"]
    assert own(victim) == ["victim@example.org"]


def test_a_link_is_over_after_an_hour(browser: Client, holder: Holder) -> None:
    path = ask(browser)
    EntryLink.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert browser.post(path).status_code == 410
    assert own(holder) == ["mina@example.org"]


def test_it_can_be_taken_out_and_the_last_one_stays(browser: Client, holder: Holder) -> None:
    browser.post(ask(browser))
    services.send_entry_link(SECOND, "en")
    run_pending()
    found = re.search(r"http://localhost:8000(/wallet/enter/\S+)", sent.outbox[-1].body)
    assert found is not None
    assert browser.post(f"{PAGE}/remove", {"email": SECOND}).status_code == 302
    assert own(holder) == ["mina@example.org"]
    run_pending()
    assert {message.to[0] for message in sent.outbox[-2:]} == {"mina@example.org", SECOND}
    assert Client().post(found[1]).status_code == 410, "what was mailed there opens nothing any more"
    for email in ("mina@example.org", "nobody@example.org", "", "x" * 5000):
        assert browser.post(f"{PAGE}/remove", {"email": email}).status_code == 302
    assert own(holder) == ["mina@example.org"]
    assert held(holder) == 1


def test_a_wallet_has_so_many(browser: Client, holder: Holder) -> None:
    for number in range(addresses.MOST - 1):
        browser.post(ask(browser, f"mina{number}@example.org"))
    assert len(own(holder)) == addresses.MOST
    page = browser.get(PAGE).content.decode()
    assert page.count('value="mina') == addresses.MOST
    path = ask(browser, "more@example.org")
    assert browser.post(path).status_code == 302
    assert len(own(holder)) == addresses.MOST


@pytest.mark.parametrize("email", ["", "no address", "a@b", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_refused(browser: Client, email: str) -> None:
    assert browser.post(PAGE, {"email": email}).status_code == 422
    assert not EntryLink.objects.filter(audience=addresses.ADDING).exists()

"""Nothing of a private credential leaves by any door, and no cache keeps what only its holder may see.

The doors are read from the URL table, so that a new one is tested from its first day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api as issuing
from testamur_site.wallet import services
from testamur_site.wallet.models import Deposit
from testamur_site.wallet.urls import urlpatterns

from .conftest import MINA, fresh

pytestmark = pytest.mark.django_db
DOORS = sorted(
    pattern.name or ""
    for pattern in urlpatterns
    if "<slug:public_id>" in str(pattern.pattern) and pattern.name not in ("portfolio", "visibility")
)
SECRETS = (
    "김미나",
    "Mina",
    "mina@",
    "Han River",
    "한강",
    "Data literacy",
    "데이터 리터러시",
    "credentialSubject",
    "eddsa",
)
ACCEPTS = ("text/html", "application/vc", "application/json", "image/png", "*/*")


def ask(client: Client, held: Deposit, door: str, accept: str = "*/*") -> HttpResponse:
    return client.get(reverse(f"wallet:{door}", args=[held.award.public_id]), headers={"accept": accept})  # type: ignore[return-value]


def said(response: HttpResponse) -> str:
    return response.content.decode("utf-8", errors="replace") + str(dict(response.headers))


@pytest.fixture
def somebody_else(award_to: Callable[..., Deposit]) -> Client:
    """The browser of another learner of the same institution, who is signed in to a wallet of their own."""
    other = services.claim(award_to(replace(MINA, name="Ada King", email="ada@example.org")), "en")
    client = Client()
    session = client.session
    session["wallet_holder"] = other.pk
    session.save()
    return client


def test_the_doors_are_known() -> None:
    assert {"share", "json", "proof", "png", "svg", "picture", "card", "qr", "bundle", "linkedin", "embed"} <= set(
        DOORS
    )


@pytest.mark.parametrize("door", DOORS)
def test_a_private_credential_stays_in(client: Client, somebody_else: Client, claimed: Deposit, door: str) -> None:
    for visitor in (client, somebody_else):
        for accept in ACCEPTS:
            response = ask(visitor, claimed, door, accept)
            assert response.status_code in (403, 404) or door == "embed"
            assert [secret for secret in SECRETS if secret in said(response)] == []
            assert "public" not in response.get("Cache-Control", "")
            assert response.get("Location") is None


@pytest.mark.parametrize("door", DOORS)
def test_a_pending_one_stays_in_for_its_learner_as_well(client: Client, deposit: Deposit, door: str) -> None:
    response = ask(client, deposit, door)
    assert [secret for secret in SECRETS if secret in said(response)] == []


@pytest.mark.parametrize("door", DOORS)
def test_a_stranger_cannot_tell_what_became_of_a_private_one(client: Client, claimed: Deposit, door: str) -> None:
    before = ask(client, claimed, door)
    with tenant(claimed.institution):
        issuing.revoke(claimed.award, issuing.Reason.ISSUED_IN_ERROR)
    after = ask(client, claimed, door)
    assert (after.status_code, after.content) == (before.status_code, before.content)


@pytest.mark.parametrize("door", DOORS)
def test_no_cache_keeps_what_only_the_holder_may_see(holder_client: Client, claimed: Deposit, door: str) -> None:
    response = ask(holder_client, claimed, door)
    assert "public" not in response.get("Cache-Control", "")
    if door in ("edition", "edition_proof"):  # nobody has asked for one
        assert response.status_code == 404
        return
    assert response.status_code in (200, 302) or door == "embed"
    if "no-store" not in response.get("Cache-Control", ""):
        assert "Cookie" in response["Vary"]


@pytest.mark.parametrize("door", DOORS)
def test_what_is_public_is_cached_by_what_it_depends_on(client: Client, published: Deposit, door: str) -> None:
    response = ask(client, published, door)
    if door in ("edition", "edition_proof"):  # nobody has asked for one
        assert response.status_code == 404
        return
    assert response.status_code in (200, 302)
    if "public" in response.get("Cache-Control", ""):
        assert "Cookie" in response["Vary"], "the same address answers its holder differently"
        ages = re.findall(r"max-?age=(\d+)", response["Cache-Control"])
        assert sum(map(int, ages)) <= 300, "a withdrawal is noticed within minutes, also through a shared cache"


def test_made_private_again_everything_is_shut(client: Client, published: Deposit) -> None:
    assert client.get("/oembed", {"url": published.award.url}).status_code == 200
    services.set_public(published, False)
    assert client.get("/oembed", {"url": published.award.url}).status_code == 404
    for door in DOORS:
        assert [secret for secret in SECRETS if secret in said(ask(client, published, door))] == []


def test_oembed_depends_on_the_language(client: Client, published: Deposit) -> None:
    response = client.get("/oembed", {"url": published.award.url})
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in response["Vary"].split(",")}
    assert "김미나" not in response.content.decode(), (
        "the name stands in the frame, which can be shut; not in what is copied"
    )


def test_a_declined_one_is_in_no_portfolio_and_no_wallet_of_others(client: Client, deposit: Deposit) -> None:
    services.decline(deposit)
    assert not services.set_public(fresh(deposit), True)
    assert client.get(f"/c/{deposit.award.public_id}").status_code == 403


def test_nobody_publishes_for_the_holder(somebody_else: Client, claimed: Deposit) -> None:
    address = reverse("wallet:visibility", args=[claimed.award.public_id])
    for visitor in (Client(), somebody_else):
        assert visitor.post(address, {"public": "1"})["Location"] == "/wallet/enter"
        assert visitor.get(address).status_code == 405
    assert not fresh(claimed).public

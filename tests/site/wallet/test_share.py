"""Who sees what of a credential, in each of its states, and that every download is what was signed."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from testamur.fetch import BundleResolver
from testamur.formats.baked import png as baked_png
from testamur.formats.baked import svg as baked_svg
from testamur.verification import Verdict, Verifier
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api as issuing
from testamur_site.issuing.models import Award
from testamur_site.verification.api import Everywhere, verify_document
from testamur_site.wallet import queries
from testamur_site.wallet.models import Deposit
from testamur_site.wallet.rules import Page, embed_size, linkedin_address, page_of

from .conftest import fresh, long_ago

pytestmark = pytest.mark.django_db
PRIVATE_WORDS = ("김미나", "Han River", "Mina")


def path(deposit: Deposit, rest: str = "") -> str:
    return f"/c/{deposit.award.public_id}{rest}"


# --- rules ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("award_state", "expired", "deposit_state", "public", "is_holder", "page"),
    [
        ("queued", False, "pending", False, False, Page.ABSENT),
        ("refused", False, "pending", False, True, Page.ABSENT),
        ("issued", False, "pending", False, False, Page.PENDING),
        ("issued", False, "claimed", False, False, Page.PRIVATE),
        ("issued", False, "declined", False, False, Page.PRIVATE),
        ("issued", False, "claimed", False, True, Page.VALID),
        ("issued", False, "claimed", True, False, Page.VALID),
        ("issued", True, "claimed", True, False, Page.EXPIRED),
        ("suspended", True, "claimed", True, False, Page.SUSPENDED),
        ("revoked", False, "claimed", True, False, Page.REVOKED),
        ("revoked", False, "claimed", False, False, Page.PRIVATE),
        ("revoked", False, "pending", False, False, Page.PENDING),
        ("superseded", False, "claimed", True, False, Page.SUPERSEDED),
    ],
)
def test_what_a_visitor_sees(
    award_state: str, expired: bool, deposit_state: str, public: bool, is_holder: bool, page: Page
) -> None:
    seen = page_of(
        award_state=award_state, expired=expired, deposit_state=deposit_state, public=public, is_holder=is_holder
    )
    assert seen is page


def test_linkedins_parameters_are_exact() -> None:
    address = linkedin_address(
        name="Données & 데이터",
        organization_name="Han River University",
        organization_id="",
        issued=(2026, 1),
        expires=None,
        certificate_url="https://a.example/c/x",
        certificate_id="x",
    )
    assert address.startswith("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&")
    assert parse_qs(urlsplit(address).query) == {
        "startTask": ["CERTIFICATION_NAME"],
        "name": ["Données & 데이터"],
        "organizationName": ["Han River University"],
        "issueYear": ["2026"],
        "issueMonth": ["1"],
        "certUrl": ["https://a.example/c/x"],
        "certId": ["x"],
    }


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (None, None, (560, 260)),
        ("300", "100", (300, 200)),
        ("x", "-1", (560, 260)),
        ("99999999", "220", (560, 220)),
        ("1", "1", (280, 200)),
    ],
)
def test_an_embedded_card_keeps_to_what_was_asked(width: str | None, height: str | None, size: tuple[int, int]) -> None:
    assert embed_size(width, height) == size


# --- private by default ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rest", ["", ".json", ".png", ".svg", "/badge.png", "/card.png", "/qr.svg", "/bundle.zip", "/linkedin"]
)
def test_nothing_of_a_private_credential_leaves(client: Client, claimed: Deposit, rest: str) -> None:
    response = client.get(path(claimed, rest))
    assert response.status_code in (403, 404)
    body = response.content.decode(errors="replace")
    assert not any(word in body for word in PRIVATE_WORDS)
    assert client.get(f"/embed/{claimed.award.public_id}").status_code == 200
    assert not any(word in client.get(f"/embed/{claimed.award.public_id}").content.decode() for word in PRIVATE_WORDS)


@pytest.mark.parametrize("rest", [".json", ".png", ".svg", "/badge.png", "/card.png", "/qr.svg", "/bundle.zip"])
def test_the_same_addresses_answer_when_it_is_published(client: Client, published: Deposit, rest: str) -> None:
    assert client.get(path(published, rest)).status_code == 200


def test_pending_and_private_are_told_apart(client: Client, deposit: Deposit) -> None:
    response = client.get(path(deposit))
    assert (response.status_code, response.context["page"]) == (403, Page.PENDING)
    assert response["X-Robots-Tag"] == "noindex"


def test_an_unknown_address(client: Client, db: None) -> None:
    assert client.get("/c/aaaaaaaaaaaaaaaaaaaaaaaa").status_code == 404


# --- the page -------------------------------------------------------------------------------------------------------------------


def test_a_published_page(client: Client, published: Deposit) -> None:
    response = client.get(path(published), headers={"accept-language": "en"})
    page = response.content.decode()
    assert response.status_code == 200
    for needed in (
        "김미나",
        "Han River University",
        'property="og:image"',
        "/card.png",
        "application/json+oembed",
        "/verify?address=",
    ):
        assert needed in page
    assert "noindex" not in page
    assert "profile/add" not in page, "LinkedIn is reached by the short address"


def test_in_korean(client: Client, published: Deposit) -> None:
    page = client.get(path(published), headers={"accept-language": "ko"}).content.decode()
    assert 'lang="ko"' in page
    assert "한강대학교" in page


def _suspend(deposit: Deposit) -> None:
    issuing.suspend(deposit.award, issuing.Reason.ADMINISTRATIVE)


def _revoke(deposit: Deposit) -> None:
    issuing.revoke(deposit.award, issuing.Reason.ISSUED_IN_ERROR)


def _replace(deposit: Deposit) -> None:
    award = deposit.award
    data = issuing.AwardData(name="김민아", email=award.recipient_email, awarded_date=award.awarded_date)
    issuing.correct(award, data)


@pytest.mark.parametrize(("change", "page"), [(_suspend, "suspended"), (_revoke, "revoked"), (_replace, "superseded")])
def test_a_withdrawn_credential_has_a_page_of_its_own(
    client: Client, published: Deposit, change: Callable[[Deposit], None], page: str
) -> None:
    assert client.get(path(published)).context["page"] == "valid"
    with tenant(published.institution):
        change(published)
    response = client.get(path(published))
    assert response.context["page"] == page
    assert response["X-Robots-Tag"] == "noindex"
    assert b"/badge.png" not in response.content, "a withdrawn badge is not shown again"
    assert client.get(path(published, ".png")).status_code == 410
    assert client.get(path(published, ".json")).status_code == 200, "it can still be verified to be withdrawn"


def test_an_expired_credential_says_so_and_keeps_its_badge(
    client: Client, published: Deposit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Award, "expired", True)
    monkeypatch.setattr(Award, "valid_until", long_ago())
    response = client.get(path(published))
    assert response.context["page"] == "expired"
    assert b"/badge.png" in response.content
    assert client.get(path(published, ".png")).status_code == 200


def test_only_its_holder_publishes(client: Client, holder_client: Client, claimed: Deposit) -> None:
    client.post(path(claimed, "/visibility"), {"public": "1"})
    assert not fresh(claimed).public
    holder_client.post(path(claimed, "/visibility"), {"public": "1"})
    assert fresh(claimed).public
    assert client.get(path(claimed)).status_code == 200
    holder_client.post(path(claimed, "/visibility"), {"public": "0"})
    assert client.get(path(claimed)).status_code == 403
    assert holder_client.get(path(claimed)).status_code == 200


# --- what is downloaded is what was signed --------------------------------------------------------------------------------------


def test_every_form_carries_the_same_bytes(client: Client, published: Deposit) -> None:
    signed = issuing.credential_bytes(published.award)
    assert client.get(path(published, ".json")).content == signed
    assert client.get(path(published), headers={"accept": "application/vc"}).content == signed
    assert baked_png.extract(client.get(path(published, ".png")).content) == signed
    assert baked_svg.extract(client.get(path(published, ".svg")).content) == signed


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/vc", "application/vc"),
        ("application/ld+json", "application/ld+json"),
        ("application/vc+ld+json, text/html;q=0.1", "application/vc+ld+json"),
        ("text/html, application/json;q=0.5", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
    ],
)
def test_people_get_a_page_and_programs_the_credential(
    client: Client, published: Deposit, accept: str, media_type: str
) -> None:
    response = client.get(path(published), headers={"accept": accept})
    assert response["Content-Type"] == media_type
    assert "Accept" in response["Vary"]


def test_a_file_name_names_no_person(client: Client, published: Deposit) -> None:
    response = client.get(path(published, ".png") + "?download")
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert "mina" not in response["Content-Disposition"].lower()
    assert "no-store" not in response["Cache-Control"]


def test_the_credential_verifies_by_its_bytes(published: Deposit) -> None:
    signed = issuing.credential_bytes(published.award)
    assert verify_document(signed, recipient="mina@example.org").verdict is Verdict.VALID
    document = json.loads(signed)
    document["credentialSubject"]["achievement"]["name"] = "Something better"
    assert verify_document(json.dumps(document).encode()).verdict is Verdict.INVALID


def test_the_verify_page_follows_the_share_pages_link(client: Client, published: Deposit, claimed: Deposit) -> None:
    assert client.get("/verify", {"address": published.award.url}).context["report"]["verdict"] == "valid"


def test_a_private_one_is_not_verified_by_its_address(client: Client, claimed: Deposit) -> None:
    response = client.get("/verify", {"address": claimed.award.url})
    assert "report" not in response.context
    assert response.context["refusal"]


def test_the_bundle_suffices_without_a_network(client: Client, published: Deposit) -> None:
    bundle = BundleResolver(client.get(path(published, "/bundle.zip")).content)
    signed = bundle.fetch(published.award.url).content
    assert signed == issuing.credential_bytes(published.award)
    assert Verifier(bundle).verify(signed).verdict is Verdict.VALID


def test_revoked_reaches_the_verifier(published: Deposit, owner: object) -> None:
    signed = issuing.credential_bytes(published.award)
    with tenant(published.institution):
        issuing.revoke(published.award, issuing.Reason.ISSUED_IN_ERROR, actor=owner)
    run_pending()
    assert verify_document(signed).verdict is Verdict.INVALID


# --- oEmbed and LinkedIn --------------------------------------------------------------------------------------------------------


def test_oembed(client: Client, published: Deposit) -> None:
    answer = client.get("/oembed", {"url": published.award.url, "maxwidth": "400"}).json()
    assert (answer["type"], answer["version"], answer["width"]) == ("rich", "1.0", 400)
    assert f"/embed/{published.award.public_id}" in answer["html"]
    frame = client.get(f"/embed/{published.award.public_id}")
    assert "X-Frame-Options" not in frame.headers
    assert "frame-ancestors *" in frame["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address",
    ["", "https://evil.example/c/x", "http://localhost:8000/verify", "http://[", "http://localhost:8000/c/none"],
)
def test_oembed_of_anything_else(client: Client, published: Deposit, address: str) -> None:
    assert client.get("/oembed", {"url": address}).status_code == 404
    assert client.get("/oembed", {"url": published.award.url, "format": "xml"}).status_code == 501


def test_the_way_to_linkedin(client: Client, published: Deposit) -> None:
    response = client.get(path(published, "/linkedin"))
    values = parse_qs(urlsplit(response["Location"]).query)
    assert values["certUrl"] == [published.award.url]
    assert (values["issueYear"], values["issueMonth"]) == (["2026"], ["3"])


def test_a_correction_leads_on_and_stays_published(client: Client, published: Deposit, owner: object) -> None:
    with tenant(published.institution):
        new = issuing.correct(
            published.award,
            issuing.AwardData(name="김민아", email="mina@example.org", awarded_date=published.award.awarded_date),
            actor=owner,
        )
    run_pending()
    page = client.get(path(published))
    assert page.context["page"] == "superseded"
    assert f"/c/{new.public_id}" in page.content.decode()
    assert client.get(f"/c/{new.public_id}").status_code == 200
    following = queries.deposit_of(new.public_id)
    assert following is not None
    assert following.holder_id == published.holder_id


def test_the_resolver_of_the_deployment_knows_no_private_credential(claimed: Deposit) -> None:
    from testamur.errors import NotFound

    with pytest.raises(NotFound):
        Everywhere().fetch(claimed.award.url, accept=("application/vc",))


def test_a_private_one_is_not_led_to_a_page_that_cannot_see_it(holder_client: Client, claimed: Deposit) -> None:
    page = holder_client.get(path(claimed)).content.decode()
    assert "/verify?address=" not in page
    assert "/linkedin" not in page
    holder_client.post(path(claimed, "/visibility"), {"public": "1"})
    page = holder_client.get(path(claimed)).content.decode()
    assert "/verify?address=" in page
    assert "/linkedin" in page


def test_the_host_that_was_asked_is_kept(holder_client: Client, claimed: Deposit) -> None:
    """A session belongs to one name of the host; whoever came by another one would lose it."""
    answer = holder_client.post(path(claimed, "/visibility"), {"public": "1"}, headers={"host": "127.0.0.1:8000"})
    assert answer["Location"] == path(claimed)

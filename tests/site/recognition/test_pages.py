"""The pages of recognition, driven as the learner, the registrar and a visitor would."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.site.wallet.elsewhere import Neighbour

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.recognition import services
from testamur_site.recognition.api import create_demo
from testamur_site.recognition.models import Agreement, Desk, Equivalence, Recognition, Request, SentDocument
from testamur_site.recognition.rules import Result
from testamur_site.verification.rules import read_file
from testamur_site.wallet.api import Holder
from testamur_site.wallet.imported import api as imported
from testamur_site.wallet.models import Deposit

STAFF = "/staff/liffey/recognition/"


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return str(response.content.decode())


def test_a_learner_sends_and_reads_the_decision(
    wallet_of_mina: Client, desk: Client, receiving: Institution, target: AchievementVersion, awarded: Deposit
) -> None:
    page = text(wallet_of_mina.get("/wallet/recognition/"))
    assert "You have asked nobody yet" in page
    assert "Liffey College" in page
    form = text(wallet_of_mina.get("/wallet/recognition/to/liffey"))
    assert "We read the outcomes." in form
    assert "Working with data" in form
    chosen = {"credentials": f"award:{awarded.award.public_id}", "wish": target.micro_credential.public_id}
    assert "Choose at least one credential." in text(
        wallet_of_mina.post("/wallet/recognition/to/liffey", {"wish": "elective"}), 422
    )
    text(wallet_of_mina.post("/wallet/recognition/to/liffey", chosen), 422)  # without consent
    with tenant(receiving):
        assert not Request.objects.exists()
    made = wallet_of_mina.post("/wallet/recognition/to/liffey", {**chosen, "consent": "on", "message": "Please."})
    assert made.status_code == 302
    assert "Waits for a decision" in text(wallet_of_mina.get(made["Location"]))
    again = wallet_of_mina.post("/wallet/recognition/to/liffey", {**chosen, "consent": "on"})
    assert "Open that request instead" in text(again, 422)

    with tenant(receiving):
        request = Request.objects.get()
    assert "Mina Kim" in text(desk.get(STAFF))
    detail = text(desk.get(f"{STAFF}{request.public_id}"))
    for words in (
        "Learning outcomes side by side",
        "Near",
        "Nothing was decided about these achievements yet.",
        "Please.",
    ):
        assert words in detail
    assert "Say how many credits" in text(
        desk.post(
            f"{STAFF}{request.public_id}/decide",
            {"result": "partly", "target": "elective", "source": "transferred", "reason": "x"},
        ),
        422,
    )
    decided = {
        "result": "recognised",
        "target": target.micro_credential.public_id,
        "source": "transferred",
        "reason": "All outcomes agree.",
    }
    assert desk.post(f"{STAFF}{request.public_id}/decide", decided).status_code == 302
    read = text(wallet_of_mina.get(made["Location"]))
    assert "All outcomes agree." in read
    assert "Open the credential" in read
    assert "Publish" in text(desk.get(f"{STAFF}{request.public_id}"))
    assert "Somebody has decided already" in text(desk.post(f"{STAFF}{request.public_id}/decide", decided), 409)
    with tenant(receiving):
        assert Recognition.objects.count() == 1


def test_asking_answering_and_taking_back(wallet_of_mina: Client, desk: Client, sent: Request) -> None:
    own = f"/wallet/recognition/{sent.public_id}"
    text(desk.post(f"{STAFF}{sent.public_id}/ask", {"text": ""}), 422)
    assert desk.post(f"{STAFF}{sent.public_id}/ask", {"text": "How many hours?"}).status_code == 302
    assert "How many hours?" in text(wallet_of_mina.get(own))
    text(wallet_of_mina.post(f"{own}/answer", {"text": " "}), 422)
    assert wallet_of_mina.post(f"{own}/answer", {"text": "125 hours."}).status_code == 302
    assert "125 hours." in text(desk.get(f"{STAFF}{sent.public_id}"))
    with tenant(sent.institution):
        document = SentDocument.objects.get()
    got = desk.get(f"{STAFF}{sent.public_id}/documents/{document.pk}")
    assert got.content == bytes(document.content)
    assert "attachment" in got["Content-Disposition"]
    assert "Take this request back?" in text(wallet_of_mina.get(f"{own}/withdraw"))
    assert wallet_of_mina.post(f"{own}/withdraw").status_code == 302
    assert desk.get(f"{STAFF}{sent.public_id}").status_code == 404


def test_strangers_see_nothing(
    client: Client, sent: Request, owner: Any, wallet_of_mina: Client, receiving: Institution
) -> None:
    own = f"/wallet/recognition/{sent.public_id}"
    assert client.get(own).status_code == 302
    session = client.session
    session["wallet_holder"] = Holder.objects.create(name="Somebody").pk
    session.save()
    for path in ("", "/withdraw"):
        assert client.get(own + path).status_code == 404
    client.force_login(owner)  # of Han River
    assert client.get(f"{STAFF}{sent.public_id}").status_code in (403, 404)
    assert client.get(f"/staff/han-river/recognition/{sent.public_id}").status_code == 404
    assert wallet_of_mina.get("/wallet/recognition/to/han-river").status_code == 404, "its desk was never opened"


def test_a_credential_of_another_platform_is_sent(
    wallet_of_mina: Client, mina: Holder, desk: Client, receiving: Institution, university: Neighbour
) -> None:
    kept = imported.add(mina, read_file(university.credential(name="Mina Kim", email=None)))
    chosen = {"credentials": f"imported:{kept.public_id}", "wish": "elective", "consent": "on"}
    assert wallet_of_mina.post("/wallet/recognition/to/liffey", chosen).status_code == 302
    with tenant(receiving):
        request = Request.objects.get()
    detail = text(desk.get(f"{STAFF}{request.public_id}"))
    assert "Not shown to be the learner" in detail
    assert "analyse data" in detail


def test_agreements_from_draft_to_end(
    desk: Client, client: Client, receiving: Institution, institution: Institution
) -> None:
    assert "No agreement yet" in text(desk.get(f"{STAFF}agreements/"))
    said = {
        "title": "Han River and Liffey",
        "partner_name": "Han River University",
        "partner_id": "",
        "direction": "incoming",
        "achievements": "https://a.example/x\n\nhttps://a.example/x\nhttps://a.example/y",
        "categories": "",
        "target": "elective",
        "cap": "30",
        "name_rule": "folded",
        "transcribes": "receiving",
        "automatic": "on",
        "valid_from": "2026-01-01",
    }
    text(desk.post(f"{STAFF}agreements/new", {**said, "title": ""}), 422)
    text(desk.post(f"{STAFF}agreements/new", {**said, "valid_until": "2025-01-01"}), 422)
    made = desk.post(f"{STAFF}agreements/new", said)
    assert made.status_code == 302
    with tenant(receiving):
        agreement = Agreement.objects.get()
    assert agreement.achievements == ["https://a.example/x", "https://a.example/y"]
    here = f"{STAFF}agreements/{agreement.public_id}"
    lacking = desk.post(f"{here}/activate", follow=True)
    assert "Its identifier as an issuer" in text(lacking)
    assert "None in force" in text(client.get("/institutions/liffey/agreements"))
    text(desk.get(f"{here}/edit"))
    assert desk.post(f"{here}/edit", {**said, "partner_id": institution.did}).status_code == 302
    desk.post(f"{here}/activate")
    assert "In force" in text(desk.get(here))
    assert desk.get(f"{here}/edit").status_code == 404
    assert "Han River and Liffey" in text(client.get("/institutions/liffey/agreements"))
    text(desk.get(f"{here}/end"))
    assert desk.post(f"{here}/end").status_code == 302
    assert "None in force" in text(client.get("/institutions/liffey/agreements"))


def test_equivalences_are_open_data(
    desk: Client, client: Client, sent: Request, target: AchievementVersion, receiving: Institution
) -> None:
    assert "None published yet" in text(client.get("/institutions/liffey/equivalences"))
    assert desk.post(f"{STAFF}{sent.public_id}/publish").status_code == 404, "not decided yet"
    services.decide(sent, Result.RECOGNISED, reason="Yes.", target=target.micro_credential)
    note = {"note": "=1+1", "valid_until": timezone.localdate().replace(month=12, day=31).isoformat()}
    assert desk.post(f"{STAFF}{sent.public_id}/publish", note).status_code == 302
    page = text(client.get("/institutions/liffey/equivalences"))
    assert "Data literacy" in page
    assert "Working with data" in page
    rows = list(csv.DictReader(io.StringIO(text(client.get("/institutions/liffey/equivalences.csv")))))
    assert [row["name"] for row in rows] == ["Data literacy"]
    assert rows[0]["note"] == "'=1+1", "no formula"
    document = json.loads(text(client.get("/institutions/liffey/equivalences.jsonld")))
    profile, theirs, ours = document["@graph"]
    assert profile["ceterms:transferValueFrom"] == [theirs["@id"]]
    assert ours["@type"] == "ceterms:MicroCredential"
    assert profile["@type"] == "ceterms:TransferValueProfile"
    assert profile["ceterms:transferValueFor"][0].endswith(f"/m/{target.micro_credential.public_id}")
    assert profile["ceterms:ownedBy"] == [receiving.public_url]
    assert "Mina" not in json.dumps(document) + page
    with tenant(receiving):
        equivalence = Equivalence.objects.get()
    assert desk.post(f"{STAFF}equivalences/{equivalence.public_id}/withdraw").status_code == 302
    assert json.loads(text(client.get("/institutions/liffey/equivalences.jsonld")))["@graph"] == []


def test_past_decisions_stand_beside_the_next_request(
    desk: Client,
    sent: Request,
    target: AchievementVersion,
    receiving: Institution,
    course: AchievementVersion,
    award_course: Callable[..., Any],
) -> None:
    services.decide(sent, Result.REFUSED, reason="It lacks a supervised assessment.")
    holder, hers = award_course("nina@example.org", "Nina Lee")
    second = services.send(holder, receiving, [hers], target=target.micro_credential)
    detail = text(desk.get(f"{STAFF}{second.public_id}"))
    assert "It lacks a supervised assessment." in detail
    assert "Mina" not in detail, "past decisions are about achievements, not about people"


def test_the_desk_is_opened_by_its_institution(client: Client, registrar: Any, receiving: Institution) -> None:
    client.force_login(registrar)
    text(client.post(f"{STAFF}settings", {"days": "0"}), 422)
    assert client.post(f"{STAFF}settings", {"days": "10", "words": "Ask us."}).status_code == 302
    with tenant(receiving):
        assert (Desk.objects.get().open, Desk.objects.get().days) == (False, 10)
    assert "The desk is closed" in text(client.get(STAFF))


def test_the_demonstration(
    receiving: Institution, institution: Institution, mina: Holder, awarded: Deposit, award_course: Callable[..., Any]
) -> None:
    award_course("mina@example.org", "Mina Kim", again="second")
    with unscoped("the awards of Mina"):
        second = (
            Deposit.objects.exclude(pk=awarded.pk)
            .select_related("award__version", "award__institution")
            .get(holder=mina)
        )
    for _ in range(2):
        decided = create_demo(receiving, institution, mina, recognised=awarded.award, refused=second.award)
        run_pending()
    assert [one.result for one in decided] == ["recognised", "refused"]
    assert decided[0].agreement is not None
    assert decided[0].credits == Decimal(5)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_both_languages(
    desk: Client, wallet_of_mina: Client, client: Client, sent: Request, agree: Callable[..., Agreement], language: str
) -> None:
    agreement = agree()
    services.decide(sent, Result.PARTLY, reason="Half.", amount=Decimal(2))
    word = {"en": "Recognition", "ko": "인정"}[language]
    for browser, path in (
        (desk, STAFF),
        (desk, f"{STAFF}?state=decided"),
        (desk, f"{STAFF}{sent.public_id}"),
        (desk, f"{STAFF}settings"),
        (desk, f"{STAFF}agreements/"),
        (desk, f"{STAFF}agreements/new"),
        (desk, f"{STAFF}agreements/{agreement.public_id}"),
        (desk, f"{STAFF}equivalences/"),
        (wallet_of_mina, "/wallet/recognition/"),
        (wallet_of_mina, "/wallet/recognition/to/liffey"),
        (wallet_of_mina, f"/wallet/recognition/{sent.public_id}"),
        (client, "/institutions/liffey/agreements"),
        (client, "/institutions/liffey/equivalences"),
    ):
        page = text(browser.get(path, headers={"accept-language": language}))
        assert f'<html lang="{language}"' in page
        assert word.casefold() in page.casefold() or "liffey" in page.casefold()
        assert len(page.encode()) < 60_000

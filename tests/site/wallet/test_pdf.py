"""The certificate: a page for people, and in it the credential for everybody else."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date

import pypdf
import pytest
from django.test import Client
from django.utils import translation
from PIL import Image

from testamur.formats import pdf
from testamur.formats.read import read
from testamur.verification import Verdict
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api as issuing
from testamur_site.log.models import Checkpoint, Entry
from testamur_site.verification.api import verify_document
from testamur_site.wallet import certificate, services
from testamur_site.wallet.certificate.pdf import _within_svg, broken, clean
from testamur_site.wallet.models import Deposit
from testamur_site.wallet.rules import Page

from .conftest import fresh
from .test_log_proof import proves

pytestmark = pytest.mark.django_db
HOSTILE = '#panic("x") ] $ " \\ */ #read("/etc/passwd") #eval("1") \u202e ' + "W" * 400 + " *_`<a>@b"


def path(deposit: Deposit, rest: str = ".pdf") -> str:
    return f"/c/{deposit.award.public_id}{rest}"


def pages(content: bytes) -> list[str]:
    return [each.extract_text() for each in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_it_carries_what_was_signed_and_its_proof(client: Client, published: Deposit) -> None:
    answer = client.get(path(published))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    found = read(answer.content)
    assert found.raw == issuing.credential_bytes(published.award)
    (proof,) = found.log_proofs
    assert proves(proof, published)
    assert [each.name for each in pdf.attachments(answer.content)][:2] == ["credential.json", "credential.tlog-proof"]
    assert verify_document(answer.content).verdict is Verdict.VALID


def test_its_attachments_say_what_they_are(client: Client, published: Deposit) -> None:
    attached = {
        each.name: each for each in pypdf.PdfReader(io.BytesIO(client.get(path(published)).content)).attachment_list
    }
    assert attached["credential.json"].associated_file_relationship == "/Data"
    assert attached["credential.tlog-proof"].associated_file_relationship == "/Supplement"


@pytest.mark.parametrize(("language", "words"), [("en", ("Awarded to", "Awarded on")), ("ko", ("학습량", "수여일"))])
def test_people_can_read_it(client: Client, published: Deposit, language: str, words: tuple[str, ...]) -> None:
    content = client.get(path(published), headers={"accept-language": language}).content
    (text,) = pages(content)
    for each in ("김미나", published.award.public_id[:8], *words):
        assert each in text.replace("\u200b", "")
    document = pypdf.PdfReader(io.BytesIO(content))
    assert document.root_object["/Lang"] == language
    assert document.root_object["/MarkInfo"]["/Marked"]
    assert "김미나" in document.xmp_metadata.dc_title["x-default"]


def test_it_is_kept_as_long_as_a_badge(client: Client, published: Deposit) -> None:
    answer = client.get(path(published) + "?download")
    assert answer["Cache-Control"] == client.get(path(published, ".png"))["Cache-Control"]
    assert "Accept-Language" in answer["Vary"]
    assert answer["Content-Disposition"].endswith('.pdf"')
    assert client.get(path(published)).content == answer.content


def test_it_does_not_wait_for_the_proof(client: Client, published: Deposit) -> None:
    Entry.objects.update(shard=None, index=None, sequenced_at=None)
    Checkpoint.objects.all().delete()
    found = read(client.get(path(published)).content)
    assert found.raw == issuing.credential_bytes(published.award)
    assert found.log_proofs == ()


def test_it_is_as_private_as_the_credential(client: Client, holder_client: Client, claimed: Deposit) -> None:
    refused = client.get(path(claimed))
    assert refused.status_code == client.get(path(claimed, ".png")).status_code == 403
    assert "김미나" not in refused.content.decode()
    mine = holder_client.get(path(claimed))
    assert mine["Cache-Control"] == "private, no-store"
    assert read(mine.content).raw == issuing.credential_bytes(claimed.award)
    assert client.get("/c/nothing-like-it.pdf").status_code == 404


def test_a_withdrawn_one_is_not_handed_out_and_says_so_to_its_holder(
    client: Client, holder_client: Client, published: Deposit
) -> None:
    with tenant(published.institution):
        issuing.revoke(published.award, issuing.Reason.ISSUED_IN_ERROR)
    assert client.get(path(published)).status_code == client.get(path(published, ".png")).status_code == 410
    (text,) = pages(holder_client.get(path(published)).content)
    assert "This credential was revoked." in text


@pytest.mark.parametrize(
    "name", ['#panic("no") ] $x$ "quoted" \\', "محمد بن عبد الله الفارابي", "Zoë Ångström-Østergård", "Ж" * 200]
)
def test_a_name_is_only_a_name(client: Client, award_to: Callable[..., Deposit], name: str) -> None:
    deposit = award_to(issuing.AwardData(name=name, email="a@example.org", awarded_date=date(2026, 3, 5)))
    services.claim(deposit, "en")
    services.set_public(fresh(deposit), True)
    content = client.get(path(deposit)).content
    assert read(content).raw == issuing.credential_bytes(deposit.award)
    (text,) = pages(content)
    if name.startswith("#"):
        assert '#panic("no")' in text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_title_is_only_a_title_and_all_stays_on_one_page(published: Deposit, language: str) -> None:
    award = published.award
    version: AchievementVersion = award.version
    long = {"en": HOSTILE, "ko": HOSTILE}
    version.content = json.loads(json.dumps(version.content)) | {"title": long, "criteria": {"en": HOSTILE * 40}}
    award.institution.name, award.institution.translations = HOSTILE, {}
    award.recipient_name = "긴 이름 " * 40
    with translation.override(language):
        content = certificate.as_pdf(award, page=Page.SUPERSEDED)
    (text,) = pages(content)
    assert '#panic("x")' in text
    assert "root:" not in text
    assert read(content).raw == issuing.credential_bytes(award)


def test_words_are_cleaned_cut_and_broken() -> None:
    assert clean("a\x00\u202eb\n  c\ud800", 10) == "ab c"
    assert clean("x" * 30, 10) == "x" * 9 + "…"
    assert broken("y" * 60).count("\u200b") == 2
    assert broken("short words stay") == "short words stay"


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (Image.effect_noise((900, 700), 60).convert("RGB"), "jpeg"),
        (Image.effect_noise((900, 700), 60).convert("RGBA"), "jpeg"),
        (Image.merge("RGBA", [Image.effect_noise((300, 300), 60)] * 4), "png"),
        (Image.new("RGB", (300, 300), "#1f4e79"), "png"),
        (Image.new("P", (300, 300)), "png"),
    ],
)
def test_photographs_alone_are_kept_as_such(picture: Image.Image, kind: str) -> None:
    content = io.BytesIO()
    picture.save(content, "PNG")
    drawn = _within_svg(content.getvalue())
    assert f"data:image/{kind};base64," in drawn
    assert f'viewBox="0 0 {min(picture.width, 600)} ' in drawn

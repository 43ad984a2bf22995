"""Certificates and baked images are made when they are first asked for, kept for the next, and follow their credential."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from testamur_site.foundation.jobs.api import run_pending
from testamur_site.wallet import images, services
from testamur_site.wallet.certificate import pdf
from testamur_site.wallet.models import Deposit

ENDINGS = ("png", "svg", "pdf")


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.TESTAMUR_MADE_FILES = tmp_path / "made"
    return tmp_path / "made"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was really made, in its order."""
    made: list[str] = []

    def count(where: Any, name: str, word: str) -> None:
        before = getattr(where, name)
        monkeypatch.setattr(where, name, lambda *given, **more: made.append(word) or before(*given, **more))

    count(images.baked_png, "bake", "png")
    count(images.baked_svg, "bake", "svg")
    count(pdf, "draw", "pdf")
    return made


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("ending", ENDINGS)
def test_made_once_and_then_kept(
    ending: str, published: Deposit, folder: Path, counted: list[str], client: Client
) -> None:
    run_pending()
    assert files(folder) == []  # issuing makes none of them
    first = client.get(f"/c/{published.award.public_id}.{ending}")
    again = client.get(f"/c/{published.award.public_id}.{ending}")
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert counted == [ending]
    assert files(folder)


def test_the_language_and_the_state_are_part_of_a_certificate(
    published: Deposit, folder: Path, counted: list[str], client: Client, holder_client: Client
) -> None:
    path = f"/c/{published.award.public_id}.pdf"
    english, korean = (client.get(path, headers={"Accept-Language": language}).content for language in ("en", "ko"))
    assert english != korean
    assert counted == ["pdf", "pdf"]
    institution = published.award.institution
    institution.primary_colour = "#123456"
    institution.save()
    assert client.get(path).content != english
    assert counted == ["pdf"] * 3


def test_a_new_proof_needs_no_new_drawing(
    published: Deposit, folder: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf.pdf, "add_log_proof", lambda made, proof: made + proof)
    award = published.award
    plain = pdf.as_pdf(award)
    with_proof = pdf.as_pdf(award, b"a proof\n")
    assert len(with_proof) > len(plain)
    assert pdf.as_pdf(award, b"a better proof\n") != with_proof
    assert pdf.as_pdf(award, b"a proof\n") == with_proof
    assert counted == ["pdf"]


def test_what_is_kept_shows_no_one_without_the_credential(published: Deposit, folder: Path, client: Client) -> None:
    for ending in ENDINGS:
        client.get(f"/c/{published.award.public_id}.{ending}")
    names = ("김미나".encode(), b"Mina", b"mina@example.org", published.award.public_id.encode(), b"%PDF", b"PNG")
    for path in files(folder):
        assert not [name for name in names if name in path.read_bytes()]


def test_what_is_private_again_is_not_given_from_what_was_kept(
    published: Deposit, folder: Path, client: Client
) -> None:
    paths = [f"/c/{published.award.public_id}.{ending}" for ending in ENDINGS]
    assert [client.get(path).status_code for path in paths] == [200] * 3
    services.set_public(published, False)
    assert [client.get(path).status_code for path in paths] == [403] * 3


def test_nothing_is_left_of_somebody_who_was_forgotten(
    published: Deposit, folder: Path, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    for ending in ENDINGS:
        client.get(f"/c/{published.award.public_id}.{ending}")
    assert files(folder)
    assert published.holder is not None
    with django_capture_on_commit_callbacks(execute=True):
        services.forget(published.holder)
    assert files(folder) == []


def test_a_full_disk_takes_nothing_from_anybody(
    published: Deposit, folder: Path, client: Client, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: Any, **_more: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("testamur_site.foundation.made_files.keeping.os.open", full)
    assert client.get(f"/c/{published.award.public_id}.svg").status_code == 200
    assert client.get(f"/c/{published.award.public_id}.svg").status_code == 200
    assert counted == ["svg", "svg"]


def test_the_code_on_the_page_leads_to_the_page(published: Deposit) -> None:
    import io

    import zxingcpp
    from PIL import Image
    from resvg_py import svg_to_bytes

    for address in (published.award.url, "https://credentials.example.org/c/" + "x" * 200, "https://a.example/수여"):
        drawn = images.qr_svg(address).decode()
        assert "style" not in drawn  # our content security policy allows none
        with Image.open(io.BytesIO(bytes(svg_to_bytes(svg_string=drawn)))) as picture:
            (read,) = zxingcpp.read_barcodes(picture.convert("L"))
        assert read.text == address
        assert read.ec_level == "M"

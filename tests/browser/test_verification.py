"""The verify page in a real browser: every way in, every kind of answer, on paper, by keyboard, in Korean and without scripts.

The network is an institution in memory, as in the tests of the site.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from tests.simulator import NOW, FixedClock, Institution

from testamur.formats.baked import png as baked_png
from testamur.formats.baked import svg as baked_svg
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.did import did_key_for
from testamur.proofs.keys import PrivateKey
from testamur.verification import TrustRegistry, Verifier
from testamur_site.foundation.design_system.api import compose_badge_svg, render_png
from testamur_site.verification import services

Look = Callable[[Page, str], None]
PAGE = "https://university.example/c/abc"


@pytest.fixture(autouse=True)
def university(monkeypatch: pytest.MonkeyPatch) -> Institution:
    """The only institution of the world, at a fixed time."""
    simulated = Institution()
    monkeypatch.setattr(services, "Everywhere", lambda: simulated)
    monkeypatch.setattr(services, "verifier", lambda: Verifier(simulated, TrustRegistry([]), FixedClock(NOW)))
    return simulated


@pytest.fixture
def document(university: Institution) -> dict[str, Any]:
    return university.issue(name="김미나", email="mina@example.edu")


@pytest.fixture
def badge(document: dict[str, Any]) -> bytes:
    image = render_png(compose_badge_svg("Data Literacy", "award", "#1d3557", "#c9a227", "seal"), 400)
    return baked_png.bake(image, json.dumps(document).encode())


def give_text(page: Page, text: str) -> None:
    page.goto("/verify")
    page.get_by_label("Web address or text").fill(text)
    page.get_by_role("button", name="Verify", exact=True).click()


def verdict(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def test_the_form(page: Page, look: Look) -> None:
    page.goto("/verify")
    look(page, "verify")
    assert page.get_by_text("(optional)").count() == 1, "only the question about the person is optional"


def test_a_valid_badge_by_keyboard(page: Page, look: Look, badge: bytes) -> None:
    page.goto("/verify")
    page.get_by_label("File or picture").set_input_files(
        {"name": "badge.png", "mimeType": "image/png", "buffer": badge}
    )
    page.get_by_label("File or picture").focus()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Verify":
            break
    page.keyboard.press("Enter")
    expect(verdict(page)).to_have_text("Valid")
    look(page, "report-valid")
    # What a reader wants to know first stands on the first screen, on a telephone too.
    page.set_viewport_size({"width": 390, "height": 844})
    for words in ("Valid", "Everything that had to be checked holds.", "Data Literacy", "김미나"):
        box = page.get_by_text(words, exact=True).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 844, f"{words} must be scrolled to"
    # All six questions have an answer in words, and the details open by keyboard.
    assert page.locator(".findings > li").count() == 6
    assert all(text.strip() for text in page.locator(".findings .matter").all_inner_texts())
    summary = page.locator("#genuine summary")
    expect(page.locator("#genuine").get_by_text("Every word in it has a defined meaning")).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#genuine").get_by_text("Every word in it has a defined meaning")).to_be_visible()


def test_on_paper_nothing_is_folded_away(page: Page, document: dict[str, Any]) -> None:
    give_text(page, json.dumps(document))
    expect(verdict(page)).to_have_text("Valid")
    page.emulate_media(media="print")
    expect(page.locator("#genuine").get_by_text("Every word in it has a defined meaning")).to_be_visible()
    expect(page.get_by_role("button", name="Verify", exact=True)).to_be_hidden()
    expect(page.get_by_text("Verified on")).to_be_visible()


def _change(_university: Institution, document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False).replace("김미나", "김나미")


def _revoke(university: Institution, document: dict[str, Any]) -> str:
    university.revoke(document)
    return json.dumps(document)


def _suspend(university: Institution, document: dict[str, Any]) -> str:
    university.suspend(document)
    return json.dumps(document)


def _let_expire(university: Institution, _document: dict[str, Any]) -> str:
    return json.dumps(university.issue(name="김미나", valid_until=NOW - timedelta(days=1)))


def _take_down_the_list(university: Institution, document: dict[str, Any]) -> str:
    university.unreachable.add(university.revocation_url)
    return json.dumps(document)


def _sign_as_nobody(university: Institution, document: dict[str, Any]) -> str:
    key = PrivateKey.generate()
    did, method = did_key_for(key.public)
    unsigned = {name: value for name, value in document.items() if name not in ("proof", "credentialStatus")}
    unsigned["issuer"] = {**unsigned["issuer"], "id": did}
    return json.dumps(add_proof(unsigned, key, verification_method=method, created=NOW))


def _write_nonsense(_university: Institution, _document: dict[str, Any]) -> str:
    return "this is no credential"


@pytest.mark.parametrize(
    ("make", "word", "sentence", "shows_its_subject"),
    [
        (_change, "Not valid", "something was changed after signing", False),
        (_revoke, "Not valid", "has revoked it", True),
        (_suspend, "Not valid", "suspended", True),
        (_let_expire, "Not valid", "expired", True),
        (_take_down_the_list, "Could not be determined", "could not be asked", True),
        (_sign_as_nobody, "Valid", "on no register", True),
        (_write_nonsense, "Could not be determined", "There is no credential in this", False),
    ],
)
def test_each_answer_says_why(
    page: Page,
    glance: Look,
    university: Institution,
    document: dict[str, Any],
    make: Callable[[Institution, dict[str, Any]], str],
    word: str,
    sentence: str,
    shows_its_subject: bool,
) -> None:
    give_text(page, make(university, document))
    expect(verdict(page)).to_have_text(word)
    expect(page.locator(".findings").get_by_text(sentence).first).to_be_visible()
    assert (page.get_by_text("김미나", exact=True).count() > 0) is shows_its_subject
    assert page.get_by_text("김나미", exact=True).count() == 0
    glance(page, f"report-{make.__name__.strip('_')}")


def test_a_doubt_about_the_issuer_is_not_green(page: Page, university: Institution, document: dict[str, Any]) -> None:
    give_text(page, _sign_as_nobody(university, document))
    expect(verdict(page)).to_have_class("verdict quiet")
    expect(page.locator("header .reason")).to_contain_text("on no register")
    assert page.locator("#entitled .outcome.passed").count() == 0
    assert page.locator("#entitled > .outcome.unknown").count() == 1


def test_a_file_is_dropped(page: Page, badge: bytes) -> None:
    page.goto("/verify")
    dropped = page.evaluate_handle(
        """bytes => { const held = new DataTransfer();
        held.items.add(new File([new Uint8Array(bytes)], "badge.png", {type: "image/png"})); return held; }""",
        list(badge),
    )
    place = page.locator("[data-drop]")
    place.dispatch_event("dragover", {"dataTransfer": dropped})
    expect(place).to_have_class("drop over")
    place.dispatch_event("drop", {"dataTransfer": dropped})
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(verdict(page)).to_have_text("Valid")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_of_a_code(page: Page, university: Institution, document: dict[str, Any], kind: str) -> None:
    university.pages[PAGE] = json.dumps(document).encode()
    code, picture = io.BytesIO(), io.BytesIO()
    segno.make(PAGE).save(code, kind="png", scale=6)
    Image.open(code).convert("RGB").save(picture, kind)
    page.goto("/verify")
    page.get_by_label("File or picture").set_input_files(
        {"name": "photo", "mimeType": f"image/{kind.lower()}", "buffer": picture.getvalue()}
    )
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(verdict(page)).to_have_text("Valid")
    expect(page.locator("header").get_by_text(PAGE)).to_be_visible()


def test_what_cannot_be_had_is_refused_in_words(page: Page, look: Look, glance: Look, university: Institution) -> None:
    university.unreachable.add(PAGE)
    give_text(page, PAGE)
    expect(page.get_by_role("alert")).to_contain_text("university.example did not answer")
    look(page, "verify-refused")
    give_text(page, "  ")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was given.")
    page.get_by_label("File or picture").set_input_files(
        {"name": "big.png", "mimeType": "image/png", "buffer": b"\0" * (4 * 1024 * 1024 + 1)}
    )
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.get_by_text("a credential has at most 4 MB").first).to_be_visible()
    glance(page, "verify-too-large")


def test_is_it_about_this_person(page: Page, glance: Look, document: dict[str, Any]) -> None:
    page.goto("/verify")
    page.get_by_label("Web address or text").fill(json.dumps(document))
    page.get_by_text("Is it about the person in front of me?").click()
    page.get_by_label("E-mail address of the person in front of you").fill("nobody@example.edu")
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(verdict(page)).to_have_text("Not valid")
    assert page.locator("#about_whom > .outcome.failed").count() == 1
    page.get_by_label("E-mail address of the person in front of you").fill("mina@example.edu")
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(verdict(page)).to_have_text("Valid")
    assert page.locator("#about_whom > .outcome.passed").count() == 1
    glance(page, "report-about-a-person")


def test_a_receipt_of_what_was_found(page: Page, document: dict[str, Any]) -> None:
    give_text(page, json.dumps(document))
    page.get_by_role("button", name="Make a signed receipt").click()
    expect(page.get_by_text("Receipt of a verification").last).to_be_visible()
    assert "김미나" not in page.content(), "a receipt names no person"
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the signed receipt").click()
    assert json.loads(Path(download.value.path()).read_bytes())["proof"]


def test_the_further_ways_to_verify(page: Page) -> None:
    for name in ("Many documents at once", "Without a network"):
        page.goto("/verify")
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.url.split("/verify")[1] in ("/many", "/offline")


def test_without_scripts(page_without_scripts: Page, document: dict[str, Any]) -> None:
    page = page_without_scripts
    page.goto("/verify")
    expect(page.get_by_role("button", name="Read a QR code with the camera")).to_be_hidden()
    svg = baked_svg.bake(compose_badge_svg("x", "award", "#1d3557", "#c9a227", "seal"), json.dumps(document).encode())
    page.get_by_label("File or picture").set_input_files(
        {"name": "badge.svg", "mimeType": "image/svg+xml", "buffer": svg}
    )
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(verdict(page)).to_have_text("Valid")
    page.locator("#genuine summary").click()
    expect(page.locator("#genuine").get_by_text("Every word in it has a defined meaning")).to_be_visible()


def test_in_korean(page: Page, look: Look, document: dict[str, Any]) -> None:
    page.goto("/verify")
    page.get_by_role("button", name="한국어").click()
    expect(page).to_have_url(re.compile("/verify$"))
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    look(page, "verify-ko")
    page.locator("textarea").fill(json.dumps(document))
    page.locator("form[enctype] button.primary").click()
    expect(verdict(page)).to_have_text("유효함")
    look(page, "report-ko")

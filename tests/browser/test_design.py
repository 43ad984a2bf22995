"""The style page holds every component with its states: what is right there is right everywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Look = Callable[[Page, str], None]


def test_the_style_page_in_english(page: Page, look: Look) -> None:
    page.goto("/design")
    look(page, "design-en")


def test_the_style_page_in_korean(korean_page: Page, look: Look) -> None:
    korean_page.goto("/design")
    expect(korean_page.locator("html")).to_have_attribute("lang", "ko")
    look(korean_page, "design-ko")


def test_a_page_that_is_not_there(page: Page, look: Look) -> None:
    answer = page.goto("/there/is/no/such/page")
    assert answer is not None
    assert answer.status == 404
    look(page, "error-404")


def test_the_language_switch_works_without_scripts(page_without_scripts: Page) -> None:
    page = page_without_scripts
    page.goto("/design#forms")
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    assert page.url.endswith("/design")


def test_korean_lines_break_between_words(korean_page: Page) -> None:
    korean_page.goto("/design")
    assert korean_page.evaluate("getComputedStyle(document.querySelector('.prose p')).wordBreak") == "keep-all"


def test_the_skip_link_is_first_and_leads_to_the_content(page: Page) -> None:
    page.goto("/design")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_every_stop_of_the_keyboard_shows_where_it_is(page: Page) -> None:
    page.goto("/design")
    stops = page.locator("a[href], button:not([disabled]), input, select, textarea, summary").count()
    unseen = []
    for _ in range(min(stops, 60)):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return e === document.body || s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 ? '' : e.outerHTML }"
        )
        unseen += [seen] if seen else []
    assert unseen == []


def test_a_dialog_opens_takes_the_focus_and_gives_it_back(page: Page) -> None:
    page.goto("/design")
    opener = page.get_by_role("link", name="Open a dialog")
    opener.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_without_scripts_the_opener_of_a_dialog_is_a_plain_link(page_without_scripts: Page) -> None:
    page_without_scripts.goto("/design")
    page_without_scripts.get_by_role("link", name="Open a dialog").click()
    assert page_without_scripts.url.endswith("#dialog")
    # Nor is anything shown that would need scripts.
    expect(page_without_scripts.locator(".js-only").first).to_be_hidden()


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(page: Page) -> None:
    page.goto("/design")
    menu = page.locator("details.menu")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_what_is_copied_can_be_pasted(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/design")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#share-address").input_value()


def test_a_file_that_is_dropped_is_chosen(page: Page) -> None:
    page.goto("/design")
    page.evaluate(
        """() => {
            const carried = new DataTransfer();
            carried.items.add(new File(["name,email"], "cohort.csv", { type: "text/csv" }));
            const place = document.querySelector("[data-drop]");
            place.dispatchEvent(new DragEvent("dragover", { dataTransfer: carried, bubbles: true, cancelable: true }));
            place.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }"""
    )
    assert page.evaluate("document.querySelector('[data-drop] input[type=file]').files[0].name") == "cohort.csv"


@pytest.mark.parametrize(("primary", "accent"), [("ffff00", "ffffff"), ("000000", "000000"), ("8b1e3f", "c9a227")])
def test_any_institution_can_have_its_colours(page: Page, look: Look, primary: str, accent: str) -> None:
    """The theme is put in as the server would link it; axe then judges every component in those colours."""
    page.goto("/design")
    page.evaluate(
        """(address) => new Promise((done) => {
            const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address, onload: done });
            document.querySelector("link[rel=stylesheet]:last-of-type").before(link);
        })""",
        f"/theme/{primary}-{accent}.css",
    )
    look(page, f"design-theme-{primary}")


def test_on_paper_only_the_matter_is_left(page: Page) -> None:
    page.goto("/design")
    page.emulate_media(media="print")
    expect(page.locator(".masthead nav")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()

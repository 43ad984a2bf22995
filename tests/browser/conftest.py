"""The pages in a real Chromium. What belongs here: what only a browser can tell — accessibility, layout, scripts, the policy.

`page`            a fresh visitor of the running site, in English; `korean_page`, `page_without_scripts` likewise
`look(page, name)`   examine the page as it stands: see its docstring
`glance(page, name)` the same once, on a phone: for further states of a page
`sign_in(page, user)`  give the visitor a session of that user

Nothing here waits by the clock: Playwright waits for what a test names.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# Playwright's synchronous interface runs an event loop in the thread of the test, and Django would then refuse its database
# there. Tests use it as plainly as anywhere else: nothing in this folder is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.site.conftest import (  # noqa: F401 - the same institutions and people as in the tests of the site
    _each_picture_once,
    _log_of_its_own,
    designer,
    institution,
    issuer,
    make_user,
    other_institution,
    outsider,
    owner,
    viewer,
)

from .chromium import CHROMIUM, FLAGS

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
SIZES = {390: 844, 1280: 900}
# Every rule at either size and in either scheme: what axe finds wrong depends on one of them, not on both together.
SCHEMES = {(390, "light"): RULES, (390, "dark"): (), (1280, "light"): (), (1280, "dark"): RULES}
MAX_WEIGHT = 60 * 1024
# What a static file weighs, once for all pages that load it: to fetch it anew each time took half of an examination.
WEIGHED: dict[str, int] = {}
SCREENSHOTS = Path(__file__).parents[2] / "build/screenshots"
TAKEN = (
    os.environ.get("TESTAMUR_SCREENSHOTS", "yes") != "no"
)  # whole pages, at four sizes: a third of the time, and of use to people only


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


# The Chromium that runs. It is this folder's and not the session's: Playwright's event loop must be gone before other folders' tests run.
RUNNING = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """The fixtures of the folder's last test are taken down, then Chromium is."""
    try:
        return (yield)
    finally:
        if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
            RUNNING.close()
            started.cache_clear()


@lru_cache(maxsize=1)
def started() -> Browser:
    playwright = RUNNING.enter_context(sync_playwright())
    return RUNNING.enter_context(playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS)))


@pytest.fixture
def browser() -> Browser:
    """One Chromium for all tests of this folder; what a test knows of it are contexts of its own."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium: apt-get install chromium")
    return started()


@pytest.fixture
def visitor(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`visitor(locale="ko-KR", scripts=False)`: a new visitor. At the end no page may have complained on its console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def arrive(locale: str = "en-GB", *, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale=locale,
            timezone_id="UTC",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            viewport={"width": 1280, "height": SIZES[1280]},
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        # A violation of the content security policy and an error in a script are both said on the console. That the server
        # refused an upload (4xx) is an answer like any other.
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "response",
            lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert complaints == [], "the browser complained"


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    return visitor()


@pytest.fixture
def korean_page(visitor: Callable[..., Page]) -> Page:
    return visitor("ko-KR")


@pytest.fixture
def page_without_scripts(visitor: Callable[..., Page]) -> Page:
    return visitor(scripts=False)


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, Any], None]:
    host = urlsplit(live_server.url).hostname or ""

    def as_user(page: Page, user: Any) -> None:
        assert isinstance(user, get_user_model())
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": host, "path": "/"}]
        )

    return as_user


@pytest.fixture
def look() -> Callable[[Page, str], None]:
    return examine


def examine(page: Page, name: str) -> None:
    """Examine the page as it stands, keeping screenshots as build/screenshots/<name>-<width>-<scheme>.png (unless TESTAMUR_SCREENSHOTS=no).

    1. At 390 pixels in light and at 1280 in dark colours axe finds no violation of WCAG 2.2 AA: colours do not depend on the width, nor
       what is shown on the colours. At either width nothing can be scrolled sideways.
    2. Document, styles, scripts and icons together weigh at most 60 KB compressed; pictures come on top.
    3. It has a title, a language and exactly one first heading.
    """
    page.wait_for_load_state()  # a link that was just followed: axe must not begin in the document that is about to go
    for (width, scheme), rules in SCHEMES.items():
        if not (TAKEN or rules or scheme == "light"):
            continue  # nothing would be asked
        if page.viewport_size != {"width": width, "height": SIZES[width]}:
            page.set_viewport_size({"width": width, "height": SIZES[width]})
        page.emulate_media(color_scheme=scheme)
        keep(page, f"{name}-{width}-{scheme}")
        where = f"{name} at {width} pixels, {scheme}"
        if rules:
            assert violations(page, rules) == [], where
        if scheme == "light":
            assert sideways(page) == [], f"{where}: wider than the page"
    page.emulate_media(color_scheme="light")
    heavy = weights(page)
    assert sum(heavy.values()) <= MAX_WEIGHT, f"{name}: {heavy}"
    assert page.title().strip(), f"{name}: no title"
    assert page.locator("html").get_attribute("lang"), f"{name}: no language"
    assert page.locator("h1").count() == 1, f"{name}: {page.locator('h1').count()} first headings"


@pytest.fixture
def glance() -> Callable[[Page, str], None]:
    return examine_once


def examine_once(page: Page, name: str) -> None:
    """For a further state of a page that was examined already: accessible and not too wide on a phone, and a screenshot."""
    page.wait_for_load_state()
    page.set_viewport_size({"width": 390, "height": SIZES[390]})
    keep(page, f"{name}-390-light")
    assert violations(page) == [], name
    assert sideways(page) == [], f"{name}: wider than the page"
    assert page.locator("h1").count() == 1, f"{name}: {page.locator('h1').count()} first headings"
    page.set_viewport_size({"width": 1280, "height": SIZES[1280]})


def keep(page: Page, name: str) -> None:
    """A screenshot of the whole page, for people to look at."""
    if TAKEN:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")


def violations(page: Page, rules: tuple[str, ...] = RULES) -> list[str]:
    """What axe finds, one line for each element, with what it says to do."""
    if not page.evaluate("() => 'axe' in window"):  # once a page: its half megabyte takes longer to read than to run
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "options => axe.run(options).then(results => results.violations)",
        {"runOnly": list(rules), "resultTypes": ["violations"]},
    )
    return [f"{one['id']}: {node['html'][:200]} — {node['failureSummary']}" for one in found for node in one["nodes"]]


def sideways(page: Page) -> list[str]:
    """The elements that reach beyond the right edge, when the page as a whole can be scrolled sideways."""
    script = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1).map((element) => element.outerHTML.slice(0, 120))"""
    return [str(element) for element in page.evaluate(script)][:5]


def weights(page: Page) -> dict[str, int]:
    """Compressed bytes of the document and of everything it loaded but pictures, by path."""
    script = """() => performance.getEntriesByType("resource").filter((entry) => !/\\.(png|jpe?g|webp)$/.test(new URL(entry.name).pathname)
        && entry.initiatorType !== "img" && entry.name.startsWith(location.origin)).map((entry) => entry.name)"""
    found = {"document": len(gzip.compress(page.content().encode()))}
    for address in set(page.evaluate(script)):
        path = urlsplit(address).path
        if path.startswith("/static/") and path in WEIGHED:
            found[path] = WEIGHED[path]
        else:
            found[path] = WEIGHED[path] = len(gzip.compress(page.context.request.get(address).body()))
    return found

"""Recognition between institutions, as part of the consortium's story: one credential by an agreement, another refused with a reason.

The University of Zed agrees with Liffey College about one achievement. Ana sends two credentials of two partners: the one that
the agreement covers is recognised at once, by a credential of its own; of the other the registrar decides, and refuses.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from testamur_site.portal.demo.people import REGISTRAR

from .story import Stage

_UNIVERSITY = "University of Zed"
_DESK = "/staff/university-of-zed/recognition/"
_AGREEMENT = "Courses of the consortium"
_REASON = (
    "The course is taught and examined in groups, and the credential does not say what your own part was. "
    "You are welcome to take our examination alone."
)


@dataclass
class Sent:
    """A credential that is sent: its title, the page where its holder sees it, and its JSON values."""

    title: str
    page: str
    values: dict[str, Any]


def read(page: Page, title: str, path: str) -> Sent:
    """What its holder has."""
    answer = page.request.get(f"{path}.json")
    assert answer.ok, answer.status
    return Sent(title, path, answer.json())


def tell(stage: Stage, registrar: Page, covered: Sent, other: Sent, within: float) -> None:
    """`registrar` is the page of who signed in at the university; `within` seconds an agreement has to answer."""
    _agree(registrar, covered)
    stage.picture(registrar, "05-agreement")
    issuer = covered.values["issuer"]["name"]
    stage.say(
        f"{REGISTRAR['name']} of the {_UNIVERSITY} put an agreement with {issuer} in force: it covers “{covered.title}”."
    )
    _recognised(stage, covered, within)
    _refused(stage, registrar, other)


def _agree(page: Page, covered: Sent) -> None:
    page.goto(f"{_DESK}settings")
    page.get_by_label("Learners may ask us to recognise credentials").check()
    page.get_by_role("button", name="Save").click()
    page.goto(f"{_DESK}agreements/new")
    page.get_by_label("Title").fill(_AGREEMENT)
    page.get_by_label("The other institution").fill(covered.values["issuer"]["name"])
    page.get_by_label("Its identifier as an issuer").fill(covered.values["issuer"]["id"])
    page.get_by_label("Achievements").fill(covered.values["credentialSubject"]["achievement"]["id"])
    page.get_by_label("Recognise at once what the agreement covers").check()
    page.get_by_label("Valid from").fill("2026-01-01")
    page.get_by_label("Valid until").fill("2029-12-31")
    page.locator("main form button.primary").first.click()
    page.get_by_role("button", name="Put in force").click()
    expect(page.locator("main")).to_contain_text("In force")


def _send(page: Page, sent: Sent) -> str:
    """Ana asks for elective credits; the address of her request."""
    page.goto("/wallet/recognition/")
    page.get_by_role("link", name=re.compile(rf"^Ask\s*: {_UNIVERSITY}")).click()
    page.get_by_label(sent.title).check()
    page.get_by_label("What you want them recognised as").select_option(label="Elective credits")
    page.get_by_label("I agree that this institution sees these credentials and my name").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("main")).to_contain_text("What you sent")
    return urlsplit(page.url).path


def _decided(stage: Stage, page: Page, request: str, within: float) -> float:
    """Look again until it is decided; after how many seconds."""
    began = time.monotonic()
    page.goto(request)
    while not page.get_by_role("heading", name="The decision").count():
        assert time.monotonic() - began < within, f"the request was not decided within {within} seconds"
        stage.wait()
        page.reload()
    return time.monotonic() - began


def _recognised(stage: Stage, covered: Sent, within: float) -> None:
    page = stage.learner
    seconds = _decided(stage, page, _send(page, covered), within)
    expect(page.locator("main")).to_contain_text("decided by an agreement")
    stage.picture(page, "06-recognised")
    page.get_by_role("link", name="Open the credential").click()
    expect(page.get_by_role("heading", name="This credential is yours")).to_be_visible()
    stage.say(
        f"Ana sent “{covered.title}”: recognised by the agreement after {seconds:.1f} seconds, by a signed credential."
    )


def _refused(stage: Stage, registrar: Page, other: Sent) -> None:
    page = stage.learner
    request = _send(page, other)
    expect(page.locator("main")).to_contain_text("You get an answer by")
    registrar.goto(_DESK)
    registrar.locator("main table a").first.click()
    expect(registrar.locator("main")).to_contain_text(other.title)
    registrar.get_by_label("Refuse").check()
    registrar.get_by_label("Reason").fill(_REASON)
    stage.picture(registrar, "07-desk")
    registrar.get_by_role("button", name="Decide", exact=True).click()
    expect(registrar.locator("main")).to_contain_text("Not recognised")
    page.goto(request)
    expect(page.locator("main")).to_contain_text("Not recognised")
    expect(page.locator("main")).to_contain_text(_REASON)
    stage.picture(page, "08-refused")
    stage.say(f"“{other.title}” is covered by no agreement; the registrar refused it, and Ana reads why: {_REASON}")

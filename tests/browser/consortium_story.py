"""A microdegree of three institutions, told through the pages (`make demo`): how it is completed, and how it falls.

1. Ana enters her wallet by the link in a mail and opens the map of *Cities in transition*: one course done, two open.
2. The registrars of two partners award her the two courses; she accepts both. Within a minute the microdegree is awarded by
   itself; she accepts and publishes it, and downloads it with its bundle.
3. A stranger takes the decision again from the credential alone, on a command line (`consortium_stranger.py`).
4. Ana asks the university to recognise two of her credentials: one is covered by an agreement, the other is refused
   (`consortium_recognition.py`).
5. A partner revokes one of the courses. The microdegree falls: its page, the verify page and her map say so, and why.
6. The stranger takes the decision again with today's bundle: it was right, and does not stand any more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from testamur_site.portal.demo.people import COHORT, PARTNERS, REGISTRAR

from . import consortium_recognition as recognition
from . import consortium_stranger as stranger
from .story import PATIENCE, Stage

ANA, MAIL = COHORT[0][:2]
MICRODEGREE = "Cities in transition"
RIVER, LIFFEY = PARTNERS
AWARDED = ((RIVER, "Urban energy systems"), (LIFFEY, "Planning with citizens"))


@dataclass
class Consortium:
    """`stage.learner` is Ana's browser and `stage.employer` a stranger's; `arrive` opens one for somebody else. `within` so
    many seconds the platform has to do what it does by itself: award, withdraw, recognise by an agreement."""

    stage: Stage
    arrive: Callable[[], Page]
    within: float = 60
    way: str = ""
    shown: str = ""
    courses: dict[str, str] = field(default_factory=dict)

    @property
    def ana(self) -> Page:
        return self.stage.learner


def tell(told: Consortium) -> None:
    """The whole story. Leaves credential.json, bundle.zip and credential.tlog-proof as they were awarded, policy.txt,
    testamur-verify.pyz, and bundle-afterwards.zip, which knows of the revocation."""
    (told.stage.folder / "screenshots").mkdir(parents=True, exist_ok=True)
    _enter(told)
    _open_the_map(told)
    _complete(told)
    _take_along(told)
    stranger.verify(told.stage)
    stranger.decide_again(told.stage)
    _have_recognised(told)
    _revoke_a_part(told)
    _fallen(told)
    stranger.decide_today(told.stage)


# --- what all of them do ----------------------------------------------------------------------------------------------------------


def _mailed(told: Consortium, page: Page, to: str, path: str, about: str) -> str:
    """The link in a mail to an address whose subject says `about`, read in the outbox."""
    for _ in range(PATIENCE):
        page.goto("/outbox/")
        row = page.get_by_role("row").filter(has_text=to).filter(has_text=about)
        if row.count():
            page.goto(str(row.first.get_by_role("link").first.get_attribute("href")))
            found = re.search(rf"https?://[^/\s]+({path}\S+)", page.locator("main").inner_text())
            assert found is not None, f"the mail about {about} holds no link {path}"
            return found[1]
        told.stage.wait()
    raise AssertionError(f"no mail about {about} came to {to}")


def _sign_in(told: Consortium, email: str) -> Page:
    page = told.arrive()
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", REGISTRAR["password"])
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_be_visible()
    return page


def _path(page: Page) -> str:
    return urlsplit(page.url).path


# --- Ana --------------------------------------------------------------------------------------------------------------------------


def _enter(told: Consortium) -> None:
    page = told.ana
    page.goto("/wallet/enter")
    page.get_by_label("E-mail address").fill(MAIL)
    page.get_by_role("button", name="Send me a link").click()
    page.goto(_mailed(told, page, MAIL, "/wallet/enter/", "Your link to your credentials"))
    page.get_by_role("button", name="Open my credentials").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My credentials")
    told.stage.say(f"{ANA} opened her wallet with the link in a mail; she has no password.")


def _open_the_map(told: Consortium) -> None:
    page = told.ana
    page.get_by_role("link", name="My microdegrees").click()
    page.get_by_role("link", name=MICRODEGREE).click()
    told.way = _path(page)
    expect(page.get_by_role("img", name="1 of 3 requirements are met")).to_be_visible()
    told.stage.picture(page, "01-one-of-three")
    told.stage.say(f"Her map of “{MICRODEGREE}” says: 1 of 3 requirements are met.")


def _complete(told: Consortium) -> None:
    """Two registrars award, she accepts; from the second acceptance on the clock runs."""
    for partner, course in AWARDED:
        _award(told, partner, course)
        page = told.ana
        page.goto(_mailed(told, page, MAIL, "/claim/", course))
        expect(page.get_by_role("heading", level=1)).to_have_text(course)
        page.get_by_role("button", name="Accept", exact=True).click()
        expect(page.get_by_role("heading", name="This credential is yours")).to_be_visible()
        told.courses[course] = _path(page)
        told.stage.say(f"{partner['registrar']} of {partner['name']} awarded her “{course}”; she accepted.")
    began = time.monotonic()
    told.ana.goto(told.way)
    awarded = told.ana.get_by_role("link", name="Open the credential")
    while not awarded.count():
        assert time.monotonic() - began < told.within, f"the microdegree was not awarded within {told.within} seconds"
        told.stage.wait()
        told.ana.reload()
    seconds = time.monotonic() - began
    expect(told.ana.get_by_role("img", name="3 of 3 requirements are met")).to_be_visible()
    told.stage.picture(told.ana, "02-three-of-three")
    told.stage.say(f"The microdegree was awarded by itself {seconds:.1f} seconds after she accepted the last course.")


def _award(told: Consortium, partner: Mapping[str, Any], course: str) -> None:
    page = _sign_in(told, partner["email"])
    page.goto(f"/staff/{partner['slug']}/awards/new")
    if page.get_by_label(course).count():
        page.get_by_label(course).check()
        page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name of the learner").fill(ANA)
    page.locator("main [name=email]").fill(MAIL)
    page.locator("main [name=language]").select_option("en")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This will be issued")
    page.get_by_role("button", name="Sign and issue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(ANA)
    page.context.close()


def _take_along(told: Consortium) -> None:
    """She accepts and publishes the microdegree; what anybody needs to check it is downloaded from its page and the log's."""
    page, stage = told.ana, told.stage
    page.goto(_mailed(told, page, MAIL, "/claim/", MICRODEGREE))
    page.get_by_role("button", name="Accept and publish").click()
    expect(page.get_by_text("Everybody who has the address can see this page.")).to_be_visible()
    told.shown = _path(page)
    _until_recorded(told, page)
    stage.picture(page, "03-microdegree")
    for name, label in (
        ("credential.json", "Credential (JSON)"),
        ("bundle.zip", "Bundle for offline verification"),
        ("credential.tlog-proof", "Proof from the public log"),
        ("testamur-verify.pyz", "Verifier in one file (needs only Python)"),
    ):
        _download(told, page, label, name)
    stage.employer.goto("/log/")
    stage.picture(stage.employer, "04-log")
    answer = stage.employer.request.get(
        str(stage.employer.get_by_role("link", name="policy.txt").get_attribute("href"))
    )
    assert answer.ok, answer.status
    _keep(told, "policy.txt", answer.body())
    stage.say("She accepted and published it, and downloaded the credential and the bundle for offline verification.")


def _until_recorded(told: Consortium, page: Page) -> None:
    for _ in range(PATIENCE):
        page.goto(told.shown)
        if page.get_by_role("link", name="Proof from the public log").count():
            return
        told.stage.wait()
    raise AssertionError("the microdegree was not recorded in the public log")


def _download(told: Consortium, page: Page, label: str, name: str) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name=label).click()
    told.stage.files[name] = told.stage.folder / name
    download.value.save_as(told.stage.files[name])


def _keep(told: Consortium, name: str, content: bytes) -> None:
    told.stage.files[name] = told.stage.folder / name
    told.stage.files[name].write_bytes(content)


def _have_recognised(told: Consortium) -> None:
    other, covered = (recognition.read(told.ana, course, told.courses[course]) for _, course in AWARDED)
    registrar = _sign_in(told, REGISTRAR["email"])
    recognition.tell(told.stage, registrar, covered, other, told.within)
    registrar.context.close()


# --- a part falls -----------------------------------------------------------------------------------------------------------------


def _revoke_a_part(told: Consortium) -> None:
    course = AWARDED[0][1]
    partner: Mapping[str, Any] = AWARDED[0][0]
    page = _sign_in(told, partner["email"])
    page.goto(f"/staff/{partner['slug']}/awards/?q={MAIL}")
    page.get_by_role("link", name=ANA).first.click()
    page.get_by_role("link", name="Revoke", exact=True).click()
    page.get_by_label("Reason").select_option(label="Issued in error")
    page.get_by_role("button", name=re.compile("^Revoke")).click()
    expect(page.locator("main")).to_contain_text("revoked")
    page.context.close()
    told.stage.say(f"{partner['registrar']} revoked “{course}”: it had been issued in error.")


def _fallen(told: Consortium) -> None:
    page, anybody, stage = told.ana, told.stage.employer, told.stage
    began = time.monotonic()
    page.goto(told.way)
    while not page.get_by_text("Withdrawn", exact=True).count():
        assert time.monotonic() - began < told.within, f"the microdegree did not fall within {told.within} seconds"
        stage.wait()
        page.reload()
    seconds = time.monotonic() - began
    expect(page.get_by_role("img", name="2 of 3 requirements are met")).to_be_visible()
    expect(page.get_by_text("Withdrawn, because the requirements are not met any more")).to_be_visible()
    expect(page.get_by_text(f"A credential that counted has fallen: {AWARDED[0][1]}")).to_be_visible()
    stage.picture(page, "09-fallen")
    stage.say(f"After {seconds:.1f} seconds her map says “Withdrawn”, which course fell, and what is missing.")

    page.goto(told.shown)
    expect(page.get_by_text("This credential was revoked.")).to_be_visible()
    expect(page.get_by_text("A credential that counted has fallen, and the requirements are not met")).to_be_visible()
    stage.picture(page, "10-revoked")
    anybody.goto("/verify")
    anybody.get_by_label("File or picture").set_input_files(stage.files["credential.json"])
    anybody.get_by_role("button", name="Verify", exact=True).first.click()
    expect(anybody.get_by_role("heading", level=1)).to_have_text("Not valid")
    stage.picture(anybody, "11-not-valid")
    _download(told, page, "Bundle for offline verification", "bundle-afterwards.zip")
    stage.say("Its page and the verify page say that the microdegree was revoked; on its page she reads the reason.")

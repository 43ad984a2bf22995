"""The main job, told through the pages as three people do it: Nora of the registry, Seoyeon who learned, Hana who hires.

`tell(stage)` is told in two places: by `test_story.py` in a test's server, and by `demo.py` (`make demo`) on a real platform.

1. Nora creates an account, confirms her address from the mail, and opens an institution.
2. She describes a micro-credential with every element of Annex I, makes its picture, and publishes it.
3. She uploads a class list with names in three scripts, reads the dry run, mends nothing, and starts it.
4. Seoyeon opens the mail, accepts, publishes, and downloads her badge.
5. Hana verifies the badge: valid.
6. Nora revokes it. Hana verifies the same file again: not valid. The page says so too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

NORA = {"name": "Nora Nord", "email": "nora@nordhafen.example", "password": "a quiet harbour at night"}
INSTITUTION, SLUG = "Nordhafen University of Applied Sciences", "nordhafen"
TITLE = "Reading the tides"
LEARNER = ("김서연", "seoyeon.kim@learners.example")
CLASS_LIST = """\
Name,E-Mail,Award date,Exam
김서연,seoyeon.kim@learners.example,2026-11-02,93
محمد العلي,mohammed.alali@learners.example,2026-11-02,81
Siobhán O’Neill,siobhan.oneill@learners.example,2026-11-02,77
Łukasz Kowalski,lukasz.kowalski@learners.example,2026-11-02,64
Jürgen Müller,juergen.mueller(at)learners.example,2026-11-02,58
Ngọc Nguyễn,ngoc.nguyen@learners.example,2026-11-02,88
"""
READY, REFUSED_LINE = 5, 6
PATIENCE = 240  # times that one may look again for something that the worker makes


@dataclass
class Stage:
    """Who acts where. `staff`, `learner` and `employer` are three browsers; `wait` lets the platform work for a moment; files and
    screenshots go below `folder`; `say` hears what is done."""

    staff: Page
    learner: Page
    employer: Page
    folder: Path
    wait: Callable[[], None]
    say: Callable[[str], None] = lambda sentence: None
    files: dict[str, Path] = field(default_factory=dict)

    def picture(self, page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")  # badges and QR codes are made when they are asked for
        page.screenshot(path=self.folder / "screenshots" / f"{name}.png", full_page=True, animations="disabled")


def tell(stage: Stage) -> Stage:
    """The whole story. Leaves credential.json, badge.png, badge.svg, bundle.zip and report.json in the folder, as they were before the
    revocation."""
    (stage.folder / "screenshots").mkdir(parents=True, exist_ok=True)
    _open_an_institution(stage)
    _describe_a_micro_credential(stage)
    _award_a_class(stage)
    _claim_and_publish(stage)
    _verify(stage, "Valid", "06-verified")
    _ask_as_a_program(stage)
    _revoke(stage)
    _verify(stage, "Not valid", "08-verified-again")
    return stage


# --- what all of them do --------------------------------------------------------------------------------------------------------


def _fill(page: Page, values: Mapping[str, str]) -> None:
    """Fields by their names: a choice by its words, everything else by typing."""
    for name, value in values.items():
        control = page.locator(f"main [name='{name}']")
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(label=value)
        else:
            control.fill(value)


def _press(page: Page, name: str | re.Pattern[str], *, nth: int = 0) -> None:
    page.locator("main").get_by_role("button", name=name).nth(nth).click()


def _until(stage: Stage, page: Page, address: str, wanted: Callable[[], Locator]) -> Locator:
    """Look again until something is there that the worker makes."""
    for _ in range(PATIENCE):
        page.goto(address)
        if wanted().count():
            return wanted().first
        stage.wait()
    raise AssertionError(f"{wanted()} did not come at {address}")


def _link_in_mail(stage: Stage, page: Page, to: str) -> str:
    """The link in the newest mail to an address, read in the outbox."""
    _until(stage, page, "/outbox/", lambda: page.get_by_role("row").filter(has_text=to)).get_by_role(
        "link"
    ).first.click()
    found = re.search(r"https?://\S+(/(?:claim|accounts/confirm-email)/\S+)", page.locator("main").inner_text())
    assert found is not None, "the mail holds no link"
    return found[1]


# --- Nora -----------------------------------------------------------------------------------------------------------------------


def _open_an_institution(stage: Stage) -> None:
    page = stage.staff
    page.goto("/accounts/signup/")
    page.get_by_label("E-mail address").fill(NORA["email"])
    page.get_by_label("Your name").fill(NORA["name"])
    page.get_by_label("Choose a password").fill(NORA["password"])
    _press(page, "Create the account")
    page.goto(_link_in_mail(stage, page, NORA["email"]))
    _press(page, "Yes, confirm")
    page.get_by_label("E-mail address").fill(NORA["email"])
    page.get_by_label("Password", exact=True).fill(NORA["password"])
    _press(page, "Sign in")
    page.get_by_role("link", name="Set up an institution").click()
    page.get_by_label("Name of the institution").fill(INSTITUTION)
    page.get_by_label("Country").fill("DE")
    page.get_by_label("Short name in addresses").fill(SLUG)
    _press(page, "Set it up")
    page.goto(f"/staff/{SLUG}/settings/")
    _fill(
        page,
        {"name_ko": "노르트하펜 응용과학대학교", "email": "registry@nordhafen.example", "primary_colour": "#0f4c5c"},
    )
    _press(page, "Save")
    page.goto(f"/staff/{SLUG}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(INSTITUTION)
    stage.picture(page, "01-institution")
    stage.say(f"{NORA['name']} opened {INSTITUTION}.")


def _describe_a_micro_credential(stage: Stage) -> None:
    page = stage.staff
    page.get_by_role("link", name="New micro-credential").first.click()
    _fill(page, {"title_en": TITLE, "title_ko": "조석 읽기"})
    _press(page, "Create the draft")
    one = page.url.split("/edit/")[0].rstrip("/")

    def section(name: str, values: Mapping[str, str]) -> None:
        if not page.url.split("?")[0].split("#")[0].endswith(f"/edit/{name}"):
            page.goto(f"{one}/edit/{name}")
        _fill(page, values)

    def save() -> None:
        _press(page, "Save", nth=-1) if page.get_by_role("button", name="Save and continue").count() == 0 else _press(
            page, "Save and continue"
        )

    section(
        "basics",
        {
            "description_en": "Read a tide table, and know when the harbour can be entered.",
            "tags": "navigation, harbour",
        },
    )
    save()
    section(
        "outcomes",
        {"outcomes-0-title_en": "Predict high and low water", "outcomes-0-description_en": "Within ten minutes."},
    )
    _press(page, "Add a skill")
    skill = "outcomes-0-skills-0-"
    section("outcomes", {f"{skill}name_en": "calculate tides", f"{skill}framework": "ESCO"})
    save()
    section("workload", {"workload": "50", "eqf_level": "Level 5"})
    _press(page, "Add credits")
    section("workload", {"credits-0-points": "2", "credits-0-system": "European Credit Transfer System"})
    save()
    page.goto(f"{one}/edit/learning")
    page.get_by_label("Blended").check()
    save()
    section(
        "assessment",
        {
            "assessments-0-title_en": "A passage, planned",
            "assessments-0-type": "practical assessment",
            "assessments-0-description_en": "Plan a passage through the harbour mouth for a given day.",
            "assessments-0-supervision": "Supervised with ID Verification",
            "assessments-0-grading_description_en": "Points from 0 to 100; 50 are needed.",
        },
    )
    _press(page, "Add a result")
    result = "assessments-0-results-0-"
    section(
        "assessment",
        {
            f"{result}name_en": "Exam",
            f"{result}result_type": "Points",
            f"{result}minimum": "0",
            f"{result}maximum": "100",
            f"{result}required_value": "50",
        },
    )
    save()
    section(
        "quality",
        {
            "quality_assurance-0-type": "Internal quality assurance of the provider",
            "quality_assurance-0-body_en": "Quality Office",
            "quality_assurance-0-url": "https://nordhafen.example/quality",
        },
    )
    save()
    section(
        "conditions",
        {
            "prerequisites_en": "None.",
            "integration": "Stand-alone, independent micro-credential",
            "homepage": "https://nordhafen.example/tides",
        },
    )
    save()
    page.goto(f"{one}/image")
    _fill(page, {"symbol": "Compass", "shape": "Shield", "alternative_text_en": "A compass on a shield."})
    _press(page, "Save the image")
    page.goto(f"{one}/")
    expect(page.locator("main")).to_contain_text("12 of 12")
    stage.picture(page, "02-described")
    page.get_by_role("link", name="Publish").click()
    _press(page, "Publish now")
    stage.say(f"She described “{TITLE}” with every element of Annex I and published it.")


def _award_a_class(stage: Stage) -> None:
    page = stage.staff
    page.goto(f"/staff/{SLUG}/")
    page.get_by_role("link", name="Award a cohort").click()
    page.get_by_label("Class list").set_input_files(
        {"name": "class.csv", "mimeType": "text/csv", "buffer": CLASS_LIST.encode("utf-8-sig")}
    )
    _press(page, "To the dry run")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dry run")
    # The list is judged before anything is written: one address cannot be one, and the dry run says in which line.
    refused = page.get_by_role("row").filter(has_text="Jürgen Müller")
    expect(refused).to_contain_text(str(REFUSED_LINE))
    expect(refused).to_contain_text("is not an e-mail address")
    stage.picture(page, "03-dry-run")
    _press(page, f"Issue {READY} credentials")
    batch = page.url
    finished = _until(stage, page, batch, lambda: page.locator("main").get_by_text("Finished"))
    expect(finished).to_be_visible()
    stage.picture(page, "04-cohort")
    stage.say(
        f"She awarded it to {READY} learners from a table; line {REFUSED_LINE} was refused before anything was written."
    )


def _revoke(stage: Stage) -> None:
    page = stage.staff
    page.goto(f"/staff/{SLUG}/awards/?q={LEARNER[1]}")
    page.get_by_role("link", name=LEARNER[0]).first.click()
    page.get_by_role("link", name="Revoke", exact=True).click()
    page.get_by_label("Reason").select_option(index=1)
    _press(page, re.compile("^Revoke"))
    expect(page.locator("main")).to_contain_text("revoked")
    stage.wait()
    stage.picture(page, "07-revoked")
    stage.learner.reload()
    expect(stage.learner.get_by_text("This credential was revoked.")).to_be_visible()
    stage.say("She revoked one credential, with a reason; its page says so.")


# --- Seoyeon --------------------------------------------------------------------------------------------------------------------


def _claim_and_publish(stage: Stage) -> None:
    page = stage.learner
    page.goto(_link_in_mail(stage, page, LEARNER[1]))
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    _press(page, "Accept", nth=0)
    _press(page, "Publish")
    expect(page.get_by_text("Everybody who has the address can see this page.")).to_be_visible()
    stage.picture(page, "05-share-page")
    for name, label in (
        ("badge.png", "Badge image (PNG)"),
        ("badge.svg", "Badge image (SVG)"),
        ("credential.json", "Credential (JSON)"),
        ("bundle.zip", "Bundle for offline verification"),
    ):
        with page.expect_download() as download:
            page.get_by_role("link", name=label).click()
        stage.files[name] = stage.folder / name
        download.value.save_as(stage.files[name])
    stage.say(f"{LEARNER[0]} opened the mail, accepted and published the credential, and downloaded badge and bundle.")


# --- Hana -----------------------------------------------------------------------------------------------------------------------


def _verify(stage: Stage, verdict: str, picture: str) -> None:
    page = stage.employer
    page.goto("/verify")
    page.get_by_label("File or picture").set_input_files(stage.files["badge.png"])
    _press(page, "Verify")
    expect(page.get_by_role("heading", level=1)).to_have_text(verdict)
    expect(page.get_by_text(LEARNER[0], exact=True)).to_be_visible()
    stage.picture(page, picture)
    stage.say(f"An employer verified the badge image: {verdict.lower()}.")


def _ask_as_a_program(stage: Stage) -> None:
    answer = stage.employer.request.post(
        "/api/verify",
        data=stage.files["credential.json"].read_bytes(),
        headers={"Content-Type": "application/vc", "Accept-Language": "en"},
    )
    report = answer.json()
    assert report["verdict"] == "valid", report
    stage.files["report.json"] = stage.folder / "report.json"
    stage.files["report.json"].write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    stage.say("A program asked /api/verify and got the same report as JSON.")

"""A whole cohort through a programme that is awarded on a decision, told through the pages (`make demo`).

1. Thirty learners enrol by themselves, each with the link in a mail; they hand in a report and a talk.
2. The programme lead begins the peer review and invites a validator from industry. Learners review each other, without
   names; three assessors mark from their queues; the validator judges all talks on one page.
3. The lead moderates where marks disagree, four works in all, and decides: on those whose results speak for themselves
   together, on the others singly.
4. Two learners have not passed and may hand in again; it does not suffice: they fail. One appeals; the registrar, who
   had no part in it, upholds, another assessor marks again, and the learner passes.
5. One of the twenty-eight accepts and publishes the credential. It is downloaded and verified; it shows outcome, task,
   criterion, level, evidence and assessors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from .cohort_cast import APPEALING, CRITERIA, FAILING, LEVELS, MODERATED, SHOWN, Levels, Person
from .story import PATIENCE, Stage

STAFF = "/staff/university-of-zed"
PASSWORD = "demonstration-only"
TITLE = "Responsible AI at work"
WORDS = {
    0: "Not shown in this work.",
    1: "There, and not yet carried through.",
    2: "Sound.",
    3: "More than was asked for.",
}


@dataclass
class Cohort:
    """The browser, its people, and what is known of each learner: the session, and the address of the enrolment."""

    browser: Browser
    stage: Stage
    people: list[Person]
    base: str
    sessions: dict[int, Any] = field(default_factory=dict)
    homes: dict[int, str] = field(default_factory=dict)
    offering: str = ""
    validator: str = ""

    @contextmanager
    def visitor(self, person: Person | None = None, *, phone: bool = False) -> Iterator[Page]:
        """A browser of its own; with `person` the one in which that learner is known."""
        context = self.browser.new_context(
            base_url=self.base,
            locale="ko-KR" if person is not None and phone and person.language == "ko" else "en-GB",
            reduced_motion="reduce",
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
            storage_state=self.sessions.get(person.number) if person is not None else None,
        )
        context.set_default_timeout(60_000)
        page = context.new_page()
        yield page
        if person is not None:
            self.sessions[person.number] = context.storage_state()
        context.close()

    @contextmanager
    def staff(self, email: str) -> Iterator[Page]:
        with self.visitor() as page:
            page.goto("/accounts/login/")
            page.fill("[name=login]", f"{email}@university-of-zed.example")
            page.fill("[name=password]", PASSWORD)
            page.locator("main").get_by_role("button", name="Sign in").click()
            expect(page.locator("main")).to_be_visible()
            yield page

    def name_of(self, page: Page) -> Person:
        """Whose work a page of the staff shows: by the learner's own report, for the report is marked without names."""
        shown = page.locator("main").inner_text()
        return next(each for each in self.people if each.opening in shown or each.name in shown)


def tell(cohort: Cohort) -> None:
    """The whole story. Leaves credential.json, badge.png and bundle.zip of one learner in the folder."""
    say = cohort.stage.say
    _enrol(cohort)
    say(f"{len(cohort.people)} learners have enrolled and handed in {2 * len(cohort.people)} works")
    _begin_to_mark(cohort)
    _peers(cohort, range(len(cohort.people)))
    say("every learner has reviewed three others, without names")
    _mark_all(cohort, 2 * len(cohort.people))
    _validate(cohort, len(cohort.people))
    say("three assessors and the validator of Example Mobility Ltd have marked")
    say(f"{_moderate_all(cohort)} works were moderated")
    _decide(cohort)
    say("decided: who passes is awarded; who may hand in again was told")
    _hand_in_again(cohort)
    _appeal(cohort)
    say("one appeal was upheld, and the work marked again by others")
    _claim(cohort)


# --- learners ---------------------------------------------------------------------------------------------------------------------


def _mailed(cohort: Cohort, page: Page, to: str, path: str) -> str:
    """The link in the newest mail to an address whose path begins so, read in the outbox."""
    for _ in range(240):
        page.goto("/outbox/")
        for row in page.get_by_role("row").filter(has_text=to).all()[:4]:
            page.goto(str(row.get_by_role("link").first.get_attribute("href")))
            if (found := re.search(rf"https?://\S+?({path}\S+)", page.locator("main").inner_text())) is not None:
                return found[1]
            page.goto("/outbox/")
        cohort.stage.wait()
    raise AssertionError(f"no mail with {path} came to {to}")


def _enrol(cohort: Cohort) -> None:
    with cohort.visitor() as page:
        page.goto("/catalogue?q=responsible")
        page.locator("main a[href^='/m/']").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
        cohort.stage.picture(page, "cohort-01-programme")
        address = str(page.locator("main a[href*='/learn/enrol/']").first.get_attribute("href"))
        cohort.offering = address.rsplit("/", 1)[1]
    for person in cohort.people:
        with cohort.visitor(person) as page:
            page.goto(address)
            page.fill("main [name=name]", person.name)
            page.fill("main [name=email]", person.email)
            page.select_option("main [name=language]", person.language)
            page.check("main [name=prerequisites]")
            page.locator("main form button.primary").click()
            page.goto(_mailed(cohort, page, person.email, "/learn/confirm/"))
            page.locator("main form button.primary").first.click()
            cohort.homes[person.number] = urlsplit(page.url).path
            _hand_in(cohort, page, person)


def _hand_in(cohort: Cohort, page: Page, person: Person, again: str = "") -> None:
    home = cohort.homes[person.number]
    for task in ("report", "decision"):
        page.goto(f"{home}tasks/{task}/")
        if task == "report":
            _unfold(page, "text")
            page.fill("[name=text_title]", "Report")
            page.fill("[name=text]", person.text + again)
            _add(page)
        else:
            _unfold(page, "url")
            page.select_option("[name=address_kind]", "video")
            page.fill("[name=url]", f"https://video.example/{person.number + 1}{'-again' if again else ''}")
            page.fill("[name=url_title]", f"Talk ({person.number + 1})")
            _add(page)
            one_page = (person.decision + again).encode()
            page.set_input_files("[name=file]", {"name": "decision.txt", "mimeType": "text/plain", "buffer": one_page})
            _add(page)
        page.locator("button[name=do][value=go_on]").click()
        page.check("[name=declared]")
        if person.number == SHOWN:
            cohort.stage.picture(page, f"cohort-02-{task}")
        page.locator("main form button.primary").last.click()
        expect(page.get_by_text("SHA-256").first).to_be_visible()


def _unfold(page: Page, name: str) -> None:
    if not page.locator(f"[name={name}]").is_visible():
        page.locator("details", has=page.locator(f"[name={name}]")).locator("summary").first.click()


def _add(page: Page) -> None:
    page.get_by_role("button", name="Add", exact=True).first.click()
    page.wait_for_load_state()


def _peers(cohort: Cohort, numbers: Any) -> None:
    for number in numbers:
        person = cohort.people[number]
        with cohort.visitor(person, phone=number == SHOWN) as page:
            while True:
                page.goto(f"{cohort.homes[number]}reviews/")
                waiting = page.locator(
                    "main a[href*='/reviews/']:visible", has_text=re.compile(r"[A-Z0-9]{3}-[A-Z0-9]{3}")
                )
                waiting = (
                    page.locator("tr, li, .task").filter(has_text="To be reviewed").locator("a")
                    if waiting.count()
                    else waiting
                )
                if not waiting.count():
                    break
                waiting.first.click()
                about = cohort.name_of(page)
                assert about.name not in page.locator("main").inner_text(), "a reviewer read a name"
                _choose(page, about.peers(number))
                if number == SHOWN:
                    cohort.stage.picture(page, "cohort-03-review-on-a-phone")
                _done(page)


def _hand_in_again(cohort: Cohort) -> None:
    for number in _failing(cohort):
        person = cohort.people[number]
        with cohort.visitor(person) as page:
            page.goto(cohort.homes[number])
            cohort.stage.picture(page, f"cohort-06-may-hand-in-again-{number}")
            _hand_in(cohort, page, person, again=f"\nI have changed the wording of the second part. {number}\n")
    _mark_all(cohort, 2 * len(_failing(cohort)))
    _validate(cohort, len(_failing(cohort)))
    with cohort.staff("lead") as page:
        for number in _failing(cohort):
            _decide_singly(cohort, page, cohort.people[number], "fail")


# --- staff ------------------------------------------------------------------------------------------------------------------------


def _begin_to_mark(cohort: Cohort) -> None:
    with cohort.staff("lead") as page:
        page.goto(f"{STAFF}/marking/offerings/{cohort.offering}/report/")
        page.get_by_role("button", name="Begin the peer review").click()
        page.goto(f"{STAFF}/marking/offerings/{cohort.offering}/decision/invite")
        page.fill("[name=organisation_name]", "Example Mobility Ltd")
        page.fill("[name=organisation_url]", "https://mobility.example/")
        page.fill("main [name=name]", "Priya Raman")
        page.fill("main [name=email]", "priya.raman@mobility.example")
        if page.locator("[name=most]").count():
            page.fill("[name=most]", str(2 * len(cohort.people)))  # two may hand in again
        page.locator("main form button.primary").last.click()
        cohort.validator = _mailed(cohort, page, "priya.raman@mobility.example", "/validate/")


def _choose(page: Page, levels: Levels) -> None:
    for criterion, level in zip(CRITERIA, levels, strict=True):
        page.check(f"[name=level_{criterion}][value={LEVELS[level]}]")
    page.fill("[name=feedback_overall]", WORDS[min(levels)])


def _done(page: Page) -> None:
    page.locator("button[name=step][value=done]").first.click()
    page.wait_for_load_state()


def _mark_all(cohort: Cohort, expected: int) -> None:
    """Three assessors work their queues down until so many marks are made; the worker may still be opening them."""
    made = 0
    for _ in range(PATIENCE):
        made += sum(_mark(cohort, assessor) for assessor in ("assessor", "second-assessor", "third-assessor"))
        if made >= expected:
            return
        cohort.stage.wait()
    raise AssertionError(f"{made} of {expected} marks could be made")


def _mark(cohort: Cohort, assessor: str) -> int:
    """Work the queue down; how many were marked."""
    with cohort.staff(assessor) as page:
        for count in range(3 * len(cohort.people)):
            page.goto(f"{STAFF}/marking/")
            following = page.get_by_role("button", name="Mark the next one")
            if not following.count():
                return count
            following.click()
            if not page.locator("[name=level_risks]").count():
                return count
            talk = "Decision, defended" in page.get_by_role("heading", level=1).inner_text()
            person = _by_talk(cohort, page) if talk else cohort.name_of(page)
            levels = person.talk if talk else person.report
            # After an appeal others look, and see what stands on the second page.
            again = person.number == APPEALING and not talk and cohort.stage.files.get("appealed") is not None
            _choose(page, (2, 2, 2, 2) if again else levels)
            if count == 0:
                cohort.stage.picture(page, f"cohort-04-marking-{assessor}")
            _done(page)
    raise AssertionError("there is no end of marking")


def _validate(cohort: Cohort, expected: int) -> None:
    with cohort.visitor() as page:
        made = 0
        for _ in range(expected + PATIENCE):
            page.goto(cohort.validator)
            if page.locator("[name=level_risks]").count():
                person = _by_talk(cohort, page)
                if made == 0:
                    cohort.stage.picture(page, "cohort-05-validator")
                _choose(page, person.validator)
                _done(page)
                made += 1
            elif made >= expected:
                return
            else:
                cohort.stage.wait()
    raise AssertionError(f"{made} of {expected} talks could be judged")


def _by_talk(cohort: Cohort, page: Page) -> Person:
    """Whose talk a page shows: by the title of the video."""
    found = re.search(r"Talk \((\d+)\)", page.locator("main").inner_text())
    assert found is not None, "the page shows no talk"
    return cohort.people[int(found[1]) - 1]


def _moderate_all(cohort: Cohort) -> int:
    """Every work on which marks disagree, the number of which is known beforehand."""
    expected = len({number for number in (*MODERATED, APPEALING) if number < len(cohort.people)})
    made = 0
    for _ in range(PATIENCE):
        made += _moderate(cohort, "lead")
        if made >= expected:
            break
        cohort.stage.wait()
    assert made == expected, f"{made} works were moderated instead of {expected}"
    return made


def _failing(cohort: Cohort) -> list[int]:
    return [number for number in sorted(FAILING) if number < len(cohort.people)]


def _moderate(cohort: Cohort, who: str) -> int:
    """Decide wherever marks disagree; how many there were."""
    with cohort.staff(who) as page:
        for count in range(3 * len(cohort.people)):
            page.goto(f"{STAFF}/marking/?list=moderation")
            waiting = page.locator("main a[href*='/moderation/']")
            if not waiting.count():
                return count
            waiting.first.click()
            talk = "Decision, defended" in page.get_by_role("heading", level=1).inner_text()
            person = _by_talk(cohort, page) if talk else cohort.name_of(page)
            appealed = cohort.stage.files.get("appealed") is not None
            _choose(page, (2, 2, 2, 2) if (talk and person.number not in FAILING) or appealed else person.report)
            page.fill("[name=reason]", "I have looked at the work myself; the descriptors of the rubric decide.")
            if count == 0:
                cohort.stage.picture(page, "cohort-05-moderation")
            page.locator("main form button.primary").last.click()
    raise AssertionError("there is no end of moderating")


def _decide(cohort: Cohort) -> None:
    with cohort.staff("lead") as page:
        board = f"{STAFF}/decisions/offerings/{cohort.offering}/"
        for _ in range(PATIENCE):  # until the worker has proposed something for everybody
            page.goto(board)
            if page.locator("main a[href*='/decisions/learners/']").count() >= len(cohort.people):
                break
            cohort.stage.wait()
        cohort.stage.picture(page, "cohort-05-board")
        for number in _failing(cohort):
            _decide_singly(cohort, page, cohort.people[number], "resubmit")
        _decide_singly(cohort, page, cohort.people[APPEALING], "fail")
        page.goto(board)
        for box in page.locator("main [name=learner]").all():
            box.check()
        page.get_by_role("button", name="Look at the chosen ones").click()
        cohort.stage.picture(page, "cohort-05-confirm")
        page.locator("button[name=confirm]").click()
        page.goto(f"{STAFF}/programmes/{cohort.offering}/")
        cohort.stage.picture(page, "cohort-06-dashboard")


def _decide_singly(cohort: Cohort, page: Page, person: Person, outcome: str, *, moderator: str = "lead") -> None:
    """Decide on one learner as soon as that is proposed or possible; where marks disagree meanwhile, they are moderated first."""
    for attempt in range(PATIENCE):
        page.goto(f"{STAFF}/decisions/offerings/{cohort.offering}/")
        found = page.get_by_role("link", name=person.name)
        if found.count():
            found.first.click()
            if page.locator(f"[name=outcome][value={outcome}]").count():
                break
        if attempt % 4 == 3:
            _moderate(cohort, moderator)
        cohort.stage.wait()
    else:
        raise AssertionError(f"{outcome} cannot be decided for {person.name}")
    page.check(f"[name=outcome][value={outcome}]")
    page.fill("[name=reason]", "The grounds stand with each task below; ask us if they are not clear.")
    page.locator("main form button.primary").last.click()
    expect(page.locator("main")).not_to_contain_text("Please correct")


def _appeal(cohort: Cohort) -> None:
    person = cohort.people[APPEALING]
    with cohort.visitor(person, phone=True) as page:
        page.goto(f"{cohort.homes[person.number]}decision")
        cohort.stage.picture(page, "cohort-06-not-passed")
        page.goto(f"{cohort.homes[person.number]}appeal")
        page.check("[name=grounds][value=marking]")
        page.fill(
            "[name=statement]",
            "The third paragraph of my report names the risks and who is affected. It was not looked at.",
        )
        page.locator("main form button.primary").last.click()
    with cohort.staff("registrar") as page:
        page.goto(f"{STAFF}/appeals/")
        page.get_by_role("link", name=person.name).first.click()
        page.get_by_role("button", name="Look into it").click()
        page.check("[name=state][value=upheld]")
        page.check("[name=mark_again][value=report]")
        page.fill(
            "[name=answer]",
            "You are right: the third paragraph was passed over. Your report is marked again by somebody else.",
        )
        cohort.stage.picture(page, "cohort-07-appeal")
        page.locator("main form button.primary").last.click()
    cohort.stage.files["appealed"] = cohort.stage.folder
    _mark_all(cohort, 1)
    with cohort.staff("registrar") as page:
        _decide_singly(cohort, page, person, "pass", moderator="registrar")
    del cohort.stage.files["appealed"]


def _claim(cohort: Cohort) -> None:
    stage, person = cohort.stage, cohort.people[SHOWN]
    with cohort.visitor() as page:
        page.goto(_mailed(cohort, page, person.email, "/claim/"))
        page.get_by_role("button", name="Accept and publish").click()
        stage.picture(page, "cohort-08-credential")
        share = urlsplit(page.url).path
        for name, suffix in (("credential.json", ".json"), ("badge.png", ".png"), ("bundle.zip", "/bundle.zip")):
            answer = page.request.get(share + suffix)
            assert answer.ok, (name, answer.status)
            stage.files[name] = stage.folder / name
            stage.files[name].write_bytes(answer.body())
        page.goto("/verify")
        page.locator("main [name=file]").set_input_files(stage.files["credential.json"])
        page.locator("main form button.primary").first.click()
        expect(page.locator("main")).to_contain_text("Valid")
        stage.picture(page, "cohort-09-verified")
    credential = json.loads(stage.files["credential.json"].read_bytes())
    _show_the_chain(stage, credential)


def _show_the_chain(stage: Stage, credential: dict[str, Any]) -> None:
    """What an employer can follow from the badge, printed; every piece of evidence that was handed in as a file or
    a text has its digest."""
    results = credential["credentialSubject"]["result"]
    reached = [each for each in results if "achievedLevel" in each]
    assert len(results) == 2 + 2 * len(CRITERIA), "a result for each task and each criterion"
    assert len(reached) == 2 * len(CRITERIA)
    digests = re.findall(r"sha(?:256|384)-[A-Za-z0-9+/=]+", json.dumps(credential["evidence"]))
    assert len(digests) >= 2, "the report and the one-page decision have digests"
    assert "Example Mobility Ltd" in json.dumps(credential), "the validator's organisation is named"
    assert credential["credentialSubject"]["achievement"].get("endorsement"), "the approval is inside"
    stage.say(
        f"the credential holds {len(results)} results, {len(credential['evidence'])} pieces of evidence, {len(digests)} digests"
    )

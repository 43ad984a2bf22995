"""The pages of marking: who sees what, what the forms do, and that every step works without scripts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.site.enrolment.examples import browser_of
from tests.standing import aside, standing

from testamur_site.assessment.models import Mark, Phrase, TaskMarking, Validator
from testamur_site.assessment.services import calibration, peers, validators
from testamur_site.assessment.services.allocation import open_submission
from testamur_site.enrolment import services as enrolment
from testamur_site.enrolment.api import receive
from testamur_site.foundation.mail.api import Message
from testamur_site.foundation.tenancy.api import tenant, unscoped

from .conftest import LEARNERS, SOUND, STRONG, TASK, WEAK, Cohort, give, place, result

MakeCohort = Callable[..., Cohort]
ClientFor = Callable[[Any], Client]


@pytest.fixture
@standing
def cohort(make_cohort: MakeCohort, assessor: Any, institution: Any) -> Cohort:
    made = make_cohort()
    with tenant(institution):
        made.hand_in(2)
    return made


@pytest.fixture
@aside
def inside(institution: Any) -> Iterator[None]:
    with tenant(institution):
        yield


def url(name: str, **arguments: Any) -> str:
    return reverse(f"assessment:{name}", kwargs={"slug": "han-river", **arguments})


def sent(argument: str = SOUND, data: str = SOUND, **more: str) -> dict[str, str]:
    return {"level_argument": argument, "level_data": data, "step": "done", **more}


# ── The queue and the mark ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("inside")
def test_an_assessor_works_through_the_queue(cohort: Cohort, assessor: Any, client_for: ClientFor) -> None:
    browser = client_for(assessor)
    page = browser.get(url("queue"))
    assert page.status_code == 200
    assert not any(name in page.content.decode() for name, _ in LEARNERS)
    first = browser.post(url("next"))
    assert first.status_code == 302
    page = browser.get(first["Location"])
    assert "Figures mislead where the base is hidden." in page.content.decode()
    second = browser.post(first["Location"], sent(revision="0", feedback_overall="Well read."))
    assert second.status_code == 302
    assert second["Location"] != first["Location"]
    last = browser.post(second["Location"], sent(STRONG, STRONG, revision="0"))
    assert last["Location"] == url("queue")
    assert [result(one).percent for one in cohort.submissions] == [Decimal("44.44"), Decimal("100.00")]
    assert place(cohort.submissions[0]).feedback == {"overall": "Well read."}
    assert browser.get(url("queue") + "?list=done").content.decode().count('<th scope="row"') == 2


@pytest.mark.usefixtures("inside")
def test_the_queue_asks_no_more_for_more_submissions(
    make_cohort: MakeCohort, programme_lead: Any, client_for: ClientFor
) -> None:
    cohort, browser = make_cohort(), client_for(programme_lead)
    for chosen in ("mine", "take", "moderation"):
        counts = []
        for _ in range(2):
            cohort.hand_in(1)
            browser.get(f"{url('queue')}?list={chosen}")
            with CaptureQueriesContext(connection) as asked:
                browser.get(f"{url('queue')}?list={chosen}")
            counts.append(len(asked))
        assert counts[0] == counts[1], chosen


@pytest.mark.usefixtures("inside")
def test_an_incomplete_mark_is_refused_in_words_and_kept(cohort: Cohort, assessor: Any, client_for: ClientFor) -> None:
    browser = client_for(assessor)
    mark = place(cohort.submissions[0])
    page = browser.post(url("mark", public_id=mark.public_id), sent(data="", feedback_data="Where is the table?"))
    assert page.status_code == 422
    text = page.content.decode()
    assert "Choose a level for every criterion" in text
    assert "Where is the table?" in text
    assert re.search(r'value="sound" checked', text)
    assert result(cohort.submissions[0]).state == "provisional"


@pytest.mark.usefixtures("inside")
def test_a_draft_saves_itself_and_an_older_one_is_told(cohort: Cohort, assessor: Any, client_for: ClientFor) -> None:
    browser = client_for(assessor)
    here = url("mark", public_id=place(cohort.submissions[0]).public_id)
    first = browser.post(here, {"level_argument": WEAK, "step": "autosave", "revision": "0"})
    assert first.json()["revision"] == 1
    older = browser.post(here, {"level_argument": STRONG, "step": "autosave", "revision": "0"})
    assert older.status_code == 409
    assert "saved this mark elsewhere" in older.json()["error"]
    assert place(cohort.submissions[0]).levels == {"argument": WEAK}


@pytest.mark.usefixtures("inside")
def test_phrases_are_kept_inserted_and_removed(cohort: Cohort, assessor: Any, client_for: ClientFor) -> None:
    browser = client_for(assessor)
    browser.post(url("phrases"), {"keep": "yes", "text": "Name your source."})
    phrase = Phrase.objects.get()
    here = url("mark", public_id=place(cohort.submissions[0]).public_id)
    browser.post(here, sent(step=f"phrase:argument:{phrase.public_id}", feedback_argument="Good.", revision="0"))
    assert place(cohort.submissions[0]).feedback == {"argument": "Good. Name your source."}
    browser.post(url("phrases"), {"forget": phrase.public_id})
    assert not Phrase.objects.exists()


@pytest.mark.usefixtures("inside")
def test_a_mark_is_taken_back_on_the_next_page(
    cohort: Cohort, assessor: Any, client_for: ClientFor, settings: Any
) -> None:
    settings.TESTAMUR_UNDO_MARK = timedelta(minutes=5)
    browser = client_for(assessor)
    mark = place(cohort.submissions[0])
    following = browser.post(url("mark", public_id=mark.public_id), sent(revision="0"))
    undo = url("undo", public_id=mark.public_id)
    assert undo in browser.get(following["Location"]).content.decode()
    again = browser.post(undo)
    assert again["Location"] == url("mark", public_id=place(cohort.submissions[0]).public_id)
    assert place(cohort.submissions[0]).state == "draft"


@pytest.mark.usefixtures("inside")
def test_conflict_doubt_and_giving_back(
    cohort: Cohort, assessor: Any, second_assessor: Any, client_for: ClientFor
) -> None:
    browser = client_for(assessor)
    one, two = (place(submission) for submission in cohort.submissions)
    assert browser.get(url("decline", public_id=one.public_id)).status_code == 200
    browser.post(url("decline", public_id=one.public_id))
    browser.post(url("give_back", public_id=two.public_id))
    assert [place(submission).user for submission in cohort.submissions] == [second_assessor] * 2
    assert Mark.objects.get(pk=one.pk).conflict_declared
    other = client_for(second_assessor)
    doubted = place(cohort.submissions[0])
    assert other.post(url("doubt", public_id=doubted.public_id), {"reason": ""}).status_code == 422
    other.post(url("doubt", public_id=doubted.public_id), {"reason": "The table is missing."})
    other.post(url("mark", public_id=doubted.public_id), sent(revision="0"))
    assert (result(cohort.submissions[0]).state, result(cohort.submissions[0]).reasons) == ("moderation", ["requested"])


@pytest.mark.usefixtures("inside")
def test_a_mark_of_somebody_else_is_not_found(
    cohort: Cohort, assessor: Any, second_assessor: Any, owner: Any, viewer: Any, client_for: ClientFor
) -> None:
    mark = place(cohort.submissions[0])
    for name, more in (("mark", {}), ("decline", {}), ("mark_evidence", {"number": 1})):
        here = url(name, public_id=mark.public_id, **more)
        assert client_for(second_assessor).get(here).status_code == 404
        assert client_for(owner).get(here).status_code == 404
        assert client_for(viewer).get(here).status_code == 403
    assert client_for(assessor).get(url("mark_evidence", public_id=mark.public_id, number=1)).status_code == 200
    for number in (0, 2, 10**18):
        here = f"/staff/han-river/marking/{mark.public_id}/evidence/{number}"
        assert client_for(assessor).get(here).status_code == 404


# ── Moderation ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("inside")
def test_a_lead_moderates_side_by_side(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any, programme_lead: Any, client_for: ClientFor
) -> None:
    cohort = make_cohort(assessors="2")
    (submission,) = cohort.hand_in()
    for position, chosen in enumerate((WEAK, STRONG), 1):
        mark = place(submission, position=position)
        give(mark, mark.user, chosen, chosen, overall=f"Position {position}.")
    browser = client_for(programme_lead)
    listed = browser.get(url("queue") + "?list=moderation").content.decode()
    here = url("moderation", public_id=result(submission).public_id)
    assert here in listed
    page = browser.get(here).content.decode()
    assert "Position 1." in page
    assert "Position 2." in page
    assert "The marks are further apart" in page
    assert browser.post(here, sent(reason="")).status_code == 422
    assert browser.post(here, sent(STRONG, SOUND, reason="The claim is tested.")).status_code == 302
    found = result(submission)
    assert (found.state, found.decided_by) == ("agreed", programme_lead)
    assert "The claim is tested." in browser.get(here).content.decode()
    assert client_for(assessor).get(here).status_code == 403


# ── Validators ─────────────────────────────────────────────────────────────────────────────────────────────────────

INVITATION = {
    "organisation_name": "Seoul Data Cooperative",
    "organisation_url": "https://coop.example/",
    "name": "Vera Validator",
    "email": "vera@coop.example",
    "language": "en",
    "most": "5",
}


def link_of() -> str:
    with unscoped("the mail is looked at"):
        text = Message.objects.filter(template="assessment/mail/validator").latest("pk").text
    return re.search(r"/validate/[\w-]+", text)[0]  # type: ignore[index]


@pytest.mark.usefixtures("inside")
def test_a_validator_marks_on_one_page(
    make_cohort: MakeCohort, assessor: Any, programme_lead: Any, client_for: ClientFor, client: Client
) -> None:
    cohort = make_cohort(industry="1")
    (submission,) = cohort.hand_in()
    here = url("invite", offering=cohort.offering.public_id, key=TASK)
    shown = client_for(programme_lead).post(here, INVITATION)
    link = link_of()
    assert link in shown.content.decode()
    token = link.rpartition("/")[2]
    assert not Validator.objects.filter(token_digest=token).exists()
    page = client.get(link)
    text = page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert "Write <strong>two pages</strong>" in text
    assert "Figures mislead" in text
    assert not any(name in text for name, _ in LEARNERS)
    mark = place(submission, "industry")
    assert client.post(link, sent(data="", mark=mark.public_id)).status_code == 422
    client.post(link, sent(mark=mark.public_id, feedback_overall="I would hire them."))
    assert result(submission).state == "provisional"
    give(place(submission), assessor)
    assert result(submission).agreed
    assert [one["role"] for one in result(submission).method["marks"]] == ["staff", "industry"]
    assert "Thank you, that is all" in client.get(link).content.decode()


@pytest.mark.usefixtures("inside")
def test_a_closed_link_opens_nothing(
    make_cohort: MakeCohort, assessor: Any, programme_lead: Any, client_for: ClientFor, client: Client
) -> None:
    cohort = make_cohort(industry="1")
    (submission,) = cohort.hand_in()
    client_for(programme_lead).post(url("invite", offering=cohort.offering.public_id, key=TASK), INVITATION)
    old = link_of()
    mark = place(submission, "industry")
    assert client.get(f"{old}/{mark.public_id}/evidence/1").status_code == 200
    validator = Validator.objects.get()
    here = url("task", offering=cohort.offering.public_id, key=TASK)
    client_for(programme_lead).post(here, {"step": "renew", "validator": validator.public_id})
    new = link_of()
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    client_for(programme_lead).post(here, {"step": "revoke", "validator": validator.public_id})
    for link in (old, new, "/validate/nothing", f"{new}/{mark.public_id}/evidence/1"):
        assert client.get(link).status_code == 404
    assert client.post(new, sent(mark=mark.public_id)).status_code == 404
    assert not Mark.objects.filter(role="industry", state="done").exists()


@pytest.mark.usefixtures("inside")
def test_a_validator_with_a_conflict_passes_the_work_on(
    make_cohort: MakeCohort, assessor: Any, programme_lead: Any, client: Client
) -> None:
    cohort = make_cohort(industry="1")
    (submission,) = cohort.hand_in()
    for name in ("one", "two"):
        values = INVITATION | {"email": f"{name}@coop.example", "most": 3}
        validators.invite(cohort.offering, TASK, **values, actor=programme_lead)  # type: ignore[arg-type]
    mark = place(submission, "industry")
    other = Validator.objects.exclude(pk=mark.validator_id).get()
    with unscoped("the mail is looked at"):
        mail = Message.objects.get(template="assessment/mail/validator", to=mark.validator.email)
    link = re.search(r"/validate/[\w-]+", mail.text)[0]  # type: ignore[index]
    client.post(link, {"mark": mark.public_id, "step": "decline"})
    assert place(submission, "industry") == mark
    client.post(link, {"mark": mark.public_id, "step": "decline", "declared": "yes"})
    assert place(submission, "industry").validator == other
    # Marks of another validator are not theirs to write.
    assert client.post(link, sent(mark=place(submission, "industry").public_id)).status_code == 404


# ── How a task is marked ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("inside")
def test_a_lead_decides_who_marks_and_how(
    make_cohort: MakeCohort,
    assessor: Any,
    second_assessor: Any,
    programme_lead: Any,
    designer: Any,
    client_for: ClientFor,
) -> None:
    cohort = make_cohort(peers="2", peer_weight="20")
    cohort.hand_in(4)
    here = url("task", offering=cohort.offering.public_id, key=TASK)
    assert client_for(designer).get(here).status_code == 403
    browser = client_for(programme_lead)
    assert browser.get(here).status_code == 200
    assert browser.get(url("task", offering=cohort.offering.public_id, key="nothing")).status_code == 404
    browser.post(here, {"step": "assessors", "people": [str(second_assessor.pk)]})
    browser.post(here, {"step": "sample", "share": "25"})
    assert browser.post(here, {"step": "sample", "share": "101"}).status_code == 422
    assert TaskMarking.objects.get().sample_share == 25
    mark = place(cohort.submissions[0])
    browser.post(here, {"step": "give", "mark": mark.public_id, "person": str(programme_lead.pk)})
    assert place(cohort.submissions[0]).user == programme_lead
    give(place(cohort.submissions[0]), programme_lead)
    browser.post(here, {"step": "choose", "mark": place(cohort.submissions[0]).public_id})
    assert len(calibration.samples(cohort.offering.pk, TASK)) == 1
    browser.post(here, {"step": "begin", "review_days": "5", "replacement_days": "2"})
    assert TaskMarking.objects.get().peer_phase == "reviewing"
    assert browser.get(here).status_code == 200
    browser.post(here, {"step": "close"})
    assert TaskMarking.objects.get().peer_phase == "closed"
    assert browser.post(here, {"step": "give", "mark": "x" * 3, "person": "no"}).status_code == 404


# ── Learners ───────────────────────────────────────────────────────────────────────────────────────────────────────


def mine(name: str, cohort: Cohort, who: int = 0, **arguments: Any) -> str:
    return reverse(f"assessment:{name}", kwargs={"enrolment": cohort.enrolments[who].public_id, **arguments})


@pytest.mark.usefixtures("inside")
def test_feedback_is_released_with_the_result(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any, client_for: ClientFor
) -> None:
    cohort = make_cohort(assessors="2", self_assessment=True)
    (submission,) = cohort.hand_in()
    browser = browser_of(cohort.enrolments[0])
    here = mine("feedback", cohort, key=TASK)
    one, two = place(submission, position=1), place(submission, position=2)
    give(one, one.user, overall="Bring the table forward.")
    page = browser.get(here).content.decode()
    assert "Bring the table forward." not in page
    assert "a mark of the staff" in page
    own = mine("self", cohort, key=TASK)
    browser.post(own, sent(STRONG, STRONG, revision="0"))
    give(two, two.user)
    page = browser.get(here).content.decode()
    assert "Bring the table forward." in page
    assert "44.44" in page
    assert "What you said yourself" in page
    assert str(one.user) not in page
    browser.post(here, {"mark": one.public_id, "helpful": "yes"})
    assert Mark.objects.get(pk=one.pk).helpful == "yes"
    assert result(submission).percent == Decimal("44.44")  # one's own judgement counts for nothing


@pytest.mark.usefixtures("inside")
def test_strangers_see_no_feedback(make_cohort: MakeCohort, assessor: Any, client: Client) -> None:
    cohort = make_cohort()
    submissions = cohort.hand_in(2)
    give(place(submissions[0]), assessor)
    here = mine("feedback", cohort, key=TASK)
    assert client.get(here).status_code == 302
    other = browser_of(cohort.enrolments[1])
    assert other.get(here).status_code == 404
    assert other.post(here, {"mark": place(submissions[0]).public_id, "helpful": "no"}).status_code == 404
    own = mine("feedback", cohort, 1, key=TASK)
    assert other.post(own, {"mark": place(submissions[0]).public_id, "helpful": "no"}).status_code == 404
    assert place(submissions[0]).helpful == ""


@pytest.mark.usefixtures("inside")
def test_a_learner_tries_a_sample_and_reviews(make_cohort: MakeCohort, assessor: Any, owner: Any) -> None:
    cohort = make_cohort(peers="1", peer_weight="20")
    cohort.hand_in(4)
    staff = give(place(cohort.submissions[3]), assessor, SOUND, SOUND, overall="A sound piece of work.")
    calibration.choose_sample(cohort.offering, TASK, staff, actor=owner)
    peers.begin(cohort.offering, TASK)
    browser = browser_of(cohort.enrolments[0])
    listed = browser.get(mine("reviews", cohort)).content.decode()
    assert "Sample 1" in listed
    review = Mark.objects.get(role="peer", learner=cohort.enrolments[0].learner)
    here = mine("review", cohort, mark=review.public_id)
    assert browser.get(here)["Location"] == mine("reviews", cohort)
    trial = Mark.objects.get(role="calibration", learner=cohort.enrolments[0].learner)
    tried = mine("review", cohort, mark=trial.public_id)
    assert "A sound piece of work." not in browser.get(tried).content.decode()
    browser.post(tried, sent(STRONG, SOUND, revision="0"))
    assert "A sound piece of work." in browser.get(tried).content.decode()
    assert browser.get(here).status_code == 200
    browser.post(here, sent(revision="0", feedback_overall="Say where the figures come from."))
    review.refresh_from_db()
    assert review.done
    assert "Say where the figures come from." in browser.get(here).content.decode()
    other = browser_of(cohort.enrolments[1])
    assert other.get(here).status_code == 404
    assert other.get(mine("review", cohort, 1, mark=review.public_id)).status_code == 404


@pytest.mark.usefixtures("inside")
def test_a_peer_passes_on_a_work_they_know(make_cohort: MakeCohort, assessor: Any) -> None:
    cohort = make_cohort(peers="1", peer_weight="20")
    cohort.hand_in(4)
    peers.begin(cohort.offering, TASK)
    review = Mark.objects.get(role="peer", learner=cohort.enrolments[0].learner)
    browser = browser_of(cohort.enrolments[0])
    here = mine("review", cohort, mark=review.public_id)
    browser.post(here, {"step": "decline"})
    review.refresh_from_db()
    assert review.state == "allocated"
    browser.post(here, {"step": "decline", "declared": "yes"})
    review.refresh_from_db()
    assert (review.state, review.conflict_declared) == ("declined", True)


# ── Anonymity ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("inside")
def test_no_page_of_a_peer_names_another_learner(make_cohort: MakeCohort, assessor: Any, owner: Any) -> None:
    """Everybody signs everything they write, files and links bear names, and still nobody's page names anybody else."""
    cohort = make_cohort(peers="2", peer_weight="20", self_assessment=True)
    cohort.enrol(6)
    for one in cohort.enrolments:
        name, email = one.learner.name, one.learner.email
        draft = enrolment.begin_draft(one, TASK)
        text = f"By {name} ({email}).\n\n{name.split()[-1]} shows that figures mislead. Kind regards, {name.split()[0]}"
        enrolment.add_to_draft(draft, enrolment.add_text(one.learner, text, title=f"Essay of {name}"))
        address = f"https://example.org/{email}/work"
        enrolment.add_to_draft(draft, enrolment.add_address(one.learner, "link", address, title=f"{name}'s site"))
        draft.refresh_from_db()
        draft = enrolment.save_draft(draft, revision=draft.revision, note=f"I am {name}.", help_used=f"{email} helped.")
        submission = enrolment.submit(draft, declared=True)
        cohort.submissions.append(submission)
        open_submission(submission)
    sample = cohort.submissions[5]
    staff = give(place(sample), assessor, overall=f"Dear {cohort.enrolments[5].learner.name}, well done.")
    calibration.choose_sample(cohort.offering, TASK, staff, actor=owner)
    peers.begin(cohort.offering, TASK)
    for submission in cohort.submissions[:5]:
        give(place(submission), assessor)
    for number, one in enumerate(cohort.enrolments):
        browser = browser_of(one)
        for mark in Mark.objects.filter(learner=one.learner, role="calibration"):
            browser.post(mine("review", cohort, number, mark=mark.public_id), sent(revision="0"))
        browser.get(mine("reviews", cohort, number))
        for mark in Mark.objects.filter(learner=one.learner, role__in=["calibration", "peer"]).order_by("role"):
            signed = f"Yours, {one.learner.name} <{one.learner.email}>"
            browser.post(
                mine("review", cohort, number, mark=mark.public_id), sent(revision="0", feedback_overall=signed)
            )
    assert TaskMarking.objects.get().peer_phase == "closed"
    looked_at = 0
    for number, one in enumerate(cohort.enrolments):
        browser = browser_of(one)
        pages = [mine("reviews", cohort, number), mine("feedback", cohort, number, key=TASK)]
        for mark in Mark.objects.filter(learner=one.learner).exclude(role="self"):
            pages.append(mine("review", cohort, number, mark=mark.public_id))
            pages.append(mine("review_evidence", cohort, number, mark=mark.public_id, number=1))
        for page in pages:
            answer = browser.get(page)
            assert answer.status_code == 200, page
            text = answer.content.decode() + str(answer.headers)
            looked_at += 1
            for other in cohort.enrolments:
                if other != one:
                    for word in (other.learner.email, other.learner.name, *other.learner.name.split()):
                        assert len(word) < 2 or word not in text, f"{page} shows {word}"
    assert looked_at > 20


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("language", ["en", "ko"])
def test_hostile_content_is_text(make_cohort: MakeCohort, assessor: Any, client_for: ClientFor, language: str) -> None:
    cohort = make_cohort()
    (submission,) = cohort.hand_in(text="<script>alert(1)</script><img src=x onerror=alert(2)>")
    browser = client_for(assessor)
    browser.cookies["language"] = language
    mark = place(submission)
    page = browser.get(url("mark", public_id=mark.public_id)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    raw = browser.get(url("mark_evidence", public_id=mark.public_id, number=1))
    assert raw["Content-Type"].startswith("text/plain")
    assert "sandbox" in raw["Content-Security-Policy"]
    assert raw["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("inside")
def test_a_text_file_and_a_link_do_not_tell_whose_they_are(
    make_cohort: MakeCohort, assessor: Any, client_for: ClientFor
) -> None:
    cohort = make_cohort()
    (one,) = cohort.enrol(1)
    draft = enrolment.begin_draft(one, TASK)
    file = receive([f"# Report of {one.learner.name}".encode()], f"{one.learner.name}.txt")
    enrolment.add_to_draft(draft, enrolment.add_file(one.learner, file))
    address = f"https://example.org/~{one.learner.email}"
    enrolment.add_to_draft(draft, enrolment.add_address(one.learner, "link", address, title=address))
    submission = enrolment.submit(draft, declared=True)
    open_submission(submission)
    browser, mark = client_for(assessor), place(submission)
    assert one.learner.email not in browser.get(url("mark", public_id=mark.public_id)).content.decode()
    served = browser.get(url("mark_evidence", public_id=mark.public_id, number=1))
    assert served.content.decode() == "# Report of ▒▒▒"
    assert served["Content-Disposition"] == 'inline; filename="evidence-1.txt"'
    away = browser.get(url("mark_evidence", public_id=mark.public_id, number=2))
    assert (away["Location"], away["Referrer-Policy"]) == (address, "same-origin")


@pytest.mark.usefixtures("inside")
def test_a_file_does_not_tell_whose_it_is_and_keeps_its_digest(
    make_cohort: MakeCohort, assessor: Any, client_for: ClientFor
) -> None:
    for anonymous in (True, False):
        cohort = make_cohort(anonymous=anonymous)
        (one,) = cohort.enrol(1)
        draft = enrolment.begin_draft(one, TASK)
        whole = f"%PDF-1.7\n1 0 obj << /Author ({one.learner.name}) >> endobj\n".encode()
        piece = enrolment.add_file(one.learner, receive([whole], "paper.pdf"))
        enrolment.add_to_draft(draft, piece)
        before = browser_of(one).get(reverse("enrolment:submit", args=[one.public_id, TASK])).content.decode()
        assert ("look whether they name you" in before) is anonymous
        submission = enrolment.submit(draft, declared=True)
        open_submission(submission)
        served = client_for(assessor).get(url("mark_evidence", public_id=place(submission).public_id, number=1))
        content = b"".join(served.streaming_content)
        assert (one.learner.name.encode() in content) is not anonymous
        assert len(content) == len(whole)
        piece.refresh_from_db()
        assert piece.sha256 == hashlib.sha256(whole).hexdigest()


@pytest.mark.usefixtures("inside")
def test_evidence_is_called_by_its_number_where_nobody_may_know(
    make_cohort: MakeCohort, assessor: Any, client_for: ClientFor
) -> None:
    for anonymous, expected in ((True, "evidence-1.pdf"), (False, "Haneul-Kim.pdf")):
        cohort = make_cohort(anonymous=anonymous)
        (one,) = cohort.enrol(1)
        draft = enrolment.begin_draft(one, TASK)
        file = receive([b"%PDF-1.7 not much of a document"], "Haneul-Kim.pdf")
        enrolment.add_to_draft(draft, enrolment.add_file(one.learner, file))
        submission = enrolment.submit(draft, declared=True)
        open_submission(submission)
        mark = place(submission)
        browser = client_for(assessor)
        page = browser.get(url("mark", public_id=mark.public_id)).content.decode()
        assert ("Haneul-Kim" in page) is not anonymous
        served = browser.get(url("mark_evidence", public_id=mark.public_id, number=1))
        assert served["Content-Disposition"] == f'attachment; filename="{expected}"'
        assert b"".join(served.streaming_content).startswith(b"%PDF")

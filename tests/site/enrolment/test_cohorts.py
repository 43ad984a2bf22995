"""The pages of those who lead: the cohort, class lists, more time, identity, leaving, deleting."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import SUPERVISION, AchievementVersion
from testamur_site.enrolment import queries, services
from testamur_site.enrolment.errors import NotAllowedNow
from testamur_site.enrolment.models import Enrolment, Learner, LearnerList
from testamur_site.enrolment.rules import EnrolmentState
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant, unscoped

from . import examples

LIST = """성명,이메일,언어
김미나,mina@example.org,ko
이준호,junho@example.org,
이준호,JUNHO@example.org,
=cmd,formula@example.org,
Aoife Byrne,aoife@example.org,en
,nameless@example.org,
"""


@pytest.fixture
def lead(programme_lead: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(programme_lead)


def cohort(enrolment: Enrolment, rest: str = "") -> str:
    return f"/staff/{enrolment.institution.slug}/cohorts/{enrolment.offering.public_id}/{rest}"


def learner(enrolment: Enrolment, rest: str = "") -> str:
    return cohort(enrolment, f"learners/{enrolment.public_id}/{rest}")


def fresh(enrolment: Enrolment) -> Enrolment:
    with unscoped("a test looks"):
        return Enrolment.objects.select_related("learner", "institution", "offering", "version").get(pk=enrolment.pk)


def actions(enrolment: Enrolment) -> list[str]:
    return [entry.action for entry in entries(enrolment.institution)]


def test_the_cohort_shows_who_takes_part_and_how_far(mina: Enrolment, lead: Client) -> None:
    examples.handed_in(mina)
    page = lead.get(cohort(mina)).content.decode()
    assert "김미나" in page
    assert "1 of 2" in page
    assert f"/learn/enrol/{mina.offering.public_id}" in page
    assert "김미나" not in lead.get(cohort(mina, "?q=somebody")).content.decode()
    assert "김미나" not in lead.get(cohort(mina, "?state=waiting")).content.decode()
    assert "Data literacy" in lead.get(f"/staff/{mina.institution.slug}/cohorts/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_cohort(
    mina: Enrolment, lead: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        examples.enrolled(mina.offering, f"Learner {number}", f"learner{number}@example.org")
    with django_assert_max_num_queries(22):
        lead.get(cohort(mina))


def test_one_learner_is_enrolled_and_told(mina: Enrolment, lead: Client) -> None:
    values = {"name": "Aoife Byrne", "email": "aoife@example.org", "language": "en"}
    assert lead.post(cohort(mina, "invite"), values).status_code == 422, "the address may be used for this"
    assert lead.post(cohort(mina, "invite"), values | {"allowed": "on"}).status_code == 302
    run_pending()
    told = [message for message in mail.outbox if message.to == ["aoife@example.org"]]
    assert len(told) == 1
    assert "/learn/enter/" in str(told[0].body)


def test_a_class_list_is_judged_first_and_enrolled_then(mina: Enrolment, lead: Client) -> None:
    file = SimpleUploadedFile("class.csv", LIST.encode())
    answer = lead.post(cohort(mina, "lists/new"), {"file": file, "language": "ko", "allowed": "on"})
    assert answer.status_code == 302, answer.content.decode()
    with unscoped("a test looks"):
        assert Enrolment.objects.count() == 1
        listed = LearnerList.objects.get()
    verdicts = [(row["line"], row["verdict"], row["problem"]) for row in listed.rows]
    assert verdicts == [
        (2, "already", ""),
        (3, "ready", ""),
        (4, "refused", "row.twice"),
        (5, "refused", "name.formula"),
        (6, "ready", ""),
        (7, "refused", "name.missing"),
    ]
    page = lead.get(answer.url).content.decode()
    assert "Enrol 2 learners" in page
    assert "stands in row 3 already" in page
    assert lead.post(f"{answer.url}/start").status_code == 302
    run_pending()
    lead.post(f"{answer.url}/start")
    run_pending()
    with unscoped("a test looks"):
        assert sorted(Learner.objects.values_list("email", "language")) == [
            ("aoife@example.org", "en"),
            ("junho@example.org", "ko"),
            ("mina@example.org", "ko"),
        ]
    assert "To the cohort" in lead.get(answer.url).content.decode()


def test_a_list_beyond_the_seats_fills_the_waiting_list(version: AchievementVersion, lead: Client) -> None:
    offering = examples.open_offering(version, seats=2)
    mina = examples.enrolled(offering)
    answer = lead.post(
        cohort(mina, "lists/new"),
        {"file": SimpleUploadedFile("class.csv", LIST.encode()), "language": "ko", "allowed": "on"},
    )
    assert "Only 1 seat is left" in lead.get(answer.url).content.decode()
    lead.post(f"{answer.url}/start")
    run_pending()
    with unscoped("a test looks"):
        states = dict(Enrolment.objects.values_list("learner__email", "state"))
    assert states["junho@example.org"] == EnrolmentState.ENROLLED
    assert states["aoife@example.org"] == EnrolmentState.WAITING


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        ("성명,학과\n김미나,통계\n".encode(), "are needed"),
        (b"%PDF-1.7", "not a class list"),
        (b"Name,Email,E-mail\nA,a@example.org,b@example.org\n", "say the same"),
    ],
)
def test_a_file_that_is_no_class_list_is_said(mina: Enrolment, lead: Client, content: bytes, words: str) -> None:
    values = {"file": SimpleUploadedFile("class.csv", content), "language": "ko", "allowed": "on"}
    answer = lead.post(cohort(mina, "lists/new"), values)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_dry_run_can_be_discarded(mina: Enrolment, lead: Client) -> None:
    values = {"file": SimpleUploadedFile("class.csv", LIST.encode()), "language": "ko", "allowed": "on"}
    answer = lead.post(cohort(mina, "lists/new"), values)
    assert lead.post(f"{answer.url}/discard").url == cohort(mina)
    assert lead.get(answer.url).status_code == 404


def test_more_time_is_granted_with_a_reason(mina: Enrolment, lead: Client) -> None:
    assert lead.get(learner(mina, "extend")).status_code == 200
    assert lead.post(learner(mina, "extend"), {"task": "", "days": "0", "reason": "agreed"}).status_code == 422
    assert lead.post(learner(mina, "extend"), {"task": "", "days": "4", "reason": "accommodation"}).status_code == 302
    with tenant(mina.institution):
        assert {standing.deadline.extension_days for standing in queries.tasks_for(mina)} == {4}
    assert "4 days" in lead.get(learner(mina)).content.decode()
    assert "enrolment.extended" in actions(mina)


def test_an_identity_check_is_recorded_with_who_and_when(mina: Enrolment, lead: Client, programme_lead: User) -> None:
    level = next(concept.uri for concept in SUPERVISION if "Supervised with ID" in concept.label["en"])
    assert lead.post(learner(mina, "identity"), {"level": "https://example.org/own"}).status_code == 422
    assert lead.post(learner(mina, "identity"), {"level": level}).status_code == 302
    assert fresh(mina).learner.identity_level == level
    page = lead.get(learner(mina)).content.decode()
    assert "Supervised with ID Verification" in page
    assert "Lena Lead" in page


def test_a_checked_name_is_changed_by_staff_only(mina: Enrolment, lead: Client, her_browser: Client) -> None:
    her_browser.post("/learn/about-me", {"name": "Kim Mina", "language": "en"})
    assert fresh(mina).learner.name == "Kim Mina"
    level = next(concept.uri for concept in SUPERVISION if concept.uri)
    lead.post(learner(mina, "identity"), {"level": level})
    her_browser.post("/learn/about-me", {"name": "Somebody else", "language": "ko"})
    assert (fresh(mina).learner.name, fresh(mina).learner.language) == ("Kim Mina", "ko")
    lead.post(learner(mina, "change"), {"name": "김미나", "email": "mina@example.org", "language": "ko"})
    assert fresh(mina).learner.name == "김미나"


def test_an_address_of_another_learner_is_refused(mina: Enrolment, lead: Client) -> None:
    examples.enrolled(mina.offering, "Sean", "sean@example.org")
    answer = lead.post(learner(mina, "change"), {"name": "김미나", "email": "Sean@example.org", "language": "ko"})
    assert answer.status_code == 422
    assert fresh(mina).learner.email == "mina@example.org"


def test_leaving_and_deleting_by_staff(mina: Enrolment, lead: Client) -> None:
    examples.handed_in(mina)
    lead.post(learner(mina, "withdraw"), {"reason": "not_taking_part"})
    assert (fresh(mina).state, fresh(mina).withdrawn_reason) == (EnrolmentState.WITHDRAWN, "not_taking_part")
    assert lead.post(learner(mina, "erase")).status_code == 302
    assert fresh(mina).learner.name == ""
    page = lead.get(learner(mina)).content.decode()
    assert "Deleted person" in page
    assert "Deleted with the personal data" in page
    assert (
        lead.post(learner(mina, "change"), {"name": "x", "email": "x@example.org", "language": "ko"}).status_code == 422
    )
    with unscoped("a test looks"):
        for entry in entries(mina.institution):
            assert "mina@" not in str(entry.facts)
            assert "김미나" not in str(entry.facts)


def test_the_table_of_everybody_holds_no_formula(mina: Enrolment, lead: Client) -> None:
    examples.enrolled(mina.offering, "=HYPERLINK(1)", "evil@example.org")
    rows = list(csv.reader(io.StringIO(lead.get(cohort(mina, "export.csv")).content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["'=HYPERLINK(1)", "김미나"]
    assert rows[0][-2:] == ["A report on one dataset", "A briefing for a committee"]


def test_drafts_are_nobodys_business(mina: Enrolment, lead: Client) -> None:
    with tenant(mina.institution):
        draft = services.begin_draft(mina, "report")
        item = services.add_text(mina.learner, "Not finished.")
        services.add_to_draft(draft, item)
    path = f"/staff/{mina.institution.slug}/cohorts/evidence/{item.public_id}"
    assert lead.get(path).status_code == 404
    assert "Not finished" not in lead.get(learner(mina)).content.decode()
    with tenant(mina.institution):
        services.submit(draft, declared=True)
    answer = lead.get(path)
    assert answer.status_code == 200
    answer.close()


def test_other_institutions_and_other_cohorts_see_nothing(
    mina: Enrolment,
    outsider: User,
    viewer: User,
    lead: Client,
    version: AchievementVersion,
    client_for: Callable[..., Client],
) -> None:
    elsewhere = examples.open_offering(version)
    for path in ("", "identity", "erase"):
        assert client_for(outsider).get(learner(mina, path)).status_code == 404
        assert client_for(viewer).get(learner(mina, path)).status_code == 403
    wrong = f"/staff/{mina.institution.slug}/cohorts/{elsewhere.public_id}/learners/{mina.public_id}/"
    assert lead.get(wrong).status_code == 404


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_staff_page_is_drawn_in_both_languages(mina: Enrolment, lead: Client, language: str) -> None:
    examples.handed_in(mina)
    lead.cookies["language"] = language
    pages = ["", "invite", "lists/new"]
    ones = ["", "extend", "identity", "change", "move", "withdraw", "erase"]
    for path in [cohort(mina, page) for page in pages] + [learner(mina, page) for page in ones]:
        assert lead.get(path).status_code == 200, path


def replaced(mina: Enrolment, rule: str) -> AchievementVersion:
    """Publish the next version of the programme, with a rule for those who began before."""
    with tenant(mina.institution):
        following = catalogue.begin_version(mina.version.micro_credential, "Another report.", earlier_learners=rule)
        return catalogue.publish(following)


def test_who_began_before_finishes_in_the_old_version(mina: Enrolment) -> None:
    replaced(mina, "finish")
    assert examples.handed_in(mina).handed_in
    assert fresh(mina).version_id == mina.version_id


def test_who_may_not_finish_is_told_and_moved(mina: Enrolment, lead: Client, her_browser: Client) -> None:
    current = replaced(mina, "move")
    page = her_browser.get(f"/learn/{mina.public_id}/tasks/report/").content.decode()
    assert "This version has ended" in page
    with tenant(mina.institution), pytest.raises(NotAllowedNow):
        services.begin_draft(mina, "report")
    assert "Move to the current version" in lead.get(learner(mina)).content.decode()
    assert lead.post(learner(mina, "move")).status_code == 302
    assert fresh(mina).version_id == current.pk
    assert examples.handed_in(fresh(mina)).handed_in
    assert "enrolment.moved" in actions(mina)


def test_what_was_handed_in_keeps_its_version(mina: Enrolment, lead: Client) -> None:
    examples.handed_in(mina)
    replaced(mina, "finish")
    answer = lead.post(learner(mina, "move"))
    assert answer.status_code == 422
    assert "stays in that version" in answer.content.decode()
    assert fresh(mina).version_id == mina.version_id

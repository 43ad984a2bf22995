"""From a submission to a finding, and from a finding to what a person decides."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.standing import standing

from testamur_site.assessment.errors import NotAllowedNow
from testamur_site.assessment.integrity import jobs, queries, services
from testamur_site.assessment.integrity.models import CopyFinding, EvidenceText
from testamur_site.assessment.rules import code_name
from testamur_site.enrolment.api import return_for_resubmission
from testamur_site.enrolment.models import EvidenceItem
from testamur_site.enrolment.services.erasure import erase
from testamur_site.foundation.audit.api import AuditEntry
from testamur_site.foundation.jobs.api import Job
from testamur_site.foundation.tenancy.api import Institution

pytestmark = pytest.mark.usefixtures("at_work")
WORDS = "figures sample base rate reader chart survey city school month question answer committee number share group".split()  # noqa: SIM905


def essay(seed: int, words: int = 120) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(words))


@pytest.fixture
@standing
def copied(make_cohort: Callable[..., Any]) -> Any:
    """Three learners; the third has taken most of the first one's text."""
    cohort = make_cohort()
    cohort.hand_in(1, essay(1))
    cohort.hand_in(1, essay(2))
    cohort.hand_in(1, essay(3, 20) + ". " + essay(1)[:500])
    return cohort


def compare(cohort: Any) -> None:
    for submission in cohort.submissions:
        services.read(submission)
    services.compare_task(cohort.offering, "essay")


def test_a_near_copy_is_found_and_shown_side_by_side(copied: Any) -> None:
    compare(copied)
    finding = CopyFinding.objects.get()
    first, _, third = copied.submissions
    assert (finding.first_id, finding.second_id) == (first.pk, third.pk)
    assert 0.5 < finding.share < 1
    left, right = queries.sides(finding)
    assert (left.code, right.code) == (code_name(first.public_id), code_name(third.public_id))
    for side in (left, right):
        assert "".join(text for text, _ in side.pieces) == queries.text_of(side.submission)
        same = " ".join(text for text, common in side.pieces if common)
        assert same[20:60] in essay(1)


def test_the_same_piece_is_found_at_once(make_cohort: Callable[..., Any]) -> None:
    cohort = make_cohort()
    cohort.hand_in(2, essay(1))
    assert services.find_same_files(cohort.submissions[1]) == 1
    finding = CopyFinding.objects.get()
    assert (finding.same_files, finding.share) == (1, 0.0)
    compare(cohort)
    finding.refresh_from_db()
    assert (finding.same_files, finding.share) == (1, 1.0), "one finding for a pair"


def test_what_everybody_hands_in_makes_no_pairs(make_cohort: Callable[..., Any]) -> None:
    cohort = make_cohort()
    cohort.hand_in(7, "The given data set, which is the same for everybody who takes part.")
    for submission in cohort.submissions:
        services.find_same_files(submission)
    assert CopyFinding.objects.filter(same_files__gt=0).count() <= 10, "only before it was known to be common"
    ((_, people),) = queries.common_pieces(cohort.offering, "essay")
    assert people == 7


def test_nobody_copies_from_themselves(make_cohort: Callable[..., Any]) -> None:
    cohort = make_cohort(attempts="2")
    (first,) = cohort.hand_in(1, essay(1))
    return_for_resubmission(first, "Please say more.", None)
    cohort.submissions.append(cohort.one_more(cohort.enrolments[0], essay(1)))
    compare(cohort)
    services.find_same_files(cohort.submissions[1])
    assert not CopyFinding.objects.exists()


def test_the_job_reads_and_asks_for_one_comparison(copied: Any) -> None:
    for submission in copied.submissions:
        jobs.compare(None, submission=submission.public_id)  # type: ignore[arg-type]
        jobs.compare(None, submission=submission.public_id)  # type: ignore[arg-type]
    assert EvidenceText.objects.count() == 3
    asked = Job.objects.filter(path=services.COMPARE_TASK)
    assert 1 <= asked.count() <= 2, "a new ten minutes may begin meanwhile"
    jobs.compare(None, submission="gone")  # type: ignore[arg-type]


def test_comparing_again_changes_nothing_that_was_decided(copied: Any, programme_lead: Any) -> None:
    compare(copied)
    finding = services.dismiss(CopyFinding.objects.get(), "They quote the same source.", actor=programme_lead)
    CopyFinding.objects.update(share=0.5)
    compare(copied)
    finding.refresh_from_db()
    assert (finding.state, finding.share, finding.reason) == ("dismissed", 0.5, "They quote the same source.")
    with pytest.raises(NotAllowedNow):
        services.dismiss(finding, "again", actor=programme_lead)
    with pytest.raises(NotAllowedNow):
        services.report(finding, [finding.second], "x", actor=programme_lead)
    assert services.reopen(finding, actor=programme_lead).state == "open"
    assert {"copy.dismissed", "copy.reopened"} <= set(AuditEntry.objects.values_list("action", flat=True))


def test_a_report_opens_a_case_through_its_job(copied: Any, programme_lead: Any) -> None:
    compare(copied)
    finding = CopyFinding.objects.get()
    stranger = copied.submissions[1]
    with pytest.raises(NotAllowedNow):
        services.report(finding, [stranger], "x", actor=programme_lead)
    services.report(finding, [finding.second, stranger], "Most of the text is the same.", actor=programme_lead)
    (job,) = Job.objects.filter(path=services.SUSPECT)
    assert job.args["submission"] == finding.second.public_id
    assert job.args["reference"] == finding.public_id
    finding.refresh_from_db()
    assert finding.state == "reported"


def test_what_cannot_be_compared_is_counted(make_cohort: Callable[..., Any]) -> None:
    cohort = make_cohort()
    (submission,) = cohort.hand_in(1, essay(1))
    item = EvidenceItem.objects.get()
    services.read(submission)
    EvidenceText.objects.filter(item=item).update(state="damaged", text="")
    assert queries.unread(cohort.offering, "essay") == {"damaged": 1}


def test_texts_of_the_erased_are_forgotten(copied: Any, programme_lead: Any) -> None:
    compare(copied)
    services.dismiss(CopyFinding.objects.get(), "About Haneul's text.", actor=programme_lead)
    erase(copied.submissions[0].enrolment.learner)
    assert services.forget_erased() == 1
    finding = CopyFinding.objects.get()
    assert (finding.reason, finding.passages) == ("", [])
    assert queries.sides(finding)[0].pieces == []


class TestPages:
    """What a programme lead sees and does."""

    @pytest.fixture
    def lead(self, programme_lead: Any, client_for: Callable[[Any], Client]) -> Client:
        return client_for(programme_lead)

    def listing(self, cohort: Any) -> str:
        return f"/staff/han-river/marking/offerings/{cohort.offering.public_id}/essay/copies/"

    def test_from_the_list_to_a_decision(self, copied: Any, lead: Client) -> None:
        assert "Nothing was found" in lead.get(self.listing(copied)).content.decode()
        compare(copied)
        finding = CopyFinding.objects.get()
        page = lead.get(self.listing(copied)).content.decode()
        first, _, third = copied.submissions
        assert code_name(first.public_id) in page
        assert copied.enrolments[0].learner.name not in page, "names are not needed to compare"
        assert code_name(first.public_id) in lead.get(self.listing(copied) + "?page=9").content.decode()
        one = f"/staff/han-river/marking/copies/{finding.public_id}/"
        shown = lead.get(one).content.decode()
        assert "<mark>" in shown
        assert copied.enrolments[0].learner.name not in shown
        refused = lead.post(one, {"step": "dismiss", "reason": ""})
        assert refused.status_code == 422
        assert lead.post(one, {"step": "report", "suspicion": "The same text.", "about": []}).status_code == 422
        done = lead.post(one, {"step": "report", "suspicion": "The same text.", "about": ["second"]}, follow=True)
        assert "case" in done.content.decode()
        (job,) = Job.objects.filter(path=services.SUSPECT)
        assert job.args["submission"] == third.public_id
        assert code_name(first.public_id) in lead.get(self.listing(copied) + "?list=decided").content.decode()

    def test_dismissing_can_be_taken_back(self, copied: Any, lead: Client) -> None:
        compare(copied)
        one = f"/staff/han-river/marking/copies/{CopyFinding.objects.get().public_id}/"
        lead.post(one, {"step": "dismiss", "reason": "They quote the same source."})
        assert "They quote the same source." in lead.get(one).content.decode()
        lead.post(one, {"step": "reopen"})
        assert CopyFinding.objects.get().state == "open"

    def test_comparing_can_be_asked_for(self, copied: Any, lead: Client) -> None:
        answer = lead.post(self.listing(copied), follow=True).content.decode()
        assert "within ten minutes" in answer
        assert Job.objects.filter(path=services.COMPARE_TASK).count() == 1

    def test_others_see_nothing(
        self, copied: Any, assessor: Any, outsider: Any, client_for: Callable[[Any], Client], institution: Institution
    ) -> None:
        compare(copied)
        one = f"/staff/han-river/marking/copies/{CopyFinding.objects.get().public_id}/"
        for person in (assessor, outsider):
            for address in (one, self.listing(copied)):
                assert client_for(person).get(address).status_code in (403, 404)

    def test_text_of_learners_is_text(self, make_cohort: Callable[..., Any], lead: Client) -> None:
        cohort = make_cohort()
        cohort.hand_in(2, "<script>alert(1)</script> " + essay(1))
        compare(cohort)
        shown = lead.get(f"/staff/han-river/marking/copies/{CopyFinding.objects.get().public_id}/").content.decode()
        assert "<script>alert" not in shown
        assert "script&gt;alert" in shown

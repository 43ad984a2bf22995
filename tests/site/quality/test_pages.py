"""Pages: who sees what, what a refusal looks like, the one page of the panel, and what everybody may read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from tests.standing import standing

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import content_hash
from testamur_site.foundation.jobs.api import enqueue, run_pending
from testamur_site.foundation.tenancy.api import Institution, Membership, tenant
from testamur_site.quality import services
from testamur_site.quality.models import PanelMember, Proposal, Review

from .conftest import approve, edit, fresh, in_days, review

Browser = Callable[[Any], Client]
QUALITY = "/staff/han-river/quality/"


def proposal_page(proposal: Proposal, step: str = "") -> str:
    return f"{QUALITY}proposals/{proposal.public_id}/{step}"


def answers(kind: str, seen: str, **changed: str) -> dict[str, str]:
    from testamur_site.quality.profiles import questions

    given = {f"answer_{question.id}": "yes" for question in questions(kind)}
    return given | {"recommendation": "approve", "reason": "It is sound.", "seen": seen} | changed


class TestQueue:
    def test_empty_it_says_what_to_do(self, institution: Institution, designer: Any, client_for: Browser) -> None:
        page = client_for(designer).get(QUALITY).content.decode()
        assert "Nothing has been proposed yet" in page
        assert f"{QUALITY}propose" in page

    def test_it_lists_what_waits(self, proposal: Proposal, quality_officer: Any, client_for: Browser) -> None:
        page = client_for(quality_officer).get(QUALITY).content.decode()
        assert proposal_page(proposal) in page
        assert "Internal review: 0/1" in page
        assert f"{QUALITY}propose" not in page  # a quality officer proposes nothing

    def test_another_institution_sees_nothing(self, proposal: Proposal, outsider: Any, client_for: Browser) -> None:
        client = client_for(outsider)
        assert client.get(QUALITY).status_code == 404
        assert client.get(proposal_page(proposal)).status_code == 404
        assert client.get(f"/staff/liffey/quality/proposals/{proposal.public_id}/").status_code == 404


class TestProposing:
    def test_by_the_form(self, draft: Any, designer: Any, quality_officer: Any, client_for: Browser) -> None:
        client, address = client_for(designer), f"{QUALITY}propose/{draft.public_id}"
        assert "What the rules say" in client.get(address).content.decode()
        answer = client.post(address, {"note": "Please look."})
        with tenant(draft.institution):
            proposal = Proposal.objects.get()
        assert answer["Location"] == proposal_page(proposal)
        run_pending(["mail"])
        assert [one.to for one in mail.outbox] == [[quality_officer.email]]
        assert proposal_page(proposal) in mail.outbox[0].body
        assert client.post(address, {"note": ""}).status_code == 422  # the same content again


class TestReviewing:
    def test_by_the_form(self, proposal: Proposal, quality_officer: Any, client_for: Browser) -> None:
        client = client_for(quality_officer)
        answer = client.post(proposal_page(proposal, "review"), answers("internal", proposal.content_hash))
        assert answer.status_code == 302
        with tenant(proposal.institution):
            kept = Review.objects.get()
        assert kept.answers["assessment"] == {"answer": "yes", "note": ""}
        assert "It is sound." in client.get(proposal_page(proposal)).content.decode()

    def test_without_answers_it_is_refused_in_words(
        self, proposal: Proposal, quality_officer: Any, client_for: Browser
    ) -> None:
        answer = client_for(quality_officer).post(proposal_page(proposal, "review"), {"reason": "Good."})
        assert answer.status_code == 422
        assert "is an answer too" in answer.content.decode()

    def test_the_author_is_told_why_not(self, draft: Any, owner: Any, client_for: Browser) -> None:
        with tenant(draft.institution):
            proposal = services.propose(draft, actor=owner)
        client = client_for(owner)
        page = client.get(proposal_page(proposal)).content.decode()
        assert "You proposed this yourself" in page
        assert proposal_page(proposal, "decide") not in page
        answer = client.post(proposal_page(proposal, "review"), answers("internal", proposal.content_hash))
        assert answer.status_code == 422
        assert "You proposed this yourself" in answer.content.decode()

    def test_a_change_is_shown_with_what_was_changed(
        self, proposal: Proposal, designer: Any, quality_officer: Any, client_for: Browser
    ) -> None:
        with tenant(proposal.institution):
            edit(proposal.version, designer)
        page = client_for(quality_officer).get(proposal_page(proposal)).content.decode()
        assert "Changed: title" in page
        assert proposal_page(proposal, "decide") not in page


class TestDeciding:
    @pytest.fixture
    def page(self, reviewed: Proposal, second_officer: Any, client_for: Browser) -> tuple[Client, str, dict[str, str]]:
        values = {
            "seen": reviewed.content_hash,
            "decision": "approve",
            "reason": "It tests what it promises.",
            "review_on": in_days(365).isoformat(),
        }
        return client_for(second_officer), proposal_page(reviewed, "decide"), values

    def test_approve_with_a_condition(self, reviewed: Proposal, page: Any) -> None:
        client, address, values = page
        more = {"condition_1": "Train an assessor.", "due_1": in_days(30).isoformat()}
        assert client.post(address, values | more).status_code == 302
        with tenant(reviewed.institution):
            reviewed.refresh_from_db()
            assert (reviewed.state, reviewed.conditions.get().text) == ("approved", "Train an assessor.")

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"review_on": ""}, "needs the date of the next review"),
            ({"review_on": "2026-13-45"}, "Enter a valid date"),
            ({"condition_1": "Train an assessor."}, "Say until when"),
            ({"due_1": in_days(3).isoformat()}, "Say what is to be done"),
            ({"seen": "0" * 64}, "Read it once more"),
            ({"reason": "\x00"}, "Null characters"),
            ({"decision": "perhaps"}, "Select a valid choice"),
        ],
    )
    def test_what_is_missing_is_said(self, reviewed: Proposal, page: Any, changed: dict[str, str], said: str) -> None:
        client, address, values = page
        answer = client.post(address, values | changed)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        with tenant(reviewed.institution):
            reviewed.refresh_from_db()
            assert reviewed.state == "open"

    @pytest.mark.parametrize(("decision", "state"), [("return", "returned"), ("decline", "declined")])
    def test_return_and_decline(
        self, reviewed: Proposal, page: Any, programme_lead: Any, decision: str, state: str
    ) -> None:
        client, address, values = page
        assert client.post(address, values | {"decision": decision, "review_on": ""}).status_code == 302
        with tenant(reviewed.institution):
            reviewed.refresh_from_db()
            assert reviewed.state == state
        run_pending(["mail"])
        told = next(one for one in mail.outbox if one.to == [programme_lead.email])
        assert "It tests what it promises." in told.body


class TestPanel:
    @pytest.fixture
    @standing
    def link(self, proposal: Proposal, quality_officer: Any) -> str:
        with tenant(proposal.institution):
            _, link = services.invite(
                proposal,
                kind="industry",
                name="Kim Ji-u",
                email="Kim@acme.example",
                organisation="Acme",
                language="ko",
                actor=quality_officer,
            )
        return link[link.index("/quality/") :]

    def member(self, proposal: Proposal) -> PanelMember:
        with tenant(proposal.institution):
            return PanelMember.objects.get()

    def test_the_mail_holds_the_link_and_nobody_else_does(
        self, proposal: Proposal, link: str, quality_officer: Any, client_for: Browser
    ) -> None:
        run_pending(["mail"])
        (message,) = [one for one in mail.outbox if one.to == ["kim@acme.example"]]
        assert link in message.body
        assert "의견을 구합니다" in message.subject
        token = link.rpartition("/")[2]
        assert token not in client_for(quality_officer).get(proposal_page(proposal)).content.decode()
        assert token not in str(self.member(proposal).__dict__)

    def test_they_see_the_programme_as_a_whole_and_answer_once(
        self, proposal: Proposal, link: str, client_for: Browser
    ) -> None:
        client = client_for(None)
        page = client.get(link)
        text = page.content.decode()
        for part in ("Judge a figure", "Essay", "Sound", "The claim is stated and supported.", "What the rules say"):
            assert part in text
        assert page["X-Robots-Tag"] == "noindex"
        assert "no-store" in page["Cache-Control"]
        values = answers("industry", proposal.content_hash, interest="none")
        assert client.post(link, values).status_code == 302
        member = self.member(proposal)
        assert (member.state, member.recommendation, member.content_hash) == (
            "answered",
            "approve",
            proposal.content_hash,
        )
        assert "Thank you" in client.get(link).content.decode()
        again = client.post(link, values | {"recommendation": "decline"})
        assert again.status_code == 410
        assert self.member(proposal).recommendation == "approve"

    def test_a_conflict_of_interest_needs_only_its_reason(
        self, proposal: Proposal, link: str, client_for: Browser
    ) -> None:
        client = client_for(None)
        assert client.post(link, {"interest": "conflict", "reason": "I wrote it."}).status_code == 302
        assert self.member(proposal).state == "conflict"
        assert client.post(link, {"interest": "conflict", "reason": "I wrote it."}).status_code == 410

    def test_one_must_say_whether_there_is_one(self, proposal: Proposal, link: str, client_for: Browser) -> None:
        answer = client_for(None).post(link, answers("industry", proposal.content_hash))
        assert answer.status_code == 422
        assert self.member(proposal).state == "invited"

    def test_while_it_is_changed_they_wait_and_then_see_the_new_content(
        self, proposal: Proposal, link: str, designer: Any, programme_lead: Any, client_for: Browser
    ) -> None:
        client, seen = client_for(None), proposal.content_hash
        with tenant(proposal.institution):
            changed = edit(proposal.version, designer, "A better title")
        assert "working on the programme" in client.get(link).content.decode()
        answer = client.post(link, answers("industry", seen, interest="none", reason="Written with care."))
        assert answer.status_code == 409
        assert "Written with care." in answer.content.decode()  # nothing that was written is lost
        with tenant(proposal.institution):
            services.propose(changed, actor=programme_lead)
        assert "A better title" in client.get(link).content.decode()
        stale = client.post(link, answers("industry", seen, interest="none"))
        assert stale.status_code == 422
        assert "Read it once more" in stale.content.decode()
        assert client.post(link, answers("industry", content_hash(changed), interest="none")).status_code == 302

    def test_an_expired_link_says_so(self, proposal: Proposal, link: str, client_for: Browser) -> None:
        with tenant(proposal.institution):
            PanelMember.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        answer = client_for(None).get(link)
        assert answer.status_code == 410
        assert "This link has expired" in answer.content.decode()

    def test_a_withdrawn_one_too(
        self, proposal: Proposal, link: str, quality_officer: Any, client_for: Browser
    ) -> None:
        member = self.member(proposal)
        client_for(quality_officer).post(proposal_page(proposal, f"panel/{member.public_id}/withdraw"))
        assert "was withdrawn" in client_for(None).get(link).content.decode()

    def test_after_the_decision_the_link_is_closed(
        self, proposal: Proposal, link: str, quality_officer: Any, second_officer: Any, client_for: Browser
    ) -> None:
        with tenant(proposal.institution):
            review(proposal, quality_officer)
            approve(proposal, second_officer)
        assert client_for(None).get(link).status_code == 410

    def test_a_second_invitation_makes_the_first_link_worthless(
        self, proposal: Proposal, link: str, quality_officer: Any, client_for: Browser
    ) -> None:
        with tenant(proposal.institution):
            services.invite(
                proposal,
                kind="industry",
                name="Kim",
                email="kim@acme.example",
                organisation="Acme",
                actor=quality_officer,
            )
        assert client_for(None).get(link).status_code == 410

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"email": "designer@han-river.example"}, "belongs to your institution"),
            ({"email": "nobody"}, "valid email address"),
            ({"kind": "friend"}, "Select a valid choice"),
            ({"organisation": ""}, "This field is required"),
        ],
    )
    def test_whom_one_cannot_invite(
        self,
        proposal: Proposal,
        quality_officer: Any,
        client_for: Browser,
        changed: dict[str, str],
        said: str,
        designer: Any,
    ) -> None:
        values = {"kind": "peer", "name": "P", "email": "p@x.example", "organisation": "X", "language": "en"}
        answer = client_for(quality_officer).post(proposal_page(proposal, "invite"), values | changed)
        assert answer.status_code == 422
        assert said in answer.content.decode()


class TestPublic:
    def test_the_record_of_a_programme_without_approval(
        self, institution: Institution, designer: Any, client_for: Browser
    ) -> None:
        from testamur_site.catalogue.demo.data_literacy import DESCRIPTION

        with tenant(institution):
            made = catalogue.create(institution, DESCRIPTION, actor=designer)
            assert client_for(None).get(f"/quality/{made.public_id}").status_code == 404  # a draft is nobody's business
            catalogue.publish(made.versions.get())
        page = client_for(None).get(f"/quality/{made.public_id}").content.decode()
        assert "publishes this programme without an approval" in page
        assert "No decision has been recorded" in page

    @pytest.fixture
    @standing
    def record(self, proposal: Proposal, quality_officer: Any, second_officer: Any) -> str:
        """Published, with an answer of the panel and a condition."""
        with tenant(proposal.institution):
            review(proposal, quality_officer)
            for number, (name_public, say) in enumerate([(True, "approve"), (False, "change")]):
                member, _ = services.invite(
                    proposal,
                    kind="peer",
                    name=f"Person {number}",
                    email=f"p{number}@x.example",
                    organisation=f"College {number}",
                    actor=quality_officer,
                )
                services.answer(
                    member,
                    say,
                    "Between us.",
                    {},
                    seen_hash=proposal.content_hash,
                    name_public=name_public,
                )
            approve(proposal, second_officer, conditions=[("Train an assessor.", in_days(30))])
            catalogue.publish(fresh(proposal.version))
        return f"/quality/{proposal.micro_credential.public_id}"

    def test_who_decided_what_and_nobody_is_named_who_did_not_agree(
        self, record: str, client_for: Browser, quality_officer: Any, second_officer: Any, programme_lead: Any
    ) -> None:
        page = client_for(None).get(record).content.decode()
        for said in ("It tests what it promises.", "Train an assessor.", "College 0", "College 1", "Person 0"):
            assert said in page
        for private in ("Person 1", "Between us.", "p0@x.example", "Clear outcomes", "Two ministries"):
            assert private not in page
        for person in (quality_officer, second_officer, programme_lead):
            assert person.name not in page
        assert "Approved with conditions" in page

    @pytest.mark.parametrize(("days", "said"), [(31, "Condition overdue"), (366, "Review overdue")])
    def test_what_is_overdue_everybody_sees(
        self, record: str, client_for: Browser, monkeypatch: pytest.MonkeyPatch, days: int, said: str
    ) -> None:
        later = timezone.now() + timedelta(days=days)
        monkeypatch.setattr("testamur_site.quality.queries.timezone.now", lambda: later)
        assert said in client_for(None).get(record).content.decode()

    def test_a_retired_programme_says_so(
        self, record: str, proposal: Proposal, owner: Any, client_for: Browser
    ) -> None:
        with tenant(proposal.institution):
            services.retire(proposal, "Nobody needs it any more.", actor=owner)
        page = client_for(None).get(record).content.decode()
        assert "Nobody needs it any more." in page
        assert "This programme was retired" in page

    def test_every_profile_can_be_read(self, db: None, client_for: Browser) -> None:
        client = client_for(None)
        listed = re.findall(r'href="(/quality/profiles/[a-z]+)"', client.get("/quality/profiles").content.decode())
        assert len(listed) == 5
        for address in listed:
            for language in ("en", "ko"):
                answer = client.get(address, HTTP_ACCEPT_LANGUAGE=language)
                assert answer.status_code == 200
        assert client.get("/quality/profiles/xx").status_code == 404


class TestPolicy:
    def test_the_owner_changes_it_others_only_read_it(
        self, institution: Institution, owner: Any, quality_officer: Any, client_for: Browser
    ) -> None:
        assert client_for(quality_officer).get(f"{QUALITY}policy").status_code == 200
        assert client_for(quality_officer).get(f"{QUALITY}policy/change").status_code == 403
        values = {
            "requires_approval": "all",
            "profiles": ["eu", "kr"],
            "reviews": "2",
            "panel": ["industry"],
            "review_months": "12",
            "stop_when_overdue": "on",
        }
        assert client_for(owner).post(f"{QUALITY}policy/change", values).status_code == 302
        page = client_for(quality_officer).get(f"{QUALITY}policy").content.decode()
        for said in ("Republic of Korea", "Industry", "Nothing is awarded", "Approvals are not signed"):
            assert said in page

    @pytest.mark.parametrize("changed", [{"profiles": []}, {"reviews": "6"}, {"review_months": "0"}, {"panel": ["x"]}])
    def test_what_makes_no_sense_is_refused(
        self, institution: Institution, owner: Any, client_for: Browser, changed: dict[str, Any]
    ) -> None:
        values = {"requires_approval": "all", "profiles": ["eu"], "reviews": "1", "review_months": "12"}
        assert client_for(owner).post(f"{QUALITY}policy/change", values | changed).status_code == 422


class TestReminders:
    def remind(self) -> int:
        job = enqueue("testamur_site.quality.jobs.remind", {})
        run_pending()
        job.refresh_from_db()
        return int(job.result["sent"])

    @pytest.fixture
    def at(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
        now = timezone.now()

        def travel(days: int) -> None:
            monkeypatch.setattr("testamur_site.quality.queries.timezone.now", lambda: now + timedelta(days=days))

        return travel

    def test_once_for_each_time_and_nobody_twice(self, approved: Proposal, at: Callable[[int], None]) -> None:
        run_pending()
        mail.outbox.clear()
        sent = {}
        for day in (0, 274, 275, 276, 334, 336, 358, 359, 364, 365, 366, 400):
            at(day)
            sent[day] = self.remind()
            assert self.remind() == 0
        assert [day for day, count in sent.items() if count] == [275, 336, 358, 365, 366]
        assert any("Review due on" in one.subject for one in mail.outbox)
        assert any("everybody sees that it is overdue" in one.body for one in mail.outbox)

    def test_not_after_it_was_renewed_or_retired(
        self, approved: Proposal, owner: Any, at: Callable[[int], None]
    ) -> None:
        with tenant(approved.institution):
            services.withdraw_approval(approved, "It went wrong.", actor=owner)
        at(365)
        assert self.remind() == 0

    def test_addresses_of_the_panel_are_forgotten_half_a_year_after_the_decision(
        self, proposal: Proposal, quality_officer: Any, second_officer: Any, at: Callable[[int], None]
    ) -> None:
        with tenant(proposal.institution):
            review(proposal, quality_officer)
            services.invite(
                proposal, kind="peer", name="P", email="p@x.example", organisation="X", actor=quality_officer
            )
            approve(proposal, second_officer)
        for days, kept in ((179, "p@x.example"), (181, "")):
            at(days)
            self.remind()
            with tenant(proposal.institution):
                member = PanelMember.objects.get()
            assert (member.email, member.name) == (kept, "P")

    def test_who_has_left_is_not_told(self, approved: Proposal, programme_lead: Any, at: Callable[[int], None]) -> None:
        run_pending()
        mail.outbox.clear()
        with tenant(approved.institution):
            Membership.objects.filter(user=programme_lead).delete()
        at(365)
        self.remind()
        assert mail.outbox
        assert [programme_lead.email] not in [one.to for one in mail.outbox]

    def test_a_condition_too(self, reviewed: Proposal, second_officer: Any, at: Callable[[int], None]) -> None:
        with tenant(reviewed.institution):
            approve(reviewed, second_officer, conditions=[("Train an assessor.", in_days(20))])
        assert self.remind() == 1
        at(14)
        assert self.remind() == 1
        at(25)
        assert self.remind() == 1
        assert self.remind() == 0

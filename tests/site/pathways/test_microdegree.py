"""From joining to the award, and what becomes of it when a part falls."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from tests.site.pathways.conftest import rule_text
from tests.standing import standing

from testamur.pathways.decisions import read_record, take_again
from testamur.verification import Verdict
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion, MicroCredential
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api as issuing
from testamur_site.pathways import api as pathways
from testamur_site.pathways.models import DecisionRow, Participant, Rule
from testamur_site.verification.api import verify_document
from testamur_site.wallet.api import Holder
from testamur_site.wallet.models import Deposit

Make = Callable[..., Any]


def fresh(participant: Participant) -> Participant:
    found = pathways.own_participant(participant.institution, participant.public_id)
    assert found is not None
    return found


def events(participant: Participant) -> list[str]:
    with tenant(participant.institution):
        return list(DecisionRow.objects.filter(participant=participant).values_list("event", flat=True))


@pytest.fixture
@standing
def joined(make_microdegree: Make, mina: Holder) -> Participant:
    participant = pathways.join(mina, make_microdegree())
    run_pending()
    return fresh(participant)


def test_joining_shows_what_is_done_and_what_is_open(joined: Participant) -> None:
    assert joined.state == "active"
    assert joined.outcome == "does not hold"
    states = {one["name"]: one["state"] for one in joined.shown["decision"]["awards"][0]["requirements"]}
    assert states == {"microdegree": "open", "foundations": "satisfied", "practice": "open"}
    assert joined.shown["sentences"]["ko"]


def test_joining_twice_is_joining_once(joined: Participant, mina: Holder) -> None:
    assert pathways.join(mina, joined.micro_credential).pk == joined.pk


def test_the_last_credential_brings_the_microdegree(
    joined: Participant, award_to: Make, courses: list[AchievementVersion]
) -> None:
    award_to(courses[1])
    run_pending()
    participant = fresh(joined)
    assert participant.state == "awarded"
    assert events(participant) == ["awarded"]
    assert participant.award is not None
    content = issuing.credential_bytes(participant.award)
    assert verify_document(content).verdict is Verdict.VALID
    record = read_record(json.loads(content))
    assert record.rule_digest == participant.rule.digest
    assert {part.digest for part in record.parts if part.content} == {part.digest for part in record.parts}
    assert len(record.parts) == 2


def test_evaluating_again_awards_nothing_twice(
    joined: Participant, award_to: Make, courses: list[AchievementVersion]
) -> None:
    award_to(courses[1])
    run_pending()
    with tenant(joined.institution):  # killed after the award, before it was noted
        DecisionRow.objects.all().delete()
        Participant.objects.filter(pk=joined.pk).update(state="active", award=None)
    pathways.evaluate(joined)
    with tenant(joined.institution):
        assert issuing.Award.objects.filter(micro_credential=joined.micro_credential).count() == 1
    assert fresh(joined).state == "awarded"


def test_a_stranger_takes_the_decision_again(
    joined: Participant, award_to: Make, courses: list[AchievementVersion]
) -> None:
    award_to(courses[1])
    run_pending()
    award = fresh(joined).award
    assert award is not None
    content = issuing.credential_bytes(award)
    again = take_again(json.loads(content), verify_document(content), verify_document, on=timezone.localdate())
    assert str(again.again.result) == "passed"


@pytest.fixture
@standing
def awarded(joined: Participant, award_to: Make, courses: list[AchievementVersion]) -> tuple[Participant, Deposit]:
    practice = award_to(courses[1])
    run_pending()
    return fresh(joined), practice


def test_a_part_is_revoked_and_there_is_time(awarded: tuple[Participant, Deposit]) -> None:
    participant, practice = awarded
    issuing.revoke(practice.award, issuing.Reason.ISSUED_IN_ERROR)
    run_pending()
    participant = fresh(participant)
    assert participant.state == "grace"
    assert participant.grace_until == timezone.localdate() + timedelta(days=30)
    assert events(participant) == ["awarded", "grace"]
    pathways.evaluate(participant, today=timezone.localdate() + timedelta(days=30))
    assert fresh(participant).state == "grace"
    pathways.evaluate(participant, today=timezone.localdate() + timedelta(days=31))
    assert fresh(participant).state == "fallen"
    assert participant.award is not None
    participant.award.refresh_from_db()
    assert participant.award.state == "revoked"
    assert participant.award.reason_code == issuing.Reason.REQUIREMENTS_NOT_MET


def test_another_credential_takes_the_place_of_what_fell(
    awarded: tuple[Participant, Deposit], award_to: Make, courses: list[AchievementVersion]
) -> None:
    participant, practice = awarded
    first = participant.award
    assert first is not None
    issuing.revoke(practice.award, issuing.Reason.ISSUED_IN_ERROR)
    run_pending()
    award_to(courses[2])
    run_pending()
    participant = fresh(participant)
    assert participant.state == "awarded"
    assert events(participant) == ["awarded", "grace", "mended"]
    assert participant.award is not None
    assert participant.award.supersedes_id == first.pk
    record = read_record(json.loads(issuing.credential_bytes(participant.award)))
    assert practice.award.url not in {holding.id for holding in record.case.holdings}


def test_without_days_of_grace_it_falls_at_once_and_can_be_reached_again(
    make_microdegree: Make, mina: Holder, award_to: Make, courses: list[AchievementVersion]
) -> None:
    participant = pathways.join(
        mina, make_microdegree(reevaluation="{grace: 0 days, text: {en: No time., ko: 유예 없음.}}")
    )
    practice = award_to(courses[1])
    run_pending()
    issuing.revoke(practice.award, issuing.Reason.ISSUED_IN_ERROR)
    run_pending()
    pathways.evaluate(fresh(participant), today=timezone.localdate() + timedelta(days=1))
    assert fresh(participant).state == "fallen"
    award_to(courses[2])
    run_pending()
    participant = fresh(participant)
    assert participant.state == "awarded"
    assert events(participant)[-2:] == ["withdrawn", "awarded"]


def test_a_person_has_the_last_word(
    make_microdegree: Make, mina: Holder, award_to: Make, courses: list[AchievementVersion], issuer: User
) -> None:
    participant = pathways.join(mina, make_microdegree(pathways.Awarding.APPROVAL))
    award_to(courses[1])
    run_pending()
    participant = fresh(participant)
    assert participant.state == "waiting"
    assert participant.award is None
    pathways.decline(participant, actor=issuer, reason="The practice was in another town.")
    assert fresh(participant).state == "active"
    pathways.evaluate(participant)
    award = pathways.approve(fresh(participant), actor=issuer)
    assert award.state == "issued"
    assert events(participant) == ["proposed", "declined", "proposed", "awarded"]
    with pytest.raises(pathways.WrongState):
        pathways.approve(fresh(participant), actor=issuer)
    run_pending()
    said = [message.subject for message in mail.outbox]
    assert "A microdegree waits for approval: Data for the city" in said


def test_what_no_longer_holds_is_not_approved(
    make_microdegree: Make, mina: Holder, award_to: Make, courses: list[AchievementVersion], issuer: User
) -> None:
    participant = pathways.join(mina, make_microdegree(pathways.Awarding.APPROVAL))
    practice = award_to(courses[1])
    run_pending()
    issuing.revoke(practice.award, issuing.Reason.ISSUED_IN_ERROR)
    with pytest.raises(pathways.WrongState):
        pathways.approve(fresh(participant), actor=issuer)
    assert fresh(participant).state == "active"


def test_who_leaves_is_not_looked_at_any_more(
    joined: Participant, award_to: Make, courses: list[AchievementVersion]
) -> None:
    pathways.leave(joined)
    participant = fresh(joined)
    assert (participant.state, participant.shown) == ("left", {})
    award_to(courses[1])
    run_pending()
    assert fresh(joined).award is None


def test_a_rule_whose_own_tests_fail_is_refused(
    institution: Any, courses: list[AchievementVersion], make_microdegree: Make
) -> None:
    with tenant(institution):
        version = AchievementVersion.objects.select_related("institution").get(pk=courses[0].pk)
    with pytest.raises(pathways.RuleRefused) as refused:
        pathways.set_rule(version, "language: testamur-programme/1\nid: x\n")
    assert refused.value.facts["mistakes"][0]["line"] >= 1


def test_a_published_rule_stays(make_microdegree: Make, institution: Any) -> None:
    made: MicroCredential = make_microdegree()
    rule = pathways.open_rule(made)
    assert rule is not None
    assert pathways.set_rule(rule.version, rule.text, awarding=pathways.Awarding(rule.awarding)).pk == rule.pk
    with pytest.raises(pathways.RuleFixed):
        pathways.set_rule(rule.version, rule.text + "\n# changed\n", awarding=pathways.Awarding(rule.awarding))


def test_a_draft_with_a_rule_can_be_discarded(institution: Any, courses: list[AchievementVersion]) -> None:
    with tenant(institution):
        made = catalogue.create(institution, replace(DESCRIPTION, title={"en": "Never published"}))
        version = AchievementVersion.objects.select_related("institution").get(micro_credential=made)
        pathways.set_rule(version, rule_text(courses))
        catalogue.discard_draft(version)
        assert not Rule.objects.exists()

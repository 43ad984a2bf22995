"""A microdegree on which a name is misspelt: the person is corrected, and what was decided stays as it was decided."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.standing import standing

from testamur.cli import main
from testamur.pathways.decisions import DecisionRecord, read_record
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api as issuing
from testamur_site.pathways import api as pathways
from testamur_site.pathways.models import Participant
from testamur_site.wallet.api import Holder
from testamur_site.wallet.offline import bundle_of

Make = Callable[..., Any]


@pytest.fixture
@standing
def awarded(make_microdegree: Make, mina: Holder, award_to: Make, courses: list[AchievementVersion]) -> Participant:
    participant = pathways.join(mina, make_microdegree())
    award_to(courses[1])
    run_pending()
    return fresh(participant)


def fresh(participant: Participant) -> Participant:
    found = pathways.own_participant(participant.institution, participant.public_id)
    assert found is not None
    return found


def record_of(award: issuing.Award | None) -> DecisionRecord:
    assert award is not None
    return read_record(json.loads(issuing.credential_bytes(award)))


@pytest.fixture
def correct(client_for: Make, issuer: User) -> Callable[..., issuing.Award]:
    """Correct an award by the form, as a member of staff does: fill in, look, confirm."""

    def post(award: issuing.Award, **changes: str) -> issuing.Award:
        client: Client = client_for(issuer)
        address = reverse("issuing:correct", args=[award.institution.slug, award.public_id])
        page = client.get(address)
        shown = page.context["form"]
        values = {
            name: shown[name].value().isoformat() if hasattr(shown[name].value(), "isoformat") else shown[name].value()
            for name in shown.fields
            if shown[name].value() is not None
        }
        values |= {"evidence-TOTAL_FORMS": "0", "evidence-INITIAL_FORMS": "0", **changes}
        preview = client.post(address, values)
        assert preview.status_code == 200
        assert len(preview.content) < 60_000
        answer = client.post(address, {**values, "confirm": "yes"})
        assert answer.status_code == 302, answer.context["form"].errors
        run_pending()
        with tenant(award.institution):
            made: issuing.Award = issuing.Award.objects.get(supersedes=award)
        return made

    return post


def test_a_corrected_microdegree_keeps_decision_parts_and_rule(
    awarded: Participant, correct: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = record_of(awarded.award)
    made = correct(awarded.award, name="김민아", email="mina.kim@example.org")
    assert (made.recipient_name, made.recipient_email, made.state) == ("김민아", "mina.kim@example.org", "issued")
    after = record_of(made)
    assert after.rule_digest == before.rule_digest
    assert after.parts == before.parts
    assert after.said == before.said
    assert made.evidence == awarded.award.evidence
    with tenant(awarded.institution):
        (tmp_path / "microdegree.json").write_bytes(issuing.credential_bytes(made))
        (tmp_path / "kit.zip").write_bytes(bundle_of(made))
    status = main(["check", "--credential", str(tmp_path / "microdegree.json"), "--offline", str(tmp_path / "kit.zip")])
    said = capsys.readouterr().out
    assert status == 0, said
    assert said.startswith("The same decision comes out of the same rule and the same credentials.")


def test_the_day_of_the_decision_is_not_corrected(awarded: Participant, correct: Make) -> None:
    made = correct(awarded.award, awarded_date="2020-01-01")
    assert made.awarded_date == awarded.award.awarded_date


def test_the_form_says_what_stays(awarded: Participant, client_for: Make, issuer: User) -> None:
    address = reverse("issuing:correct", args=[awarded.institution.slug, awarded.award.public_id])
    page = client_for(issuer).get(address)
    assert "were decided upon and stay as they are" in page.content.decode()
    assert page.context["form"]["awarded_date"].field.disabled
    assert len(page.content) < 60_000


def test_after_a_correction_the_learner_has_the_microdegree_still(awarded: Participant, correct: Make) -> None:
    made = correct(awarded.award, name="김민아")
    pathways.evaluate(awarded)
    participant = fresh(awarded)
    assert (participant.state, participant.award) == ("awarded", made)
    assert made.url not in participant.shown["credentials"]


def test_what_takes_the_place_of_a_fallen_part_is_decided_anew(
    awarded: Participant, correct: Make, award_to: Make, courses: list[AchievementVersion]
) -> None:
    made = correct(awarded.award, name="김민아")
    pathways.evaluate(awarded)
    used = {one[0] for one in record_of(made).said.used}
    practice = next(
        one
        for one in fresh(awarded).shown["credentials"]
        if fresh(awarded).shown["credentials"][one]["name"] == "Data in practice"
    )
    assert practice in used
    with tenant(courses[1].institution):
        issuing.revoke(issuing.Award.objects.get(public_id=practice.rpartition("/")[2]), issuing.Reason.ISSUED_IN_ERROR)
    award_to(courses[2])
    run_pending()
    again = fresh(awarded)
    assert again.state == "awarded"
    assert again.award is not None
    assert again.award.supersedes_id == made.pk
    assert again.award.recipient_name == "김민아"
    assert practice not in {one[0] for one in record_of(again.award).said.used}

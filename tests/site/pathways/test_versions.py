"""A course of which the rule names version 1 gets a version 2, and somebody takes that."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.site.pathways.conftest import rule_text
from tests.standing import standing

from testamur.pathways.decisions import read_record, take_again
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import achievement_id, achievement_model
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import api as issuing
from testamur_site.pathways import api as pathways
from testamur_site.pathways.models import Participant
from testamur_site.pathways.presentation import map_of
from testamur_site.verification.api import verify_document
from testamur_site.wallet.api import Holder

Make = Callable[..., Any]


@pytest.fixture
@standing
def second(courses: list[AchievementVersion]) -> AchievementVersion:
    """Version 2 of “Data in practice”."""
    made = courses[1].micro_credential
    with tenant(courses[1].institution):
        catalogue.begin_version(made, "More practice.", actor=None)
        version = AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=made, number=2
        )
        catalogue.publish(version)
        version.refresh_from_db()
        return version


def fresh(participant: Participant) -> Participant:
    found = pathways.own_participant(participant.institution, participant.public_id)
    assert found is not None
    return found


def test_a_version_says_which_ones_it_continues(courses: list[AchievementVersion], second: AchievementVersion) -> None:
    assert achievement_model(courses[1]).related == ()
    (earlier,) = achievement_model(second).related
    assert (earlier.id, earlier.version) == (achievement_id(courses[1]), "1")


def test_a_new_version_counts_for_a_rule_that_names_the_first(
    make_microdegree: Make, mina: Holder, award_to: Make, second: AchievementVersion
) -> None:
    participant = pathways.join(mina, make_microdegree())
    award_to(second)
    run_pending()
    participant = fresh(participant)
    assert participant.state == "awarded"
    assert participant.award is not None
    content = issuing.credential_bytes(participant.award)
    record = read_record(json.loads(content))
    used = {holding.achievement: holding for holding in record.case.holdings}[achievement_id(second)]
    assert used.version == "2"
    assert "Data in practice, version 2" in json.loads(content)["evidence"][0]["narrative"]
    assert "Data in practice, version 2" in {
        one.name for step in map_of(participant, "en").steps for one in step.credentials
    }
    again = take_again(json.loads(content), verify_document(content), verify_document, on=record.on)
    assert str(again.again.result) == "passed"


def test_it_does_not_where_the_rule_says_so(
    institution: Any, courses: list[AchievementVersion], mina: Holder, award_to: Make, second: AchievementVersion
) -> None:
    with tenant(institution):
        made = catalogue.create(institution, replace(DESCRIPTION, title={"en": "Data for the city"}))
        version = AchievementVersion.objects.select_related("institution").get(micro_credential=made)
        text = rule_text(courses).replace("requires:", "versions: as_named\nrequires:")
        pathways.set_rule(version, text, awarding=pathways.Awarding.AUTOMATIC)
        catalogue.publish(version)
        made.refresh_from_db()
    participant = pathways.join(mina, made)
    award_to(second)
    run_pending()
    assert fresh(participant).state == "active"
    award_to(courses[2])
    run_pending()
    assert fresh(participant).state == "awarded"

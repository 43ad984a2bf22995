"""Anybody can sign a document that names a micro-credential of this platform; only its institution says that somebody has it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.site.wallet.elsewhere import Neighbour, neighbour
from tests.standing import standing

from testamur_site.catalogue.api import achievement_id
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.pathways import api as pathways
from testamur_site.pathways.models import Participant
from testamur_site.verification.api import verify_document
from testamur_site.verification.rules import read_file
from testamur_site.wallet.api import Holder
from testamur_site.wallet.imported import api as imported

Make = Callable[..., Any]


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Neighbour:
    return neighbour(monkeypatch)


@pytest.fixture
@standing
def joined(make_microdegree: Make, mina: Holder) -> Participant:
    participant = pathways.join(mina, make_microdegree())
    run_pending()
    return participant


def fresh(participant: Participant) -> Participant:
    found = pathways.own_participant(participant.institution, participant.public_id)
    assert found is not None
    return found


def forged(university: Neighbour, **achievement: Any) -> bytes:
    document = university.unsigned(name="김미나", email="mina@example.org")
    document["credentialSubject"]["achievement"].update(achievement)
    content = json.dumps(university.sign(document)).encode()
    assert str(verify_document(content).verdict) == "valid", "genuine, and of somebody else"
    return content


@pytest.mark.parametrize("how", ["itself", "as a later version", "by its code"])
def test_a_stranger_cannot_award_a_micro_credential_of_an_institution_here(
    joined: Participant, mina: Holder, university: Neighbour, courses: list[AchievementVersion], how: str
) -> None:
    address = achievement_id(courses[1])
    said: dict[str, dict[str, Any]] = {
        "itself": {"id": address},
        "as a later version": {
            "id": address.replace(courses[1].public_id, "a" * 24),
            "version": "2",
            "related": [{"type": ["Related"], "id": address, "version": "1"}],
        },
        "by its code": {"humanCode": address},
    }
    imported.add(mina, read_file(forged(university, **said[how])))
    run_pending()
    assert fresh(joined).state == "active"


def test_the_institution_itself_can(joined: Participant, award_to: Make, courses: list[AchievementVersion]) -> None:
    award_to(courses[1])
    run_pending()
    assert fresh(joined).state == "awarded"

"""The story of a stolen key, from end to end.

Somebody copies the institution's signing key, signs a credential that nobody awarded, and gives it a date years ago. First they keep it to
themselves; then they also write to the database, so that it gets into the log. It is detected, the key is cut off at a place in the log by
two people, what was honest before stays valid without anybody being written to, what is forged is refused whatever date it bears, and what
was honest but recorded after the place is issued again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.standing import standing

from testamur import strict_json
from testamur.log.secured import secured
from testamur.proofs.data_integrity import add_proof
from testamur.verification import Level, Outcome, Report
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.config import wiring
from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.audit.api import verify_chain
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import did_document, keys_of, signing_key
from testamur_site.foundation.keys.proposals import carrying_out
from testamur_site.foundation.keys.proposals.services import ProposalRefused
from testamur_site.foundation.tenancy.api import Institution, new_public_id, tenant
from testamur_site.issuing import api as issuing
from testamur_site.log.api import Kind, Record, monitor, proof_of, record, state_of
from testamur_site.log.cut_offs import actions
from testamur_site.log.cut_offs import services as cut_offs
from testamur_site.log.cut_offs.models import KeyCutOff
from testamur_site.verification.services import verify_document

LONG_AGO = datetime(2024, 6, 1, 9, tzinfo=UTC)


@dataclass
class World:
    """What the story is about. `stolen` signs with the copied key, also when the institution has another one by then."""

    institution: Institution
    award: Callable[[str], issuing.Award]
    stolen: Any
    honest: list[issuing.Award]


@pytest.fixture
@standing
def second(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("second@han-river.example", "Sam Second")
    add_member(institution, user, "owner", actor=None)
    return user


@pytest.fixture
def world(institution: Institution, owner: User, settings: Any) -> World:
    """Three credentials, issued and recorded; and a thief who has copied the key that signed them."""
    settings.TESTAMUR_AFTER_ISSUE = None
    settings.TESTAMUR_AFTER_KEY_CHANGE = wiring.AFTER_KEY_CHANGE
    with tenant(institution):
        micro_credential = catalogue.create(institution, DESCRIPTION)
        version = catalogue.publish(micro_credential.versions.get())

    def award(email: str) -> issuing.Award:
        with tenant(institution):
            data = issuing.AwardData(name="김미나", email=email, awarded_date=date(2026, 3, 5))
            made = issuing.award_one(version, data, actor=owner)
        run_pending()
        return made

    honest = [award(f"mina{number}@example.org") for number in range(3)]
    return World(institution, award, signing_key(institution), honest)


def forge(world: World) -> bytes:
    """A credential that nobody awarded: somebody else's name, a new address, a date years ago, and a true signature."""
    document = strict_json.loads(issuing.credential_bytes(world.honest[0]))
    document.pop("proof")
    document["id"] = f"http://localhost:8000/c/{new_public_id()}"
    document["credentialSubject"]["achievement"]["name"] = "Doctor of Philosophy"
    document["validFrom"] = document["awardedDate"] = LONG_AGO.strftime("%Y-%m-%dT%H:%M:%SZ")
    signed = add_proof(document, world.stolen, verification_method=f"{world.institution.did}#key-1", created=LONG_AGO)
    return strict_json.dumps(signed)


def verify(content: bytes, *proofs: bytes | None, required: Level = Level.SIGNED) -> Report:
    return verify_document(content, log_proofs=[each for each in proofs if each is not None], required=required)


def of(award: issuing.Award) -> tuple[bytes, bytes | None]:
    """The credential of an award with its proof, as the holder has them."""
    return issuing.credential_bytes(award), proof_of(f"award:{award.public_id}")


def codes(report: Report, outcome: Outcome = Outcome.FAILED) -> set[str]:
    return {check.code for check in report.checks if check.outcome is outcome}


def require_the_log(world: World, owner: User, second: User) -> None:
    """From now on; two people, because it is at once."""
    now = timezone.now().replace(microsecond=0) - timedelta(minutes=1)
    asked = actions.propose_requirement(world.institution, now, owner, reason="A key may have been copied.")
    carrying_out.carry_out(world.institution, asked, second)
    run_pending()


def cut_off(world: World, index: int, owner: User, second: User) -> KeyCutOff:
    place = (timezone.now().year, index)
    asked = actions.propose_cut_off(world.institution, "key-1", place, owner, reason="Incident 7")
    with pytest.raises(ProposalRefused):
        carrying_out.carry_out(world.institution, asked, owner)
    assert "cutOffs" not in str(did_document(world.institution)), "one person alone changes nothing"
    carrying_out.carry_out(world.institution, asked, second)
    run_pending()
    with tenant(world.institution):
        return KeyCutOff.objects.get()


def test_a_signature_alone_does_not_tell_the_two_apart(world: World) -> None:
    """This is what a stolen key means, and why there is a log."""
    assert verify(forge(world)).verdict == verify(*of(world.honest[0])).verdict == "valid"


def test_kept_to_themselves_it_is_refused_where_the_log_is_required(world: World, owner: User, second: User) -> None:
    forged = forge(world)
    by_reader = verify(forged, required=Level.LOGGED)
    assert by_reader.verdict != "valid"
    assert verify(*of(world.honest[0]), required=Level.LOGGED).verdict == "valid"
    require_the_log(world, owner, second)
    by_issuer = verify(forged)
    assert (by_issuer.verdict, codes(by_issuer)) == ("invalid", {"log.demand_missing"})
    for award in world.honest:
        assert verify(*of(award)).verdict == "valid"
    borrowed = verify(forged, of(world.honest[0])[1])
    assert borrowed.verdict == "invalid"
    assert "log.proof_other" in codes(borrowed), "a true proof of another credential"


def slip_into_the_log(world: World, content: bytes) -> int:
    """The thief can write to the database as well, and has it recorded like any other; its place in the log."""
    identifier = strict_json.loads(content)["id"]
    subject = f"award:{identifier.rpartition('/')[2]}"
    record([Record(Kind.ISSUE, identifier, secured(content), f"{subject}:issued", subject)], world.institution)
    run_pending()
    found = state_of(subject)
    assert found is not None
    assert found.index is not None
    return found.index


def test_the_whole_story(world: World, owner: User, second: User) -> None:
    # 1. Before: honest, and nobody is alarmed.
    require_the_log(world, owner, second)
    assert monitor() == []

    # 2. The thief signs, and gets it into the log. Now it holds everywhere.
    forged = forge(world)
    index = slip_into_the_log(world, forged)
    proof = proof_of("award:" + strict_json.loads(forged)["id"].rpartition("/")[2])
    assert verify(forged, proof).verdict == "valid"
    late = verify(forged, proof)
    assert "log.recorded_late" in {check.code for check in late.checks}, "says 2024, first recorded today"

    # 3. Work goes on, until the monitor compares the log with the awards.
    afterwards = world.award("mina-after@example.org")
    (alarm,) = monitor()
    assert (alarm.code, alarm.institution, alarm.facts["index"]) == ("monitor.no_award", world.institution, index)
    assert monitor() == [], "it is told once"

    # 4. Two people cut the key off at that place; a new key signs from now on.
    made = cut_off(world, index, owner, second)
    assert [key.fragment for key in keys_of(world.institution) if key.retired_at is None] == ["key-2"]
    assert made.index == index

    # 5. What was honest and before it stays valid. Nobody had to be written to.
    for award in world.honest:
        report = verify(*of(award))
        assert report.verdict == "valid"
        assert "log.key_before_cut_off" in codes(report, Outcome.PASSED)

    # 6. What is forged is refused, in the log or not, whatever date it bears; also what the thief signs from now on.
    for content, evidence in ((forged, proof), (forged, None), (forge(world), None), (forge(world), proof)):
        refused = verify(content, evidence)
        assert refused.verdict == "invalid"
        assert "log.key_cut_off" in codes(refused)
    again = forge(world)
    slip_into_the_log(world, again)
    assert verify(again, proof_of("award:" + strict_json.loads(again)["id"].rpartition("/")[2])).verdict == "invalid"

    # 7. What was honest but recorded after it is refused, too, and is issued again under the new key.
    assert verify(*of(afterwards)).verdict == "invalid"
    key = next(one for one in keys_of(world.institution) if one.fragment == "key-1")
    cut_offs.reissue(world.institution, made, key, owner)
    run_pending()
    with tenant(world.institution):
        new = issuing.Award.objects.get(supersedes=afterwards)
        assert issuing.Award.objects.filter(supersedes__in=world.honest).count() == 0, "nobody else needs a new one"
    assert document_key(new) == f"{world.institution.did}#key-2"
    assert verify(*of(new)).verdict == "valid"
    assert verify(*of(world.honest[2])).verdict == "valid"

    # 8. All of it is on record, and the log holds more than it did.
    assert verify_chain(world.institution).intact
    assert {alarm.code for alarm in monitor()} <= {"monitor.no_award"}


def document_key(award: issuing.Award) -> str:
    (proof,) = strict_json.loads(issuing.credential_bytes(award))["proof"]
    return str(proof["verificationMethod"])

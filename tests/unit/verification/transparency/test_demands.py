"""What an issuer asks for itself: a record of everything, and keys that no longer speak for it from some entry of its log on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.simulator import NOW, FixedClock, Institution, World
from tests.simulator.institution import key_from
from tests.unit.verification.checks.test_endorsements import endorsed, endorsement
from tests.unit.verification.conftest import codes
from tests.unit.verification.transparency.log_world import ORIGIN, SALT, Log, serve, service

from testamur.errors import NotFound
from testamur.fetch import BundleResolver, RecordingResolver, write_bundle
from testamur.fetch.fixed import ChainResolver, FixedResolver
from testamur.log import Kind, entry_for
from testamur.ports import Resource
from testamur.proofs import data_integrity, jose
from testamur.verification import Level, Policy, Report, Verdict, Verifier
from testamur.verification.moments import iso

EARLIER = iso(NOW - timedelta(days=1))
LATER = iso(NOW + timedelta(days=1))


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def ask(university: Institution) -> Callable[..., Report]:
    def asked(credential: Any, *proofs: bytes, policy: Policy | None = None) -> Report:
        verifier = Verifier(university, clock=FixedClock(NOW))
        return verifier.verify(credential, policy or Policy(), log_proofs=proofs)

    return asked


Ask = Callable[..., Report]


@pytest.mark.parametrize("given", ["beside", "in the bundle"])
def test_a_proof_of_something_else_is_refused_without_a_policy(university: Institution, log: Log, given: str) -> None:
    credential = university.issue()
    wrong = log.proof(0)
    recorder = RecordingResolver(university)
    Verifier(recorder, clock=FixedClock(NOW)).verify(credential)
    bundled = [Resource(f"{credential['id']}.tlog-proof", wrong, "text/plain", NOW)] if given != "beside" else []
    verifier = Verifier(BundleResolver(write_bundle([*recorder.recorded, *bundled])), clock=FixedClock(NOW))
    report = verifier.verify(credential, log_proofs=[] if bundled else [wrong])
    assert ("log.proof_other" in codes(report), report.verdict) == (True, Verdict.INVALID)


def test_nobody_is_asked_for_a_proof_that_is_not_in_the_bundle(university: Institution) -> None:
    credential = university.issue()
    recorder = RecordingResolver(university)
    Verifier(recorder, clock=FixedClock(NOW)).verify(credential)
    report = Verifier(BundleResolver(write_bundle(recorder.recorded)), clock=FixedClock(NOW)).verify(credential)
    assert report.verdict is Verdict.VALID
    assert not any(address.endswith(".tlog-proof") for address in report.technical["asked"])


def test_what_is_recorded_meets_the_demand(ask: Ask, university: Institution, log: Log) -> None:
    serve(university, log, requiredFrom=EARLIER)
    credential = university.issue()
    report = ask(credential, log.record_and_prove(credential))
    assert ("log.demand_met" in codes(report), report.verdict) == (True, Verdict.VALID)


@pytest.mark.parametrize("age", [0, 1, 4_000], ids=["today", "before the demand", "years ago"])
def test_an_unrecorded_credential_is_refused_however_old_it_says_it_is(
    ask: Ask, university: Institution, log: Log, age: int
) -> None:
    """Its date is the word of whoever signed it, and that may be a thief."""
    serve(university, log, requiredFrom=EARLIER)
    forged = university.issue(valid_from=NOW - timedelta(days=age))
    report = ask(forged)
    assert ("log.demand_missing" in codes(report), report.verdict) == (True, Verdict.INVALID)
    assert ask(forged, policy=Policy(as_of=NOW - timedelta(days=2))).verdict is not Verdict.VALID


def test_a_demand_that_has_not_begun_asks_for_nothing(ask: Ask, university: Institution, log: Log) -> None:
    serve(university, log, requiredFrom=LATER)
    assert ask(university.issue()).verdict is Verdict.VALID
    serve(university, log)
    assert ask(university.issue()).verdict is Verdict.VALID


def test_the_proof_is_asked_for_at_its_address_and_silence_is_no_refusal(
    ask: Ask, university: Institution, log: Log
) -> None:
    serve(university, log, requiredFrom=EARLIER)
    credential = university.issue()
    address = credential["id"] + ".tlog-proof"
    university.unreachable.add(address)
    report = ask(credential)
    assert ("log.demand_open" in codes(report), report.verdict) == (True, Verdict.UNDETERMINED)
    university.unreachable.clear()
    university.pages[address] = log.record_and_prove(credential)
    assert ask(credential).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("status", "verdict"), [(404, Verdict.INVALID), (410, Verdict.INVALID), (403, Verdict.UNDETERMINED)]
)
def test_not_for_you_is_another_answer_than_there_is_none(
    university: Institution, log: Log, status: int, verdict: Verdict
) -> None:
    """A credential may be private, and its proof with it."""
    serve(university, log, requiredFrom=EARLIER)
    credential = university.issue()
    address = credential["id"] + ".tlog-proof"
    answers: dict[str, Any] = {address: NotFound("no", facts={"status": status})}
    resolver = ChainResolver(FixedResolver(answers), university)
    assert Verifier(resolver, clock=FixedClock(NOW)).verify(credential).verdict is verdict


def test_any_proof_that_holds_may_meet_the_demand(ask: Ask, university: Institution, log: Log) -> None:
    """The reader's log shows more, and it is the issuer's that the issuer asks for."""
    serve(university, log, requiredFrom=EARLIER)
    elsewhere = Log("elsewhere.example/log/2026", seed=5)
    credential = university.issue()
    university.pages[credential["id"] + ".tlog-proof"] = log.record_and_prove(credential)
    policy = Policy(log=elsewhere.policy(required=Level.WITNESSED))
    report = ask(credential, elsewhere.record_and_prove(credential), policy=policy)
    assert {"log.level_reached", "log.demand_met"} <= codes(report)
    assert report.verdict is Verdict.VALID


def test_a_credential_without_an_address_has_nobody_who_could_be_asked(
    ask: Ask, university: Institution, log: Log
) -> None:
    serve(university, log, requiredFrom=EARLIER)
    credential = university.issue(id="urn:uuid:4f7c1f0e-94a3-4c5f-8a41-1f9f0f0c9a11")
    assert ask(credential).verdict is Verdict.INVALID
    assert ask(credential, log.record_and_prove(credential)).verdict is Verdict.VALID


@pytest.mark.parametrize("proof", ["damaged", "other"])
def test_a_proof_that_does_not_hold_meets_no_demand(ask: Ask, university: Institution, log: Log, proof: str) -> None:
    serve(university, log, requiredFrom=EARLIER)
    shown = b"damaged" if proof == "damaged" else log.record_and_prove(university.issue())
    report = ask(university.issue(), shown)
    assert ("log.demand_missing" in codes(report), report.verdict) == (True, Verdict.INVALID)


def test_the_readers_log_does_not_meet_the_issuers_demand(ask: Ask, university: Institution, log: Log) -> None:
    """The issuer watches its own log; a thief could have gone to another one."""
    serve(university, log, requiredFrom=EARLIER)
    elsewhere = Log("elsewhere.example/log/2026", seed=5)
    credential = university.issue()
    proof = elsewhere.record_and_prove(credential)
    policy = Policy(log=elsewhere.policy(required=Level.WITNESSED))
    report = ask(credential, proof, policy=policy)
    assert {"log.level_reached", "log.demand_missing"} <= codes(report)
    assert report.verdict is Verdict.INVALID


def test_a_demand_holds_inside_a_presentation_too(ask: Ask, university: Institution, log: Log) -> None:
    serve(university, log, requiredFrom=EARLIER)
    credential = university.issue()
    shown = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [credential],
    }
    assert ask(shown).verdict is not Verdict.VALID
    university.pages[credential["id"] + ".tlog-proof"] = log.record_and_prove(credential)
    assert ask(shown).children[0].verdict is Verdict.VALID


def test_a_selection_cannot_be_compared_with_the_record(ask: Ask, university: Institution, log: Log) -> None:
    university.use("P-256", "ecdsa-rdfc-2019")
    serve(university, log, requiredFrom=EARLIER)
    base = data_integrity.add_base_proof(
        university.unsigned(),
        university.key,
        verification_method=university.method,
        created=NOW - timedelta(days=10),
        mandatory_pointers=("/issuer", "/validFrom", "/credentialSubject"),
    )
    derived = data_integrity.derive_proof(base, ["/validUntil"])
    report = ask(derived, log.record_and_prove(base))
    assert {"log.proof_of_selection", "log.demand_open"} <= codes(report)
    assert report.verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize(
    "change",
    [
        {"requiredFrom": "soon"},
        {"vkey": ["no key"]},
        {"vkey": []},
        {"origin": "elsewhere.example/log"},
        {"cutOffs": [{"key": "#key-1"}]},
        {"cutOffs": [{"key": "#key-1", "origin": ORIGIN, "index": -1}]},
        {"cutOffs": [7]},
    ],
    ids=lambda change: str(change)[:30],
)
def test_a_demand_that_cannot_be_read_is_still_a_demand(
    ask: Ask, university: Institution, log: Log, change: dict[str, Any]
) -> None:
    serve(university, log, **{"requiredFrom": EARLIER, **change})
    credential = university.issue()
    report = ask(credential, log.record_and_prove(credential))
    assert ("log.demand_open" in codes(report), report.verdict) == (True, Verdict.UNDETERMINED)


def test_two_services_contradict_each_other(ask: Ask, university: Institution, log: Log) -> None:
    both = [service(log, university.did), service(Log("x.example/log", seed=3), university.did)]
    university.edit_did_document = lambda document: document.update(service=both)
    assert ask(university.issue()).verdict is Verdict.UNDETERMINED


def test_services_of_other_kinds_are_not_looked_at(ask: Ask, university: Institution, log: Log) -> None:
    university.edit_did_document = lambda document: document.update(
        service=[{"id": "#x", "type": "LinkedDomains", "serviceEndpoint": "https://university.example"}, "odd"]
    )
    assert ask(university.issue()).verdict is Verdict.VALID


# --- keys that were given up --------------------------------------------------------------------------------------------------------


def renew(university: Institution) -> None:
    """The institution has a new key, and signs its status lists with it."""
    fresh = key_from("fresh")
    university.methods = [university.methods[0], ("key-2", fresh.public)]
    university.list_signer, university.list_method = fresh, f"{university.did}#key-2"


def cut(university: Institution, log: Log, index: int, *, origin: str = ORIGIN, renewed: bool = True) -> None:
    """From now on `key-1` is cut off at that entry. An institution signs its lists anew at once."""
    if renewed:
        renew(university)
    origins = sorted({log.origin, origin, ORIGIN.replace("2026", "2025"), ORIGIN.replace("2026", "2027")})
    serve(university, log, origin=origins, cutOffs=[{"key": "#key-1", "origin": origin, "index": index}])


def test_what_was_recorded_before_the_cut_off_stays_valid_and_nothing_after_it_is(
    ask: Ask, university: Institution, log: Log
) -> None:
    honest, forged = university.issue(), university.issue(valid_from=NOW - timedelta(days=300))
    first, second = log.record(honest), log.record(forged)
    cut(university, log, second)
    kept = ask(honest, log.proof(first))
    assert ("log.key_before_cut_off" in codes(kept), kept.verdict) == (True, Verdict.VALID)
    refused = ask(forged, log.proof(second))
    assert ("log.key_cut_off" in codes(refused), refused.verdict) == (True, Verdict.INVALID)


def test_after_a_cut_off_what_is_not_recorded_is_refused(ask: Ask, university: Institution, log: Log) -> None:
    cut(university, log, 1_000)
    credential = university.issue()
    assert ask(credential).verdict is Verdict.INVALID
    university.unreachable.add(credential["id"] + ".tlog-proof")
    report = ask(credential)
    assert ("log.key_cut_off_open" in codes(report), report.verdict) == (True, Verdict.UNDETERMINED)


def test_a_key_is_cut_off_under_all_its_names(ask: Ask, university: Institution, log: Log) -> None:
    """The DID document lists each key twice, for Data Integrity and for tokens: a thief takes the other name."""
    document = university.unsigned()
    token = jose.sign_as_jwt(document, university.key, university.method + "-jwk")
    index = log.append(entry_for(Kind.ISSUE, document["id"], token, SALT))
    cut(university, log, index)
    assert "log.key_cut_off" in codes(ask(token, log.proof(index)))


def test_another_key_of_the_issuer_is_not_cut_off_with_it(ask: Ask, university: Institution, log: Log) -> None:
    cut(university, log, 0)
    fresh = key_from("fresh")
    unsigned = university.unsigned()
    credential = university.sign(unsigned, signer=fresh, verification_method=f"{university.did}#key-2")
    assert ask(credential).verdict is Verdict.VALID


def test_what_stands_inside_recorded_bytes_existed_when_they_were_recorded(
    ask: Ask, university: Institution, log: Log
) -> None:
    """An endorsement has no record of its own; the award in which it stands was recorded before the key was given up."""
    award = endorsed(university, endorsement(university, university.did))
    index = log.record(award)
    cut(university, log, index + 1)
    report = ask(award, log.proof(index))
    (child,) = report.children
    assert (report.verdict, child.verdict) == (Verdict.VALID, Verdict.VALID)
    assert "log.key_before_cut_off" in codes(child)
    cut(university, log, index)
    assert ask(award, log.proof(index)).children[0].verdict is Verdict.INVALID


def test_a_thief_cannot_vouch_for_the_place_with_a_log_of_their_own(university: Institution, log: Log) -> None:
    """The document around is the thief's, whose DID document gives the issuer's log a key of the thief's."""
    thief, impostor = Institution("thief.example", name="Thief"), Log(ORIGIN, seed=66)
    serve(thief, impostor)
    forged = endorsement(university, thief.did, id="https://university.example/e/1")
    around = endorsed(thief, forged)
    proof = impostor.record_and_prove(around)
    cut(university, log, 1_000)
    verifier = Verifier(World(university, thief), clock=FixedClock(NOW))
    report = verifier.verify(around, log_proofs=[proof])
    assert "log.logged" in codes(report)
    assert ("log.key_cut_off" in codes(report.children[0]), report.children[0].verdict) == (True, Verdict.INVALID)


def test_a_status_list_of_a_key_that_was_given_up_says_nothing(ask: Ask, university: Institution, log: Log) -> None:
    """Whoever has the key now could answer at the list's address; the issuer has signed its lists anew."""
    credential = university.issue()
    index = log.record(credential)
    cut(university, log, index + 1, renewed=False)
    report = ask(credential, log.proof(index))
    (status,) = [check for check in report.checks if check.name == "status"]
    assert (status.code, status.facts["reason"]) == ("status.list_not_proven", "log.key_cut_off")
    renew(university)
    assert ask(credential, log.proof(index)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("entry", "cut_off", "stays"), [(2026, 2027, True), (2026, 2025, False), (2027, 2026, False)], ids=str
)
def test_an_earlier_years_part_of_the_log_comes_before_a_cut_off(
    ask: Ask, university: Institution, entry: int, cut_off: int, stays: bool
) -> None:
    log = Log(ORIGIN.replace("2026", str(entry)))
    credential = university.issue()
    proof = log.record_and_prove(credential)
    cut(university, log, 0, origin=ORIGIN.replace("2026", str(cut_off)))
    assert (ask(credential, proof).verdict is Verdict.VALID) is stays


def test_other_logs_have_no_earlier_year(university: Institution, ask: Ask) -> None:
    log = Log("elsewhere.example/log/2020")
    credential = university.issue()
    proof = log.record_and_prove(credential)
    cut(university, log, 0)
    assert "log.key_cut_off" in codes(ask(credential, proof))


def test_cut_offs_of_two_years_hold_together(ask: Ask, university: Institution, log: Log) -> None:
    credential = university.issue()
    index = log.record(credential)
    later = {"key": "#key-1", "origin": ORIGIN.replace("2026", "2027"), "index": 5}
    renew(university)

    def verdict(cut_offs: Sequence[dict[str, Any]]) -> Verdict:
        serve(university, log, cutOffs=cut_offs)
        return ask(credential, log.proof(index)).verdict

    assert verdict([later, {"key": "#key-1", "origin": ORIGIN, "index": index + 1}]) is Verdict.VALID
    assert verdict([later, {"key": "#key-1", "origin": ORIGIN, "index": index}]) is Verdict.INVALID

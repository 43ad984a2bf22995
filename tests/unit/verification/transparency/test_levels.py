"""Signed, logged, witnessed, anchored: what a proof from a log shows, and what it does not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.simulator import NOW, FixedClock, Institution
from tests.unit.formats import images
from tests.unit.verification.conftest import codes
from tests.unit.verification.transparency.log_world import ORIGIN, RECORDED, SALT, Log, serve

from testamur.formats.baked import png
from testamur.log import Checkpoint, Entry, Kind, entry_for
from testamur.proofs import jose
from testamur.verification import Level, LogPolicy, Policy, Report, Verdict, Verifier, register_from_json
from testamur.verification.moments import iso
from testamur.verification.transparency.ladder import ladder_of
from testamur.verification.trust import TrustRegistry


@pytest.fixture
def log() -> Log:
    return Log()


class Ask:
    """Asks about one credential with the proofs, the policy and the registers of a test."""

    def __init__(self, university: Institution) -> None:
        self.university = university

    def __call__(
        self,
        credential: Any,
        *proofs: bytes,
        policy: LogPolicy | None = None,
        trust: TrustRegistry | None = None,
        **asked: Any,
    ) -> Report:
        verifier = Verifier(self.university, trust or TrustRegistry(), FixedClock(NOW))
        return verifier.verify(credential, Policy(log=policy, **asked), log_proofs=proofs)


@pytest.fixture
def ask(university: Institution) -> Ask:
    return Ask(university)


def log_codes(report: Report) -> set[str]:
    return {code for code in codes(report) if code.startswith("log.")}


def test_without_proof_policy_and_service_nothing_is_said_and_nothing_is_asked(
    ask: Ask, university: Institution
) -> None:
    report = ask(university.issue())
    assert report.verdict is Verdict.VALID
    assert log_codes(report) == set()
    assert ladder_of(report) is None
    assert not [url for url in university.asked if "tlog" in url]


def test_a_proof_of_a_log_that_nobody_names_leaves_the_verdict_alone(
    ask: Ask, university: Institution, log: Log
) -> None:
    credential = university.issue()
    report = ask(credential, log.record_and_prove(credential))
    assert report.verdict is Verdict.VALID
    assert log_codes(report) == {"log.log_unknown"}


def test_the_issuers_own_word_about_its_log_is_enough_for_logged(ask: Ask, university: Institution, log: Log) -> None:
    serve(university, log)
    credential = university.issue()
    report = ask(credential, log.record_and_prove(credential))
    assert report.verdict is Verdict.VALID
    assert log_codes(report) == {"log.logged", "log.witnesses_not_named"}
    ladder = ladder_of(report)
    assert ladder is not None
    assert (ladder.level, ladder.recorded) == (Level.LOGGED, None)


def test_with_a_policy_the_witnesses_count(ask: Ask, university: Institution, log: Log) -> None:
    credential = university.issue(valid_from=RECORDED)
    report = ask(credential, log.record_and_prove(credential), policy=log.policy(required=Level.WITNESSED))
    assert report.verdict is Verdict.VALID
    assert log_codes(report) == {
        "log.logged",
        "log.witnessed",
        "log.recorded",
        "log.level_reached",
        "log.list_not_logged",  # informs: nobody has put the list's own proof anywhere
    }
    ladder = ladder_of(report)
    assert ladder is not None
    assert (ladder.level, ladder.awarded, ladder.recorded, ladder.late) == (
        Level.WITNESSED,
        iso(RECORDED),
        iso(RECORDED),
        False,
    )


def test_too_few_witnesses_are_said_by_name_and_decide_only_where_they_are_required(
    ask: Ask, university: Institution, log: Log
) -> None:
    credential = university.issue()
    index = log.record(credential)
    proof = log.proof(index, checkpoint=log.checkpoint(signers=[log.key, log.witnesses[0]]))
    report = ask(credential, proof, policy=log.policy())
    (found,) = [check for check in report.checks if check.name == "log.witnesses"]
    assert (found.code, dict(found.facts)) == ("log.not_witnessed", {"count": 1, "of": 3, "missing": ["w1", "w2"]})
    assert report.verdict is Verdict.VALID
    assert ask(credential, proof, policy=log.policy(required=Level.WITNESSED)).verdict is Verdict.UNDETERMINED
    assert ask(credential, proof, policy=log.policy(required=Level.LOGGED)).verdict is Verdict.VALID


def test_the_record_is_as_old_as_the_quorum_not_as_the_earliest_word_of_one(
    ask: Ask, university: Institution, log: Log
) -> None:
    credential = university.issue()
    index = log.record(credential)
    signed = log.checkpoint(signers=[log.key])
    for witness, days in zip(log.witnesses, (4_000, 3, 2), strict=True):
        line = witness.sign(signed.checkpoint, int((NOW - timedelta(days=days)).timestamp()))
        signed = replace(signed, note=signed.note.with_signatures([line]))
    report = ask(credential, log.proof(index, checkpoint=signed), policy=log.policy())
    ladder = ladder_of(report)
    assert ladder is not None
    assert ladder.recorded == iso(NOW - timedelta(days=3))


def test_what_witnesses_date_into_the_future_does_not_count(ask: Ask, university: Institution, log: Log) -> None:
    credential = university.issue()
    index = log.record(credential)
    proof = log.proof(index, checkpoint=log.checkpoint(at=NOW + timedelta(hours=1)))
    report = ask(credential, proof, policy=log.policy())
    assert {"log.logged", "log.not_witnessed"} <= log_codes(report)


def test_older_by_its_own_word_than_its_record_is_said_and_not_refused(
    ask: Ask, university: Institution, log: Log
) -> None:
    backdated = university.issue(valid_from=RECORDED - timedelta(days=400))
    report = ask(backdated, log.record_and_prove(backdated), policy=log.policy())
    assert "log.recorded_late" in log_codes(report)
    assert report.verdict is Verdict.VALID
    ladder = ladder_of(report)
    assert ladder is not None
    assert ladder.late
    same_day = university.issue(valid_from=RECORDED - timedelta(hours=23))
    assert "log.recorded" in log_codes(ask(same_day, log.record_and_prove(same_day), policy=log.policy()))


def test_without_witnesses_the_logs_own_time_is_told(ask: Ask, university: Institution, log: Log) -> None:
    serve(university, log)
    credential = university.issue()
    index = log.record(credential)
    proof = log.proof(index, checkpoint=log.checkpoint(signers=[log.key, log.second_key]))
    ladder = ladder_of(ask(credential, proof))
    assert ladder is not None
    assert (ladder.level, ladder.recorded) == (Level.LOGGED, iso(RECORDED))


# --- refused ------------------------------------------------------------------------------------------------------------------------


def test_a_proof_of_another_credential_is_refused(ask: Ask, university: Institution, log: Log) -> None:
    mine, other = university.issue(), university.issue()
    log.record(mine)
    proof = log.record_and_prove(other)
    for policy in (None, log.policy(), log.policy(required=Level.LOGGED)):
        report = ask(mine, proof, policy=policy)
        assert "log.proof_other" in log_codes(report)
        assert report.verdict is Verdict.INVALID


def test_the_entry_is_computed_from_this_credential_whatever_the_salt(
    ask: Ask, university: Institution, log: Log
) -> None:
    """A true proof of something else, with the victim's salt: the path leads from the other entry, not from this one."""
    credential = university.issue()
    index = log.record(university.issue(), salt=bytes(32))
    assert "log.proof_other" in log_codes(ask(credential, log.proof(index), policy=log.policy()))


def test_only_entries_of_awards_count(ask: Ask, university: Institution, log: Log) -> None:
    credential = university.issue()
    corrected = log.record(credential, kind=Kind.SUPERSEDE)
    assert "log.logged" in log_codes(ask(credential, log.proof(corrected), policy=log.policy()))
    listed = log.append(replace(log_entry(log), kind=Kind.POLICY))
    assert "log.proof_other" in log_codes(ask(credential, log.proof(listed), policy=log.policy()))


def log_entry(log: Log) -> Entry:
    return Entry.from_bytes(log.entries[-1])


def test_another_log_is_refused_where_the_issuer_names_its_own_or_the_reader_requires_one(
    ask: Ask, university: Institution, log: Log
) -> None:
    other = Log("elsewhere.example/log/2026", seed=7)
    credential = university.issue()
    proof = other.record_and_prove(credential)
    assert ask(credential, proof, policy=log.policy()).verdict is Verdict.VALID
    required = ask(credential, proof, policy=log.policy(required=Level.LOGGED))
    assert ("log.log_other" in log_codes(required), required.verdict) == (True, Verdict.INVALID)
    serve(university, log)
    named = ask(credential, proof)
    assert ("log.log_other" in log_codes(named), named.verdict) == (True, Verdict.INVALID)


def test_a_log_of_the_same_name_with_another_key_is_refused(ask: Ask, university: Institution, log: Log) -> None:
    impostor = Log(ORIGIN, seed=9)
    credential = university.issue()
    report = ask(credential, impostor.record_and_prove(credential), policy=log.policy())
    assert ("log.signature_missing" in log_codes(report), report.verdict) == (True, Verdict.INVALID)


@pytest.mark.parametrize("signer", ["log", "witness"])
def test_a_false_signature_of_a_known_key_spoils_the_proof(
    ask: Ask, university: Institution, log: Log, signer: str
) -> None:
    credential = university.issue()
    index = log.record(credential)
    signed = log.checkpoint()
    which = 0 if signer == "log" else 1
    line = signed.note.signatures[which]
    false = replace(line, value=bytes([*line.value[:-1], line.value[-1] ^ 1]))
    lines = tuple(false if each is line else each for each in signed.note.signatures)
    spoiled = replace(signed, note=replace(signed.note, signatures=lines))
    report = ask(credential, log.proof(index, checkpoint=spoiled), policy=log.policy())
    assert ("log.signature_false" in log_codes(report), report.verdict) == (True, Verdict.INVALID)


def test_a_fork_of_what_is_known_is_refused(ask: Ask, university: Institution, log: Log) -> None:
    """The log's own key signs a second history. What the reader has seen elsewhere gives it away."""
    credential = university.issue()
    shown = Log()
    shown.entries[2] = shown.entries[3]
    proof = shown.record_and_prove(credential)
    log.record(university.issue())
    assert ask(credential, proof, policy=log.policy()).verdict is Verdict.VALID  # nothing is known yet
    for policy in (
        log.policy(known=(log.checkpoint(),)),
        log.policy(contradicts=log.history.contradicts),
    ):
        report = ask(credential, proof, policy=policy)
        assert ("log.fork" in log_codes(report), report.verdict) == (True, Verdict.INVALID)


def test_a_longer_history_is_no_fork_and_neither_is_a_strangers_checkpoint(
    ask: Ask, university: Institution, log: Log
) -> None:
    earlier = log.history
    stranger = Log(seed=9)
    credential = university.issue()
    stranger.entries[0], stranger.entries[1] = stranger.entries[1], stranger.entries[0]
    proof = log.record_and_prove(credential)
    stranger.record(credential)
    policy = log.policy(contradicts=earlier.contradicts, known=(stranger.checkpoint(),))
    assert ask(credential, proof, policy=policy).verdict is Verdict.VALID


def test_two_proofs_that_the_log_signed_for_two_histories_are_never_forgiven(
    ask: Ask, university: Institution, log: Log
) -> None:
    credential = university.issue()
    second = Log()
    second.entries[0] = second.entries[1]
    report = ask(credential, log.record_and_prove(credential), second.record_and_prove(credential), policy=log.policy())
    assert ("log.fork" in log_codes(report), report.verdict) == (True, Verdict.INVALID)


def test_a_copy_of_ones_own_that_cannot_be_read_says_nothing_against_anybody(
    ask: Ask, university: Institution, log: Log
) -> None:
    def broken(_: Checkpoint) -> bool:
        raise OSError("the disk is gone")

    credential = university.issue()
    policy = log.policy(required=Level.WITNESSED, contradicts=broken)
    assert ask(credential, log.record_and_prove(credential), policy=policy).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "damage", [b"", b"c2sp.org/tlog-proof@v1\n", b"\xff" * 40, b"c2sp.org/tlog-proof@v2\nindex 1\n\n"]
)
def test_a_damaged_proof_is_a_finding_and_decides_nothing(
    ask: Ask, university: Institution, log: Log, damage: bytes
) -> None:
    credential = university.issue()
    report = ask(credential, damage, policy=log.policy())
    assert ("log.proof_unreadable" in log_codes(report), report.verdict) == (True, Verdict.VALID)
    assert ask(credential, damage, policy=log.policy(required=Level.LOGGED)).verdict is Verdict.UNDETERMINED


def test_a_proof_that_holds_counts_whatever_stands_beside_it(ask: Ask, university: Institution, log: Log) -> None:
    credential = university.issue()
    other = log.record_and_prove(university.issue())
    good = log.record_and_prove(credential)
    report = ask(credential, b"damaged", other, good, policy=log.policy(required=Level.WITNESSED))
    assert report.verdict is Verdict.VALID


def test_without_its_salt_a_proof_opens_nothing(ask: Ask, university: Institution, log: Log) -> None:
    credential = university.issue()
    index = log.record(credential)
    for salt in (b"", b"short"):
        report = ask(credential, log.proof(index, salt=salt), policy=log.policy())
        assert "log.proof_unreadable" in log_codes(report)


# --- where proofs come from ---------------------------------------------------------------------------------------------------------


def test_a_picture_brings_its_proof_along(ask: Ask, university: Institution, log: Log) -> None:
    credential = json.dumps(university.issue()).encode()
    picture = png.add_log_proof(png.bake(images.PNG, credential), log.record_and_prove(credential))
    assert ask(picture, policy=log.policy(required=Level.WITNESSED)).verdict is Verdict.VALID


def test_the_hosted_proof_is_asked_for_only_where_a_log_may_have_it(
    ask: Ask, university: Institution, log: Log
) -> None:
    credential = university.issue()
    address = credential["id"] + ".tlog-proof"
    university.pages[address] = log.record_and_prove(credential)
    elsewhere = Log("elsewhere.example/log/2026")
    assert log_codes(ask(credential, policy=elsewhere.policy())) == {"log.proof_absent"}
    assert address not in university.asked
    assert "log.witnessed" in log_codes(ask(credential, policy=log.policy()))
    assert university.asked.count(address) == 1


def test_who_verifies_many_need_not_ask_for_what_nobody_requires(ask: Ask, university: Institution, log: Log) -> None:
    credential = university.issue()
    university.pages[credential["id"] + ".tlog-proof"] = log.record_and_prove(credential)
    assert "log.proof_absent" in log_codes(ask(credential, policy=log.policy(ask=False)))
    assert "log.witnessed" in log_codes(ask(credential, policy=log.policy(ask=False, required=Level.LOGGED)))


def test_a_better_hosted_proof_takes_the_place_of_an_early_one(ask: Ask, university: Institution, log: Log) -> None:
    credential = university.issue()
    index = log.record(credential)
    early = log.proof(index, checkpoint=log.checkpoint(signers=[log.key]))
    university.pages[credential["id"] + ".tlog-proof"] = log.proof(index)
    assert ask(credential, early, policy=log.policy(required=Level.WITNESSED)).verdict is Verdict.VALID


def test_a_proof_that_nobody_answers_for_is_said_to_be_just_that(ask: Ask, university: Institution, log: Log) -> None:
    credential = university.issue()
    university.unreachable.add(credential["id"] + ".tlog-proof")
    report = ask(credential, policy=log.policy(required=Level.LOGGED))
    assert {"log.proof_not_obtained", "log.level_missing"} <= log_codes(report)
    assert report.verdict is Verdict.UNDETERMINED


def test_nothing_of_the_record_is_looked_at_before_it_is_known_who_signed(
    ask: Ask, university: Institution, log: Log
) -> None:
    credential = university.issue()
    proof = log.record_and_prove(credential)
    changed = {**credential, "validFrom": "2020-01-01T00:00:00Z"}
    report = ask(changed, proof, policy=log.policy(required=Level.LOGGED))
    assert log_codes(report) == {"log.not_decided"}
    assert report.verdict is Verdict.INVALID


def test_an_issuers_log_is_none_of_the_readers_where_the_reader_names_some(
    ask: Ask, university: Institution, log: Log
) -> None:
    serve(university, log)
    credential = university.issue()
    proof = log.record_and_prove(credential)
    mine = Log("reader.example/log/2026", seed=5)
    report = ask(credential, proof, policy=mine.policy(required=Level.LOGGED))
    assert {"log.logged", "log.level_missing"} <= log_codes(report)
    assert report.verdict is Verdict.UNDETERMINED
    unnamed = LogPolicy(required=Level.LOGGED)
    assert ask(credential, proof, policy=unnamed).verdict is Verdict.VALID


def test_a_register_may_say_which_logs_are_believed_for_its_institutions(
    ask: Ask, university: Institution, log: Log
) -> None:
    lines = [f"log {log.key.key.text}", f"witness w {log.witnesses[0].key.text}", "quorum w"]
    register = {
        "type": "TrustRegister",
        "name": "Universities",
        "logPolicy": "\n".join(lines),
        "institutions": [{"name": "Example University", "ids": [university.did]}],
    }
    credential = university.issue()
    proof = log.record_and_prove(credential)
    for relied_on, expected in ((True, "log.witnessed"), (False, "log.log_unknown")):
        trust = TrustRegistry([register_from_json(json.dumps(register), relied_on=relied_on)])
        assert expected in log_codes(ask(credential, proof, trust=trust))


def test_a_general_policy_gives_way_to_a_registers_and_a_particular_one_does_not(
    ask: Ask, university: Institution, log: Log
) -> None:
    policy = "\n".join([f"log {log.key.key.text}", "quorum none"])
    register = {
        "type": "TrustRegister",
        "name": "Universities",
        "logPolicy": policy,
        "institutions": [{"name": "Example University", "ids": [university.did]}],
    }
    trust = TrustRegistry([register_from_json(json.dumps(register), relied_on=True)])
    credential = university.issue()
    proof = log.record_and_prove(credential)
    mine = Log("reader.example/log/2026", seed=5)
    for general, expected in ((True, "log.logged"), (False, "log.log_unknown")):
        report = ask(credential, proof, policy=mine.policy(general=general), trust=trust)
        assert expected in log_codes(report)
    strict = mine.policy(general=True, required=Level.WITNESSED)  # the register's policy could not show that
    assert ask(credential, proof, policy=strict, trust=trust).verdict is not Verdict.VALID


def test_proofs_do_not_use_up_the_addresses_that_keys_and_lists_need(
    ask: Ask, university: Institution, log: Log
) -> None:
    credentials = [university.issue() for _ in range(14)]
    for credential in credentials:
        university.pages[credential["id"] + ".tlog-proof"] = log.record_and_prove(credential)
    shown = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": credentials,
    }
    report = ask(shown, policy=log.policy())
    assert {child.verdict for child in report.children} == {Verdict.VALID}


def test_a_token_is_recorded_as_it_is(ask: Ask, university: Institution, log: Log) -> None:
    document = university.unsigned()
    token = jose.sign_as_jwt(document, university.key, university.method)
    index = log.append(entry_for(Kind.ISSUE, document["id"], token, SALT))
    assert ask(token, log.proof(index), policy=log.policy(required=Level.WITNESSED)).verdict is Verdict.VALID


def test_a_policy_that_cannot_be_met_is_refused_when_it_is_made(log: Log) -> None:
    with pytest.raises(ValueError, match="quorum"):
        LogPolicy(log.trusted(None), required=Level.WITNESSED)
    with pytest.raises(ValueError, match="anchor"):
        log.policy(required=Level.ANCHORED)
    with pytest.raises(ValueError, match="proof"):
        Policy(profile="proof", log=log.policy(required=Level.LOGGED))


def test_an_award_that_is_dated_apart_from_its_validity_claims_the_earlier_day(
    ask: Ask, university: Institution, log: Log
) -> None:
    day = iso(RECORDED - timedelta(days=20))
    for change in ({"awardedDate": day}, {"awardedDate": iso(RECORDED), "validFrom": day}):
        dated = university.sign({**university.unsigned(), **change})
        report = ask(dated, log.record_and_prove(dated), policy=log.policy())
        assert "log.recorded_late" in log_codes(report)
        ladder = ladder_of(report)
        assert ladder is not None
        assert ladder.awarded == day

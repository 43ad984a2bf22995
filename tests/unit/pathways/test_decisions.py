"""A decision that is written down says the same when it is read again, and what follows when a part falls."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.shared import ROOT

from testamur.errors import InputError
from testamur.pathways import Approval, Case, Holding, read_programme
from testamur.pathways.decisions import (
    Document,
    Fallen,
    NoDecision,
    Result,
    Stand,
    embedded_parts,
    make_record,
    part_of,
    read_record,
    reevaluate,
    rerun,
    take_again,
    to_evidence,
)
from testamur.pathways.decisions.case_values import case_values
from testamur.pathways.reading.cases import case_from, read_case
from testamur.pathways.words import LANGUAGES, again, stand_said

FILES = sorted((ROOT / "examples/programmes").glob("*.yaml"))
TODAY = date(2026, 3, 1)
RULE = """\
language: testamur-programme/1
id: data
version: "3"
title: {en: Data microdegree, ko: 데이터}
reevaluation: {grace: 60 days, text: {en: Bring another., ko: 다른 것을 내십시오.}}
requires:
  name: microdegree
  all:
    - {name: statistics, from: {category: statistics}, count: 1}
    - {name: credits, from: {category: [statistics, data]}, credits: 6}
""".encode()


def held(name: str, *categories: str, **further: Any) -> Holding:
    identifier = f"urn:uuid:{name}"
    return Holding(
        identifier, identifier, name=name, credits={"credits": Decimal(3)}, categories=frozenset(categories), **further
    )


@dataclass(frozen=True)
class Check:
    code: str
    outcome: str
    question: str = "genuine"
    required: bool = True


@dataclass(frozen=True)
class Report:
    """As much of the verifier's report as is read."""

    subject: dict[str, Any]
    checks: tuple[Check, ...] = (Check("proof.valid", "passed"),)
    children: tuple[Report, ...] = field(default=())

    @property
    def verdict(self) -> str:
        outcomes = {check.outcome for check in self.checks}
        return "invalid" if "failed" in outcomes else "undetermined" if "unknown" in outcomes else "valid"


def report(holding: Holding, *checks: Check, **said: Any) -> Report:
    achievement = {"id": holding.achievement, "tag": sorted(holding.categories), "name": holding.name}
    subject = {"id": holding.id, "achievement": achievement, **said}
    return Report(subject, checks or (Check("proof.valid", "passed"),))


CASE = Case(TODAY, (held("S", "statistics"), held("T", "statistics"), held("D", "data"), held("X", "other")))


def documents(case: Case = CASE) -> dict[str, bytes]:
    return {holding.id: json.dumps({"id": holding.id}).encode() for holding in case.holdings}


def parts(case: Case = CASE, *, embed: bool = True) -> list[Any]:
    contents = documents(case)
    return [part_of(contents[holding.id], [holding], embed=embed) for holding in case.holdings]


def credential(record: Any, language: str = "en") -> dict[str, Any]:
    return {"evidence": [piece.to_json() for piece in to_evidence(record, language)]}


# --- writing and reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_decision_of_the_examples_comes_out_again(path: Path) -> None:
    rule = path.read_bytes()
    programme = read_programme(rule)
    for test in programme.tests[:6]:
        case = case_from(test, unit=programme.unit, on=TODAY)
        assert read_case(json.dumps(case_values(case)), unit=programme.unit, on=date.min) == case
        record = make_record(rule, case)
        assert record.said.outcome == test["expect"]["outcome"]
        assert read_record(credential(record)) == record
        assert rerun(record).findings[-1].code == "decision.same", test["name"]


def test_only_what_matters_is_kept() -> None:
    record = make_record(RULE, replace(CASE, facts={"shoe_size": 39}), parts())
    assert {holding.name for holding in record.case.holdings} == {"S", "T", "D"} or len(record.case.holdings) == 3
    assert record.left_out == 1
    assert record.case.facts == {}
    assert [part.credentials for part in record.parts] == [(holding.id,) for holding in record.case.holdings]
    assert all(part.content == documents()[part.credentials[0]] for part in record.parts)


def test_the_rule_is_kept_byte_for_byte() -> None:
    assert read_record(credential(make_record(RULE, CASE))).rule == RULE


def test_every_piece_has_its_digest_and_is_evidence_of_open_badges() -> None:
    for piece in credential(make_record(RULE, CASE, parts()), "ko")["evidence"]:
        assert piece["type"] == ["Evidence"]
        assert piece["digestSRI"].startswith("sha256-")
        assert piece["id"].startswith("data:")


def test_parts_by_digest_stand_by_the_identifier_of_the_credential() -> None:
    pieces = credential(make_record(RULE, CASE, parts(embed=False)))["evidence"]
    assert all(piece["id"].startswith("urn:uuid:") for piece in pieces[2:])


def test_a_document_in_two_files_is_refused() -> None:
    with pytest.raises(InputError, match="same credential"):
        make_record(RULE, CASE, [*parts(), part_of(b"other", CASE.holdings[:1])])


def test_what_does_not_fit_into_a_credential_is_refused_with_the_way_out() -> None:
    large = [part_of(b"x" * 800_000, CASE.holdings)]
    with pytest.raises(InputError, match="digest"):
        to_evidence(make_record(RULE, CASE, large))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda e: e.clear(), "pathways.decision_absent"),
        (lambda e: e.pop(1), "pathways.decision_rule"),
        (lambda e: e.append(e[0]), "pathways.decision_twice"),
        (lambda e: turned(e, b'"credentials":[', b'"credential":['), "pathways.decision_unreadable"),
        (lambda e: turned(e, b'"leftOut":1', b'"leftOut":"many"'), "pathways.decision_unreadable"),
        (lambda e: turned(e, b'"rule":"sha256:', b'"rule":"md5:'), "pathways.decision_unreadable"),
        (lambda e: turned(e, b'"used":[', b'"used":[7,'), "pathways.decision_unreadable"),
        (lambda e: e.__setitem__(0, {"id": "data:application/json;base64,%%%"}), "pathways.decision_absent"),
        (lambda e: e.__setitem__(0, "text"), "pathways.decision_absent"),
    ],
)
def test_what_is_no_decision_is_refused(change: Any, code: str) -> None:
    document = credential(make_record(RULE, CASE, parts()))
    change(document["evidence"])
    with pytest.raises(NoDecision) as refused:
        read_record(document)
    assert refused.value.code == code


def turned(evidence: list[Any], old: bytes, new: bytes) -> None:
    kind, data = evidence[0]["id"].split(",")
    content = base64.b64decode(data)
    assert old in content
    evidence[0]["id"] = f"{kind},{base64.b64encode(content.replace(old, new)).decode()}"


# --- taking it again ------------------------------------------------------------------------------------------------------------------


def again_with(*, part: Any = report, own: Report | None = None, embed: bool = True, language: str = "en") -> Any:
    record = make_record(RULE, CASE, parts(embed=embed))
    by_content = {content: part(holding) for holding in CASE.holdings for content in [documents()[holding.id]]}
    own = own or Report({"id": "urn:uuid:m", "holder": {"id": "did:example:mina"}})
    return take_again(credential(record, language), own, by_content.__getitem__, on=TODAY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("how", "result", "codes"),
    [
        ({}, Result.PASSED, {"credential.genuine", "rule.same", "part.genuine", "decision.same"}),
        ({"embed": False}, Result.UNKNOWN, {"part.not_handed_in"}),
        ({"part": lambda h: report(h, Check("proof.signature_false", "failed"))}, Result.FAILED, {"part.not_genuine"}),
        ({"part": lambda h: report(h, Check("key.unreachable", "unknown"))}, Result.UNKNOWN, {"part.undetermined"}),
        ({"part": lambda h: report(replace(h, id="urn:uuid:z"))}, Result.FAILED, {"part.other_credential"}),
        ({"part": lambda h: report(h, issuer={"id": "did:example:u"})}, Result.FAILED, {"part.says_otherwise"}),
        ({"part": lambda h: report(h, holder={"id": "did:example:mina"})}, Result.PASSED, {"part.same_person"}),
        ({"part": lambda h: report(h, holder={"id": "did:example:ana"})}, Result.PASSED, {"part.other_person"}),
        ({"own": Report({}, (Check("proof.signature_false", "failed"),))}, Result.FAILED, {"credential.not_genuine"}),
        ({"own": Report({}, (Check("status.revoked", "failed", "still_valid"),))}, Result.FAILED, {"credential.fallen"}),
        ({"own": Report({}, (Check("key.unreachable", "unknown"),))}, Result.UNKNOWN, {"credential.undetermined"}),
    ],
)  # fmt: skip
def test_each_finding(how: dict[str, Any], result: Result, codes: set[str], language: str) -> None:
    taken = again_with(**how, language=language)
    assert taken.again.result is result
    assert codes <= {finding.code for finding in taken.again.findings}
    assert all("{" not in sentence for sentence in again(taken.again, language))


def test_a_revoked_part_does_not_change_what_was_decided_and_says_what_it_means_today() -> None:
    revoked = Check("status.revoked", "failed", "still_valid")
    taken = again_with(part=lambda holding: report(holding, revoked) if holding.name == "D" else report(holding))
    assert taken.again.result is Result.PASSED
    assert taken.today is not None
    assert (taken.today.stand, taken.today.since, taken.today.until) == (Stand.GRACE, TODAY, date(2026, 4, 30))
    assert taken.today.by == ("urn:uuid:D",)


def test_what_an_unconfirmed_report_leaves_out_contradicts_nothing() -> None:
    def keyless(_holding: Holding) -> Report:
        return Report({"name": "Not confirmed"}, (Check("proof.key_offline", "unknown"),))

    found = {finding.code: finding.result for finding in again_with(part=keyless).again.findings}
    assert found["part.undetermined"] is Result.UNKNOWN
    assert Result.FAILED not in found.values()


def test_what_an_unconfirmed_report_says_otherwise_is_a_contradiction() -> None:
    unreachable = Check("status.unreachable", "unknown")
    taken = again_with(part=lambda holding: report(holding, unreachable, issuer={"id": "did:example:u"}))
    assert taken.again.result is Result.FAILED


def test_the_embedded_parts_of_a_decision() -> None:
    assert set(embedded_parts(credential(make_record(RULE, CASE, parts())))) == {
        documents()[f"urn:uuid:{name}"] for name in "STD"
    }
    assert embedded_parts(credential(make_record(RULE, CASE, parts(embed=False)))) == ()
    assert embedded_parts({"evidence": []}) == ()


def test_a_false_credential_is_not_read() -> None:
    assert again_with(own=Report({}, (Check("proof.signature_false", "failed"),))).record is None


def test_a_credential_without_a_document_is_vouched_for_by_name() -> None:
    case = replace(CASE, holdings=tuple(replace(h, valid=None) for h in CASE.holdings))
    vouched = replace(case, approvals=(Approval("standing", "Registrar", "Original seen"),))
    record = make_record(RULE, vouched)
    assert {f.code for f in rerun(record).findings} == {"rule.same", "part.vouched", "decision.same"}
    assert {f.code for f in rerun(make_record(RULE, CASE)).findings} == {
        "rule.same",
        "part.no_document",
        "decision.same",
    }


def test_an_embedded_part_that_was_exchanged_is_not_that_part() -> None:
    record = make_record(RULE, CASE, parts())
    other = [Document(b"exchanged", report(holding)) for holding in record.case.holdings]
    assert {f.code for f in rerun(record, other).findings} == {"rule.same", "part.not_handed_in", "decision.same"}


def test_a_rerun_is_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(rerun(make_record(RULE, CASE)))


# --- after a fall ---------------------------------------------------------------------------------------------------------------------


def stand(*fallen: Fallen, on: date = date(2026, 6, 1), others: tuple[Holding, ...] = ()) -> Any:
    return reevaluate(make_record(RULE, CASE), fallen, on=on, others=others)


def gone(name: str, since: date | None = date(2026, 5, 1), valid: bool | None = False) -> Fallen:
    return Fallen(f"urn:uuid:{name}", since, "status.revoked", valid)


def test_nothing_fell() -> None:
    assert stand().stand is Stand.HOLDS


def test_grace_runs_from_the_day_of_the_fall_and_ends() -> None:
    fallen = stand(gone("D"))
    assert (fallen.stand, fallen.since, fallen.until) == (Stand.GRACE, date(2026, 5, 1), date(2026, 6, 30))
    assert fallen.open == ("credits",)
    assert stand(gone("D"), on=date(2026, 6, 30)).stand is Stand.GRACE
    assert stand(gone("D"), on=date(2026, 7, 1)).stand is Stand.FALLEN


def test_a_fall_that_is_still_to_come_has_not_happened() -> None:
    assert stand(gone("D"), on=date(2026, 4, 30)).stand is Stand.HOLDS


def test_another_takes_its_place() -> None:
    other = stand(gone("D"), others=(held("E", "data"),))
    assert (other.stand, other.by) == (Stand.HOLDS_OTHERWISE, ("urn:uuid:D",))


def test_the_fall_that_mattered_is_the_first_after_which_it_did_not_hold() -> None:
    everything = (*CASE.holdings, held("E", "data"))
    record = make_record(RULE, replace(CASE, holdings=everything))
    kept = tuple(holding for holding in everything if holding not in record.case.holdings)
    used = sorted(credential for credential, *_ in record.said.used)
    first, second = (Fallen(used[0], date(2026, 5, 1)), Fallen(used[1], date(2026, 5, 9)))
    after = reevaluate(record, (first, second), on=date(2026, 6, 1), others=kept)
    assert after.since == date(2026, 5, 9)


def test_what_is_not_known_cannot_be_decided() -> None:
    assert stand(gone("D", valid=None)).stand is Stand.UNDECIDED


def test_without_a_grace_in_the_programme_there_is_none() -> None:
    record = make_record(b"\n".join(line for line in RULE.splitlines() if not line.startswith(b"reevaluation")), CASE)
    after = reevaluate(record, (gone("D"),), on=date(2026, 5, 1))
    assert (after.stand, after.until) == (Stand.FALLEN, None)


def test_a_decision_that_never_held() -> None:
    record = make_record(RULE, Case(TODAY, (held("S", "statistics"),)))
    assert reevaluate(record, (gone("S"),), on=TODAY).stand is Stand.NEVER_HELD


def test_a_credential_that_the_decision_does_not_know() -> None:
    with pytest.raises(InputError):
        stand(gone("unheard of"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stand_has_its_sentence(language: str) -> None:
    for after in (stand(), stand(gone("D")), stand(gone("D"), on=date(2027, 1, 1)), stand(gone("D", valid=None))):
        said = stand_said(after, language, {"urn:uuid:D": "Data"})
        assert all(sentence and "{" not in sentence for sentence in said)


def test_a_damaged_decision_is_refused_or_taken_again_and_never_breaks_anything() -> None:
    """What is read comes from strangers: bytes are exchanged, cut out and put in at random (with a fixed seed)."""
    document = credential(make_record(RULE, CASE, parts()))
    kind, data = document["evidence"][0]["id"].split(",")
    content = base64.b64decode(data)
    chance = random.Random(7)
    for _ in range(300):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(damaged))
            new = chance.choice([b"null", b"[]", b"{}", b"1e999", b"-1", b"9" * 40, b"\xff", b'"', b""])
            damaged[place : place + chance.randint(0, 9)] = new
        document["evidence"][0]["id"] = f"{kind},{base64.b64encode(bytes(damaged)).decode()}"
        try:
            record = read_record(document)
        except NoDecision:
            continue
        assert again(rerun(record), "ko")

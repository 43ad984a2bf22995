"""Every lint has a twin: the clean document passes it, the document with one thing changed does not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.issuing.examples import document

from testamur.issuing import RULES, Severity, lint
from testamur.linked_data import CREDENTIALS_V2, OPEN_BADGES_3

Change = Callable[[dict[str, Any]], Any]


def put(path: str, value: Any) -> Change:
    """Set the member at a JSON-Pointer-like path of the document."""

    def change(target: dict[str, Any]) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        place: Any = target
        for step in way:
            place = place[step]
        place[last] = value

    return change


def drop(path: str) -> Change:
    def change(target: dict[str, Any]) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        place: Any = target
        for step in way:
            place = place[step]
        del place[last]

    return change


def descriptions(target: dict[str, Any]) -> list[Any]:
    found: list[Any] = target["credentialSubject"]["achievement"]["resultDescription"]
    return found


ACHIEVEMENT = "credentialSubject/achievement"
IDENTITY = "credentialSubject/identifier"
UNSIGNED_ENDORSEMENT = {
    "@context": [CREDENTIALS_V2, OPEN_BADGES_3],
    "type": ["VerifiableCredential", "EndorsementCredential"],
    "id": "urn:uuid:1b1d0b5e-6f4b-4f0c-9d2a-0b8d4e0d7a11",
    "credentialSubject": {"id": "did:web:uni.example", "type": ["EndorsementSubject"], "endorsementComment": "Sound."},
}
DATA_IMAGE = {"id": "data:image/png;base64," + "A" * 70_000, "type": "Image"}
JPEG_IMAGE = {"id": "data:image/jpeg;base64,AAAA", "type": "Image"}
DIGEST = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
RESOURCE = {"id": "https://uni.example/r", "digestSRI": "sha384-x"}

CASES: list[tuple[str, Change]] = [
    ("json.readable", put("name", float("nan"))),
    ("json.readable", put("name", {1, 2})),
    ("json.readable", put("description", "x" * 1_000_001)),
    ("json.readable", put("name", "\ud800")),
    ("json.null", put("description", None)),
    ("json.null", put(f"{ACHIEVEMENT}/tag/0", None)),
    ("text.characters", put("name", "Badge\uffff")),
    ("text.characters", put("name", "Badge\x07")),
    ("text.characters", put(f"{ACHIEVEMENT}/criteria/narrative", "\ufffe")),
    ("text.one_language", put("name", {"en": "Badge", "ko": "배지"})),
    ("text.one_language", put(f"{ACHIEVEMENT}/name", {"@value": "Badge", "@language": "en"})),
    ("text.is_text", put("name", 5)),
    ("text.is_text", put(f"{ACHIEVEMENT}/creditsAvailable", "2")),
    ("document.unsigned", put("proof", {"type": "DataIntegrityProof"})),
    ("image.data_url", put(f"{ACHIEVEMENT}/image", DATA_IMAGE)),
    ("image.format", put(f"{ACHIEVEMENT}/image", JPEG_IMAGE)),
    ("name.present", drop("name")),
    ("context.order", lambda d: d["@context"].reverse()),
    ("context.order", lambda d: d["@context"].pop()),
    ("context.order", put("@context", "https://www.w3.org/ns/credentials/v2")),
    ("context.address", lambda d: d["@context"].append({"@vocab": "https://uni.example/"})),
    ("context.address", put(f"{ACHIEVEMENT}/@context", "https://uni.example/context")),
    ("context.pinned", lambda d: d["@context"].append("https://uni.example/context.json")),
    ("terms.defined", put(f"{ACHIEVEMENT}/workload", "60 hours")),
    ("terms.defined", put("ects", 2)),
    ("terms.linked_data", put(":", [])),
    ("terms.linked_data", lambda d: d["@context"].append({"name": "https://uni.example/name"})),
    ("credential.type", put("type", ["VerifiableCredential"])),
    ("credential.type", put("type", ["OpenBadgeCredential"])),
    ("credential.type", put("type", "OpenBadgeCredential")),
    ("issuer.object", put("issuer", "did:web:uni.example")),
    ("issuer.object", drop("issuer/id")),
    ("issuer.name", drop("issuer/name")),
    ("subject.identified", put("credentialSubject", {})),
    ("subject.identified", lambda d: d.update(credentialSubject=[d["credentialSubject"]])),
    ("subject.identified", drop(IDENTITY)),
    ("achievement.complete", drop(f"{ACHIEVEMENT}/description")),
    ("achievement.complete", put(f"{ACHIEVEMENT}/criteria", {})),
    ("achievement.complete", drop(ACHIEVEMENT)),
    ("members.required", drop(f"{ACHIEVEMENT}/alignment/0/targetUrl")),
    ("members.required", drop(f"{ACHIEVEMENT}/resultDescription/0/name")),
    ("types.nested", drop("evidence/0/type")),
    ("types.nested", put("evidence/0/type", "Evidence")),
    ("types.nested", put("issuer/otherIdentifier/0/type", ["IdentifierEntry"])),
    ("types.nested", put("credentialSubject/type", ["Person"])),
    ("arrays.where_many", lambda d: d.update(evidence=d["evidence"][0])),
    ("arrays.where_many", put(f"{ACHIEVEMENT}/tag", "digital")),
    ("arrays.not_where_one", lambda d: d["credentialSubject"].update(achievement=[d["credentialSubject"]["achievement"]])),
    ("arrays.not_where_one", put("name", ["one", "two"])),
    ("objects.where_objects", put(f"{ACHIEVEMENT}/image", "https://uni.example/m.png")),
    ("id.present", drop("id")),
    ("id.absolute", put("id", "9Qm2xVb7")),
    ("id.absolute", put("id", "urn:uuid:1234")),
    ("id.absolute", put("id", "https:///c/1")),
    ("id.absolute", put(f"{ACHIEVEMENT}/id", "https://uni.example/a b")),
    ("id.absolute", put("credentialStatus/id", "#94567")),
    ("id.document", put("id", "data:text/plain,hello")),
    ("privacy.email_in_id", put("id", "https://uni.example/c/minji@example.org")),
    ("privacy.email_in_id", put("id", "https://minji@example.org/c/1")),
    ("privacy.name_in_id", put("id", "https://uni.example/c/%EA%B9%80%EB%AF%BC%EC%A7%80")),
    ("privacy.email_in_id", put("credentialSubject/id", "https://uni.example/u/minji%40example.org")),
    ("privacy.name_in_id", lambda d: (put(f"{IDENTITY}/0/identityHash", "Ana Andromeda")(d), put("id", "https://u.example/ana-andromeda")(d))),
    ("dates.valid_from", drop("validFrom")),
    ("dates.zone", put("validFrom", "2026-11-25T09:30:12")),
    ("dates.zone", put("validUntil", "2031-02-29T00:00:00Z")),
    ("dates.zone", put("awardedDate", "2026-11-25")),
    ("dates.zone", put("credentialSubject/activityEndDate", "2026-11-20T00:00:00+15:00")),
    ("dates.seconds", put("validFrom", "2026-11-25T09:30:12.345Z")),
    ("dates.order", put("validUntil", "2026-11-25T09:30:11Z")),
    ("dates.order", put("credentialSubject/activityStartDate", "2026-12-01T00:00:00Z")),
    ("dates.birth", put("issuer/dateOfBirth", "1999-10-01T22:00:00Z")),
    ("status.single", lambda d: d.update(credentialStatus=[d["credentialStatus"]])),
    ("extension.type", drop("credentialStatus/type")),
    ("extension.type", put("termsOfUse", [{"id": "https://uni.example/terms"}])),
    ("status.index", put("credentialStatus/statusListIndex", 94567)),
    ("status.index", put("credentialStatus/statusListIndex", "-1")),
    ("status.index", put("credentialStatus/statusListIndex", "0x10")),
    ("status.purpose", put("credentialStatus/statusPurpose", ["revocation"])),
    ("status.list", put("credentialStatus/statusListCredential", "/status/Hq7")),
    ("status.list", put("credentialStatus/id", "https://uni.example/status/Hq7")),
    ("refresh.single", put("refreshService", [{"id": "https://uni.example/r", "type": "1EdTechCredentialRefresh"}])),
    ("schema.address", put("credentialSchema", [{"id": "schema.json", "type": "1EdTechJsonSchemaValidator2019"}])),
    ("schema.type", put("credentialSchema", [{"id": "https://uni.example/s", "type": "JsonSchemaValidator2019"}])),
    ("related_resource", put("relatedResource", [{"id": "https://uni.example/r"}])),
    ("related_resource", put("relatedResource", [RESOURCE, RESOURCE])),
    ("evidence.digest", put("evidence", [{"type": ["Evidence"], "id": "https://uni.example/e", "digestSRI": "sha256-abc"}])),
    ("evidence.digest", put("evidence", [{"type": ["Evidence"], "name": "Essay", "digestSRI": DIGEST}])),
    ("vocabulary.term", put(f"{ACHIEVEMENT}/achievementType", "Microcredential")),
    ("vocabulary.term", put(f"{ACHIEVEMENT}/alignment/0/targetType", "ESCO")),
    ("vocabulary.term", put("credentialSubject/result/0/status", "ext:Passed")),
    ("language.tag", put(f"{ACHIEVEMENT}/inLanguage", "english")),
    ("result.described", put("credentialSubject/result/0/resultDescription", "urn:uuid:00000000-0000-4000-8000-000000000000")),
    ("result.described", put("credentialSubject/result/0/value", "A+")),
    ("result.described", put("credentialSubject/result/1/achievedLevel", "urn:uuid:00000000-0000-4000-8000-000000000000")),
    ("result.says_something", drop("credentialSubject/result/0/value")),
    ("result.description_unique", lambda d: descriptions(d).append(copy.deepcopy(descriptions(d)[0]))),
    ("identity.hash", put(f"{IDENTITY}/1/identityHash", "sha256$ABC")),
    ("identity.hash", put(f"{IDENTITY}/1/hashed", False)),
    ("identity.hash", put(f"{IDENTITY}/1/hashed", "true")),
    ("identity.salt", drop(f"{IDENTITY}/1/salt")),
    ("identity.email_plain", put(f"{IDENTITY}/0/identityType", "emailAddress")),
    ("endorsement.jwt", put(f"{ACHIEVEMENT}/endorsementJwt", ["a.b.c"])),
    ("endorsement.proof", put("endorsement", [UNSIGNED_ENDORSEMENT])),
]  # fmt: skip


def test_the_example_has_no_finding() -> None:
    assert lint(document()) == []


@pytest.mark.parametrize(("rule", "change"), CASES, ids=[f"{rule}-{index}" for index, (rule, _) in enumerate(CASES)])
def test_one_change_breaks_the_rule(rule: str, change: Change) -> None:
    changed = document()
    change(changed)
    found = [finding for finding in lint(changed) if finding.rule == rule]
    assert found
    assert found[0].sentence
    assert found[0].source


def test_every_rule_has_a_case_and_a_name_of_its_own() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert {rule for rule, _ in CASES} == set(names)


def test_paths_point_at_the_place() -> None:
    changed = document()
    put(f"{ACHIEVEMENT}/alignment/1/targetType", "ESCO")(changed)
    [finding] = lint(changed)
    assert finding.path == "/credentialSubject/achievement/alignment/1/targetType"
    assert finding.severity is Severity.ERROR


ACCEPTED: list[Change] = [
    put("validUntil", "2031-11-25T24:00:00Z"),
    put("validFrom", "2026-11-25T09:30:12+09:00"),
    put(f"{ACHIEVEMENT}/achievementType", "ext:Nanodegree"),
    put(f"{ACHIEVEMENT}/alignment/0/targetType", "CFItem"),
    put(f"{ACHIEVEMENT}/inLanguage", "zh-Hant-TW"),
    put("id", "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c"),
    put("credentialSubject/id", "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"),
    put("relatedResource", [RESOURCE]),
    put("endorsement", [{**UNSIGNED_ENDORSEMENT, "proof": {"type": "DataIntegrityProof"}}]),
    put(f"{ACHIEVEMENT}/image", {"id": "data:image/png;base64,AAAA", "type": "Image"}),
    put(f"{IDENTITY}/0/identityHash", "Jo"),
    put(f"{IDENTITY}/0/identityHash", "Uni Example"),
    drop("evidence"),
    drop("credentialStatus"),
    drop("validUntil"),
]


@pytest.mark.parametrize("change", ACCEPTED)
def test_what_the_standards_allow_is_let_through(change: Change) -> None:
    changed = document()
    change(changed)
    assert lint(changed) == []


@pytest.mark.parametrize(
    "junk", [{}, {"@context": 5}, {"issuer": [], "credentialSubject": 3}, {"type": {}, "evidence": "x", "id": 7}]
)
def test_junk_gets_findings_and_no_exception(junk: dict[str, Any]) -> None:
    assert any(finding.severity is Severity.ERROR for finding in lint(junk))


def test_a_deep_document_gets_a_finding() -> None:
    deep: Any = "x"
    for _ in range(3_000):
        deep = [deep]
    assert [finding.rule for finding in lint({**document(), "evidence": deep})] == ["json.readable"]

"""Schemas that a credential names itself: kept, broken, out of reach, not the one that was signed, and not to be applied at all."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from tests.simulator import Institution
from tests.unit.verification.conftest import Verify, check, codes

from testamur.verification import Verdict
from testamur.verification.report import Report
from testamur.verification.schemas.work import Unbounded, applications

ADDRESS = "https://university.example/schemas/award.json"
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["validFrom"],
    "properties": {
        "credentialSubject": {
            "type": "object",
            "properties": {"achievement": {"type": "object", "properties": {"name": {"type": "string"}}}},
        }
    },
}


def asked(university: Institution, verify: Verify, schema: Any, **entry: Any) -> Report:
    """The report about an award that names `schema`, as it stands at its address."""
    university.pages[ADDRESS] = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    badge = university.unsigned()
    badge["credentialSchema"] = [{"id": ADDRESS, "type": "JsonSchema", **entry}]
    return verify(university.sign(badge))


def with_name(rule: Any) -> dict[str, Any]:
    """The schema with another rule for the name of the achievement."""
    changed = json.loads(json.dumps(SCHEMA))
    changed["properties"]["credentialSubject"]["properties"]["achievement"]["properties"]["name"] = rule
    return changed


def test_a_schema_that_is_kept(university: Institution, verify: Verify) -> None:
    report = asked(university, verify, SCHEMA)
    assert check(report, "structure.schema_reference").code == "structure.schema_reference_met"
    assert report.verdict is Verdict.VALID


def test_a_schema_that_is_broken_is_a_failure(university: Institution, verify: Verify) -> None:
    report = asked(university, verify, with_name({"type": "integer"}))
    found = check(report, "structure.schema_reference")
    assert found.code == "structure.schema_reference_broken"
    assert (found.facts["path"], found.facts["rule"], found.facts["expected"]) == (
        "/credentialSubject/achievement/name",
        "type",
        "integer",
    )
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "rule",
    [
        False,
        {"contains": {"const": 1}, "type": "array"},
        {"$ref": "#/$defs/none", "minLength": 500},
        {"$ref": "#/$defs/list"},
    ],
    ids=["false", "contains", "length", "contains by reference"],
)
def test_every_sort_of_broken_rule_can_be_said(university: Institution, verify: Verify, rule: Any) -> None:
    schema = with_name(rule) | {"$defs": {"none": {}, "list": {"type": "array", "contains": {"const": 1}}}}
    assert check(asked(university, verify, schema), "structure.schema_reference").code.endswith("_broken")


@pytest.mark.parametrize("trouble", ["unreachable", "missing", "forbidden"])
def test_a_schema_out_of_reach_leaves_the_verdict_alone(university: Institution, verify: Verify, trouble: str) -> None:
    getattr(university, trouble).add(ADDRESS)
    report = asked(university, verify, SCHEMA)
    assert check(report, "structure.schema_reference").code == "structure.schema_reference_unavailable"
    assert report.verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (b"no schema", "input.json_syntax"),
        (b"[]", "schema.malformed"),
        ({**SCHEMA, "$schema": "https://other.example/dialect"}, "schema.dialect"),
        ({**SCHEMA, "type": "thing"}, "schema.malformed"),
        (with_name({"$ref": "https://other.example/schema.json"}), "schema.reference"),
        (with_name({"$ref": "#/$defs/nothing"}), "schema.reference"),
        (with_name({"pattern": "(?=a)b"}), "schema.malformed"),  # needs to look ahead, so it has no linear time
        ({**SCHEMA, "allOf": [{"$ref": "#"}]}, "schema.too_complex"),
        ({"$comment": "x" * 300_001}, "input.too_large"),
    ],
    ids=["text", "array", "dialect", "type", "elsewhere", "nowhere", "look-ahead", "loop", "size"],
)
def test_a_schema_that_cannot_be_applied_leaves_the_verdict_alone(
    university: Institution, verify: Verify, schema: Any, reason: str
) -> None:
    report = asked(university, verify, schema)
    found = check(report, "structure.schema_reference")
    assert (found.code, found.facts["reason"]) == ("structure.schema_reference_unusable", reason)
    assert report.verdict is Verdict.VALID
    assert "https://other.example/schema.json" not in university.asked


@pytest.mark.parametrize("member", ["digestSRI", "digestMultibase"])
def test_a_schema_that_was_exchanged_is_not_applied(university: Institution, verify: Verify, member: str) -> None:
    digest = hashlib.sha256(json.dumps(SCHEMA).encode()).digest()
    stated = {
        "digestSRI": "sha256-" + base64.b64encode(digest).decode(),
        "digestMultibase": "u" + base64.urlsafe_b64encode(b"\x12\x20" + digest).rstrip(b"=").decode(),
    }[member]
    badge = university.unsigned()
    badge["credentialSchema"] = [{"id": ADDRESS, "type": "JsonSchema"}]
    badge["relatedResource"] = [{"id": ADDRESS, member: stated}]
    badge = university.sign(badge)
    university.pages[ADDRESS] = json.dumps(SCHEMA).encode()
    assert "structure.schema_reference_met" in codes(verify(badge))
    university.pages[ADDRESS] = json.dumps(with_name({"type": "integer"})).encode()
    exchanged = verify(badge)
    assert "structure.schema_reference_other" in codes(exchanged)
    assert exchanged.verdict is Verdict.VALID


def test_a_schema_in_a_credential(university: Institution, verify: Verify) -> None:
    def carried(schema: Any, **changes: Any) -> dict[str, Any]:
        return university.sign(
            {
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "id": ADDRESS,
                "type": ["VerifiableCredential", "JsonSchemaCredential"],
                "issuer": university.did,
                "credentialSubject": {"id": ADDRESS + "#schema", "type": "JsonSchema", "jsonSchema": schema, **changes},
            }
        )

    rule_of_context = {**SCHEMA, "properties": {"@context": {"type": "array"}}}
    kept = asked(university, verify, carried(rule_of_context), type="JsonSchemaCredential")
    assert check(kept, "structure.schema_reference").code == "structure.schema_reference_met"
    broken = asked(university, verify, carried({**SCHEMA, "required": ["grade"]}), type="JsonSchemaCredential")
    assert check(broken, "structure.schema_reference").code == "structure.schema_reference_broken"
    changed = carried(rule_of_context)
    changed["credentialSubject"]["jsonSchema"]["required"] = []
    forged = check(asked(university, verify, changed, type="JsonSchemaCredential"), "structure.schema_reference")
    assert (forged.code, forged.facts["reason"]) == ("structure.schema_reference_unusable", "schema.not_proven")


def test_kinds_that_are_not_known_are_counted(university: Institution, verify: Verify) -> None:
    badge = university.unsigned()
    badge["credentialSchema"] = [{"id": ADDRESS, "type": "https://other.example/#ShapeValidator"}]
    report = verify(university.sign(badge))
    assert check(report, "structure.schema_reference").facts["count"] == 1
    assert ADDRESS not in university.asked


def test_an_unconfirmed_document_makes_nobody_ask_for_its_schema(university: Institution, verify: Verify) -> None:
    badge = university.unsigned()
    badge["credentialSchema"] = [{"id": ADDRESS, "type": "JsonSchema"}]
    badge = university.sign(badge)
    badge["name"] = "changed"
    report = verify(badge)
    assert check(report, "structure.schema_reference").code == "structure.schema_reference_not_followed"
    assert ADDRESS not in university.asked


# --- the work of a schema ---------------------------------------------------------------------------------------------------------------


def test_the_work_is_what_is_applied_to_what() -> None:
    assert applications(True, {"a": 1}) == 1
    assert applications({"properties": {"a": {"type": "integer"}, "b": {}}}, {"a": 1, "c": 2}) == 2
    assert applications({"items": {"anyOf": [{}, {}]}}, [1, 2]) == 1 + 2 * 3


def test_a_long_text_under_a_pattern_is_much_work() -> None:
    assert applications({"pattern": "a+"}, "a" * 1000) > applications({"maxLength": 5}, "a" * 1000) * 1000
    assert applications({"patternProperties": {"a+": {}}}, {"a" * 1000: 1}) > 1000
    many = {"$defs": {str(number): {"pattern": "a+"} for number in range(65)}}
    with pytest.raises(Unbounded):
        applications(many, 1)
    del many["$defs"]["0"]
    assert applications(many, 1) == 1


def test_doubling_is_counted_and_not_done() -> None:
    doubling: Any = {}
    definitions = {"0": {}}
    for number in range(1, 60):
        definitions[str(number)] = {"allOf": [{"$ref": f"#/$defs/{number - 1}"}] * 2}
    doubling = {"$defs": definitions, "$ref": "#/$defs/59"}
    assert applications(doubling, 1) > 2**58


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"},
        {"$dynamicRef": "#/$defs/a"},
    ],
)
def test_what_leads_back_to_itself_has_no_bound(schema: Any) -> None:
    with pytest.raises(Unbounded):
        applications(schema, {"a": 1})
    assert applications({"properties": {"a": {"$ref": "#"}}}, {"a": {"a": 1}}) > 0, (
        "downwards it ends with the document"
    )

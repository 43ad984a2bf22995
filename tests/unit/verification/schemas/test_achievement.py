"""Our schema against the published one: the same verdict on the examples of the specification and on mutations of them.

The published schema is read from the shared test data. The differences that are meant are named in decision 0013; the mutations avoid
them, and each has a test of its own below.
"""

from __future__ import annotations

import copy
import json
import random
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from tests.shared import shared

from testamur.verification.schemas.achievement import broken_rules

EXAMPLES = (
    "001-docformat-md-sample-openbadgecredential-file-contents.json",
    "002-equality-and-comparison-md-sample-credential-a.json",
    "007-achievementalignmentcase-html-achievement-alignment-case.json",
    "008-achievementalignmentce-html-achievement-alignment-credential-engine.json",
    "009-basicopenbadgecredential-html-sample-openbadgecredential.json",
    "010-fullopenbadge-html-complete-openbadgecredential.json",
    "011-skillassertioncase-html-skill-assertion-case.json",
    "012-skillassertionctdl-html-skill-assertion-credential-registry.json",
)
FULL = EXAMPLES[5]
_SCHEMAS = "vectors/1edtech/ob3-json-schemas/waltid-libraries/credentials/waltid-verification-policies2/src/commonTest/resources"


@cache
def published() -> jsonschema_rs.Draft201909Validator:
    schema = json.loads(shared(f"{_SCHEMAS}/ob_v3p0_anyachievementcredential_schema.json").read_text())
    return jsonschema_rs.Draft201909Validator(schema)


@cache
def _example(name: str) -> str:
    return json.dumps(json.loads(shared(f"vectors/1edtech/ob3-spec-examples/{name}").read_text())["example"])


def example(name: str) -> dict[str, Any]:
    """An example of the specification, with what the published schema and ours judge differently on purpose taken out."""
    document: dict[str, Any] = json.loads(_example(name))
    without_endorsements(document)
    return document


def without_endorsements(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            without_endorsements(item)
    elif isinstance(value, dict):
        value.pop("endorsement", None)
        for item in value.values():
            without_endorsements(item)


def ours(document: Any) -> bool:
    return not broken_rules(document, kind="achievement", version="2.0")


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for step, item in steps for place in ((*way, step), *places(item, (*way, step)))]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_specification_are_well_built(name: str) -> None:
    document = json.loads(_example(name))
    assert published().is_valid(document)
    assert broken_rules(document, kind="achievement", version="2.0") == []


# Where the difference is meant (decision 0013): kinds, absolute addresses, time zones, the issuer as an object, @context.
_MEANT = {
    "type",
    "id",
    "targetUrl",
    "validFrom",
    "validUntil",
    "awardedDate",
    "activityStartDate",
    "activityEndDate",
    "issuer",
    "@context",
}
_VALUES: tuple[Any, ...] = (
    None,
    True,
    7,
    1.5,
    "",
    "text",
    [],
    {},
    ["text"],
    [1],
    {"type": "Profile"},
    ["Achievement"],
    "ext:mine",
    "Other",
)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("round_", range(4))
def test_mutations_are_judged_like_by_the_published_schema(name: str, round_: int) -> None:
    judged = []
    for number in range(60):
        draw = random.Random(f"{name}/{round_}/{number}")
        document = example(name)
        *way, last = draw.choice([place for place in places(document) if not _MEANT & set(place[-2:])])
        target = document
        for step in way:
            target = target[step]
        action = draw.randrange(3)
        if action == 0:
            del target[last]
        elif action == 1:
            target[last] = copy.deepcopy(draw.choice(_VALUES))
        else:
            target[last] = [target[last]]
        expected = published().is_valid(document)
        judged.append(expected)
        assert ours(document) is expected, (
            f"{name}/{round_}/{number}: {'/'.join(map(str, [*way, last]))} = {target.get(last) if isinstance(target, dict) else target}"
        )
    assert True in judged
    assert False in judged


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            lambda d: d.update(issuer="https://1edtech.edu/issuers/565049"),
            {"path": "/issuer", "rule": "type", "expected": "object"},
        ),
        (
            lambda d: d.update(validFrom="2010-01-01"),
            {"path": "/validFrom", "rule": "pattern", "expected": "2026-11-25T10:00:00Z"},
        ),
        (
            lambda d: d.update(id="credential 1"),
            {"path": "/id", "rule": "pattern", "expected": "https://…, did:…, urn:…"},
        ),
    ],
)
def test_stricter_than_the_published_schema_on_purpose(change: Any, finding: dict[str, str]) -> None:
    document = example(FULL)
    change(document)
    assert published().is_valid(document) or finding["path"] == "/validFrom"
    assert broken_rules(document, kind="achievement", version="2.0") == [finding]


def test_language_value_objects_are_texts() -> None:
    document = example(FULL)
    document["name"] = {"@value": "학위", "@language": "ko", "@direction": None}
    assert ours(document)
    document["name"] = {"@value": 7}
    assert not ours(document)


def test_at_most_twenty_findings() -> None:
    document = example(FULL)
    document["evidence"] = [{}] * 500
    assert len(broken_rules(document, kind="achievement", version="2.0")) == 20

"""The cases of 1EdTech's public validator for Open Badges 2.0 and CLR 2.0, one named test each, in two worlds.

- *nobody answers*: no address can be reached.
- *example.org answers*: the documents beside the cases are at their addresses, and each case stands at its own, as a hosted badge does.

Differences are argued in docs/explanation/disagreements.md.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shared import ROOT, shared
from tests.simulator import FixedClock

from testamur import formats
from testamur.fetch import FixedResolver
from testamur.verification import Report, Verdict, Verifier

CASES = shared("vectors/1edtech/validator-cases")
NOW = datetime(2026, 11, 25, tzinfo=UTC)

VALID, INVALID, UNDETERMINED = Verdict.VALID, Verdict.INVALID, Verdict.UNDETERMINED
THEIRS = {"valid": VALID, "warning": VALID, "invalid": INVALID, "error": INVALID}

# file → (verdict when nobody answers, verdict when example.org answers, a code among the findings in the second world)
OURS: dict[str, tuple[Verdict, Verdict, str]] = {
    "ob20/simple-badge.png": (UNDETERMINED, VALID, "proof.hosted_same"),
    "ob20/assets/badgeclass1.json": (UNDETERMINED, VALID, "structure.no_award"),
    "ob20/basic-assertion-invalid-context.json": (INVALID, INVALID, "structure.context_order"),
    "ob20/basic-assertion-invalid-type.json": (INVALID, INVALID, "structure.type_missing"),
    "ob20/assertion-with-endorsements.json": (UNDETERMINED, VALID, "endorsements.valid"),
    "ob20/rdf-validation/valid-issuer-extension.json": (UNDETERMINED, VALID, "structure.no_award"),
    "ob20/rdf-validation/valid-badge-class-empty-criteria-type.json": (
        UNDETERMINED,
        UNDETERMINED,
        "issuer.unbound_address",
    ),
    "ob20/rdf-validation/invalid-empty-type.json": (INVALID, INVALID, "structure.type_missing"),
    "ob20/rdf-validation/invalid-class.json": (INVALID, INVALID, "structure.type_missing"),
    "ob20/rdf-validation/invalid-one-invalid-class.json": (INVALID, INVALID, "structure.schema_broken"),
    "ob20/rdf-validation/badge-class-invalid-issuer-type.json": (UNDETERMINED, INVALID, "structure.linked_broken"),
    "ob20/basic-assertion-with-allowed-origins-valid-starts-with.json": (UNDETERMINED, VALID, "issuer.in_scope"),
    "ob20/basic-assertion-with-allowed-origins-invalid-starts-with.json": (
        UNDETERMINED,
        INVALID,
        "issuer.out_of_scope",
    ),
    "ob20/assertion-with-extension-node-invalid.json": (INVALID, INVALID, "structure.schema_broken"),
    "ob20/warning-with-redirection.json": (UNDETERMINED, VALID, "structure.linked_other_id"),
    "inspector-clr/clr20/simple_v1.json": (INVALID, INVALID, "parts.fail"),
    "inspector-clr/clr20/complex.json": (INVALID, INVALID, "issuer.other_controller"),
}

OUTCOMES: list[dict[str, Any]] = json.loads((CASES / "expected-outcomes.json").read_text())
CONCERNED = {
    case["file"].removeprefix("inspector-vc/"): case for case in OUTCOMES if case["inspector"] in ("OB20", "CLR20")
}


def pages() -> dict[str, bytes]:
    """The documents beside the cases. They name each other by both schemes, and some by another host."""
    found = {}
    for path in (CASES / "inspector-vc/ob20/assets").iterdir():
        for origin in ("http://example.org/", "https://example.org/", "http://example.com/"):
            found[origin + path.name] = path.read_bytes()
    return found


def reports(file: str) -> tuple[Report, Report]:
    content = (CASES / CONCERNED[file]["file"]).read_bytes()
    document = formats.read(content).credential or {}
    hosted = pages() | {str(document.get("id")): json.dumps(document).encode()}
    worlds = (FixedResolver({}), FixedResolver(hosted, fetched_at=NOW))
    offline, answered = (Verifier(world, clock=FixedClock(NOW)).verify(content) for world in worlds)
    return offline, answered


def test_every_older_case_is_judged() -> None:
    assert set(CONCERNED) == set(OURS)


@pytest.mark.parametrize("file", OURS)
def test_case(file: str) -> None:
    offline, answered = reports(file)
    assert (offline.verdict, answered.verdict) == OURS[file][:2]
    assert OURS[file][2] in {check.code for check in answered.checks}


def test_every_disagreement_is_argued_and_nothing_else() -> None:
    page = Path(ROOT / "docs/explanation/disagreements.md").read_text()
    differing = {file for file, case in CONCERNED.items() if THEIRS[case["expected"]] is not OURS[file][1]}
    assert {file for file in OURS if f"`{file}`" in page} == differing


def test_what_a_hosted_badge_says_is_shown() -> None:
    _, answered = reports("ob20/simple-badge.png")
    assert answered.subject["achievement"]["name"] == "Awesome Robotics Badge"
    assert answered.subject["issuer"]["id"] == "https://example.org/organization.json"
    assert len(reports("ob20/assertion-with-endorsements.json")[1].children) == 4


def test_the_other_way_round_a_badge_class_beside_its_issuer_is_vouched_for() -> None:
    """The one that is not: the same description on the issuer's own host."""
    file = CASES / "inspector-vc/ob20/rdf-validation/valid-badge-class-empty-criteria-type.json"
    document = json.loads(file.read_bytes()) | {"id": "http://example.org/badge1"}
    hosted = pages() | {document["id"]: json.dumps(document).encode()}
    assert Verifier(FixedResolver(hosted, fetched_at=NOW), clock=FixedClock(NOW)).verify(document).verdict is VALID


def test_the_other_way_round_the_keys_of_the_clr_samples_are_true() -> None:
    """Nothing is wrong with their signatures: what lacks is anybody who says that the keys are the issuer's."""
    complex_one, _ = reports("inspector-clr/clr20/complex.json")
    for report in (complex_one, *complex_one.children):
        assert "proof.signature_true" in {check.code for check in report.checks}

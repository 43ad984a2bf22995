"""What is remembered changes nothing that is said: the report is the same for the first document and for the hundredth, with shapes and
without, whichever library reads the JSON."""

from __future__ import annotations

import gc
import json
import random
import tracemalloc
from typing import Any

import pytest
from tests.properties.test_verification_hostile import SUITES, world
from tests.simulator import NOW, FixedClock
from tests.simulator.mutations import OPERATORS

from testamur import linked_data, strict_json
from testamur.linked_data.shapes import ShapeCache
from testamur.status.remembered import REMEMBERED, Remembered, digest_of, weight_of
from testamur.strict_json import quick
from testamur.verification import Policy, Report, Verifier
from testamur.verification.presenters import to_json

PER_ROUND = 12


class Unshaped(ShapeCache):
    """Knows no shape, so that the complete path decides."""

    def by_shape(self, *_: Any) -> None:
        return None


def said(report: Report) -> Any:
    checks = [(check.code, dict(check.facts), check.required) for check in report.checks]
    return to_json(report), dict(report.subject), checks, [said(child) for child in report.children]


def verified(data: bytes, policy: Policy) -> Any:
    return said(Verifier(world()[2], clock=FixedClock(NOW)).verify(data, policy))


def changed(round_: int, number: int) -> bytes:
    draw = random.Random(1_000 * round_ + number)
    badges = world()[0]
    badge = json.loads(json.dumps(badges[draw.choice([*SUITES, *(f"{suite} revoked" for suite in SUITES)])]))
    for _ in range(draw.choice([0, 1, 1, 2])):
        draw.choice(OPERATORS)(badge, draw)
    layout = draw.choice([{"separators": (",", ":"), "ensure_ascii": False}, {"indent": 2}, {}])
    return json.dumps(badge, **layout).encode("utf-8", "surrogatepass")  # type: ignore[arg-type]


@pytest.mark.parametrize("round_", range(8))
def test_a_report_is_the_same_whatever_is_remembered(round_: int) -> None:
    documents = [changed(round_, number) for number in range(PER_ROUND)]
    policies = [Policy(), Policy(profile="proof"), Policy(recipient="mina@example.edu")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linked_data, "SHAPES", Unshaped())
        patch.setattr(quick, "AVAILABLE", False)
        plain = []
        for data in documents:
            for policy in policies:
                REMEMBERED.forget()
                plain.append(verified(data, policy))
    REMEMBERED.forget()
    for _ in range(2):
        assert [verified(data, policy) for data in documents for policy in policies] == plain


def test_a_list_that_is_met_again_is_proven_once_and_asked_for_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from testamur.proofs import data_integrity

    REMEMBERED.forget()
    badge = json.dumps(world()[0][SUITES[0]]).encode()
    checked = []
    check_proof = data_integrity.check_proof

    def counting(document: Any, *rest: Any, **others: Any) -> Any:
        checked.append(document["type"])
        return check_proof(document, *rest, **others)

    monkeypatch.setattr(data_integrity, "check_proof", counting)
    reports = [Verifier(world()[2], clock=FixedClock(NOW)).verify(badge) for _ in range(3)]
    lists = [types for types in checked if "BitstringStatusListCredential" in types]
    assert len(lists) == 1
    assert len(checked) == 4
    assert len({str(report.technical["asked"]) for report in reports}) == 1


def test_what_is_remembered_is_bounded_and_forgets_the_oldest() -> None:
    memory = Remembered(most=3, most_bytes=100)
    made = []

    def of(key: str, weight: int = 10) -> str:
        return memory.of(key, lambda _: weight, lambda: made.append(key) or key)

    assert [of(key) for key in "abcabc"] == list("abcabc")
    assert made == list("abc")
    of("a")
    of("d")
    assert (len(memory), of("b"), made) == (3, "b", list("abcdb"))
    of("heavy", 26)
    assert memory.get("heavy") is None, "a quarter of the room is the most that one thing may take"
    for key in "efgh":
        of(key, 25)
    assert len(memory) <= 3
    assert memory.of("none", lambda _: 1, lambda: None) is None
    memory.forget()
    assert len(memory) == 0
    with pytest.raises(ValueError, match="broken"):
        memory.of("x", lambda _: 1, broken)
    assert len(memory) == 0


@pytest.mark.parametrize("unit", ["{}", "[]", '"a1"', '{"a":1}', '{"a":{"b":[]}}', "1.5", f'"{"x" * 500}"'])
def test_what_is_read_weighs_about_as_much_as_it_takes(unit: str) -> None:
    content = ('{"x":[' + ",".join([unit] * (100_000 // len(unit))) + "]}").encode()
    gc.collect()
    tracemalloc.start()
    value = strict_json.loads(content)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert list(value) == ["x"]
    assert (held + len(content)) / 1.5 < weight_of(content) < 3 * (held + len(content))


def broken() -> None:
    raise ValueError("broken")


def test_a_digest_is_that_of_the_bytes() -> None:
    assert digest_of(b"a") != digest_of(b"a ")

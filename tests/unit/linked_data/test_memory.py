"""What is remembered while one question lasts: the same result, worked out once, and never somebody else's."""

from __future__ import annotations

from typing import Any

import pytest
from tests.simulator import Institution

from testamur import linked_data
from testamur.errors import TooComplex
from testamur.linked_data import memory
from testamur.linked_data.memory import recalled, remembering


class Counted:
    def __init__(self, result: Any = "result") -> None:
        self.calls, self.result = 0, result

    def __call__(self) -> Any:
        self.calls += 1
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def test_the_same_values_are_worked_out_once_and_then_forgotten() -> None:
    document, work = {"a": [1], "b": {"c": 2}}, Counted()
    with remembering():
        assert recalled("x", document, work) == recalled("x", dict(document), work) == "result"
        assert work.calls == 1
        with remembering():
            recalled("x", document, work)
        assert work.calls == 1, "one within another goes on with what is known"
    recalled("x", document, work)
    with remembering():
        recalled("x", document, work)
    assert work.calls == 3


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("y", {}),
        ("x", {"b": {"c": 2}}),  # equal, but another object: it might be changed by somebody else
        ("x", {"d": 1}),
    ],
)
def test_what_is_not_the_very_same_is_worked_out(kind: str, other: dict[str, Any]) -> None:
    document, work = {"a": [1], "b": {"c": 2}}, Counted()
    with remembering():
        recalled("x", document, work)
        recalled(kind, {**document, **other}, work)
        assert work.calls == 2
        recalled("x", {"a": document["a"]}, work)
        assert work.calls == 3


def test_a_refusal_is_remembered_too() -> None:
    work = Counted(TooComplex("too much"))
    document = {"a": [1]}
    with remembering():
        for _ in range(3):
            with pytest.raises(TooComplex):
                recalled("x", document, work)
    assert work.calls == 1


def test_only_so_many_are_kept() -> None:
    documents = [{"a": [number]} for number in range(20)]
    work = Counted()
    with remembering():
        for document in documents:
            recalled("x", document, work)
        results = memory._RESULTS.get()
        assert results is not None
        assert len(results) <= 8
        recalled("x", documents[0], work)
        assert work.calls == 21


def test_a_large_document_is_canonicalised_once_for_all_its_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Institution().unsigned()
    document["evidence"] = [{"id": f"urn:evidence:{number}", "type": ["Evidence"]} for number in range(3_000)]
    plain = linked_data.canonicalize(document)
    calls = []
    complete = linked_data.complete_quads
    monkeypatch.setattr(linked_data, "complete_quads", lambda *given: calls.append(1) or complete(*given))
    with remembering():
        quads = linked_data.to_rdf(document, rdf_direction=linked_data.SIGNED_DIRECTION)
        assert [linked_data.canonicalize(dict(document)) for _ in range(3)] == [plain] * 3
        assert len(quads) == len(plain.splitlines())
    assert len(calls) == 1

"""Whatever is done to a document: the lints give findings, never an accident; and what has no error can be signed and verifies."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.issuing.examples import document

from testamur.issuing import Severity, lint, prepare, sign
from testamur.issuing.lints import RULES
from testamur.issuing.lints.document import json_readable
from testamur.issuing.lints.rule import Draft
from testamur.proofs.data_integrity import check_proof
from testamur.proofs.keys import PrivateKey

KEY = PrivateKey.generate()
NAMES = [
    "id",
    "type",
    "name",
    "@context",
    "@id",
    "@type",
    "credentialSubject",
    "achievement",
    "result",
    "status",
    "image",
    "endorsement",
]
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with a key or index of it."""
    found: list[tuple[Any, Any]] = []
    for key, entry in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
        found.append((value, key))
        if isinstance(entry, dict | list):
            found += places(entry)
    return found


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_has_no_error_can_be_signed(data: st.DataObject) -> None:
    changed = document()
    for _ in range(data.draw(st.integers(1, 2))):
        container, key = data.draw(st.sampled_from(places(changed)))
        match data.draw(st.sampled_from(["replace", "drop", "add"])):
            case "replace":
                container[key] = data.draw(values)
            case "drop":
                del container[key]
            case "add" if isinstance(container, dict):
                container[data.draw(st.sampled_from(NAMES) | st.text(max_size=6))] = data.draw(values)
    errors = [finding for finding in lint(changed) if finding.severity is Severity.ERROR]
    if not errors:
        method = f"{changed['issuer']['id']}#key-1"
        signed = json.loads(
            sign(prepare(changed, KEY, verification_method=method, created=datetime(2026, 11, 25, tzinfo=UTC)), KEY)
        )
        assert check_proof(signed, signed["proof"][0], KEY.public).outcome == "passed"


texts = st.sampled_from(
    ["", " ", "a", "x" * 70_000, "data:image/gif;base64,AA", "mina@example.edu", "ext:mine", "2026-01-01", "urn:x"]
)


class Unshaped(Draft):
    """A draft without a known shape, so that everything in it is looked for."""

    known = None  # type: ignore[assignment]


def reworded(value: Any, data: st.DataObject, name: str = "") -> Any:
    """`value` with some of the texts replaced of which a rule for the form may take no notice."""
    if isinstance(value, dict):
        return {key: entry if key == "@context" else reworded(entry, data, key) for key, entry in value.items()}
    if isinstance(value, list):
        return [reworded(entry, data, name) for entry in value]
    if not isinstance(value, str) or name == "type" or data.draw(st.integers(0, 3)):
        return value
    return data.draw(texts)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_is_settled_for_a_form_holds_for_each_document_of_it(data: st.DataObject) -> None:
    """The second document of a shape is looked at by fewer rules; it gets the findings that all rules would give."""
    first = document()
    for _ in range(data.draw(st.integers(0, 2))):
        container, key = data.draw(st.sampled_from(places(first)))
        if data.draw(st.booleans()):
            container[key] = data.draw(values)
        else:
            del container[key]
    for changed in (first, reworded(first, data)):
        draft = Unshaped(changed)
        unreadable = [*json_readable.check(draft)]
        every = [
            (rule.name, problem.path, problem.sentence)
            for rule in RULES
            for problem in ([] if unreadable and rule is not json_readable else rule.check(draft))
        ]
        if not unreadable:
            shaped = Draft(changed)
            assert shaped.values == draft.values
            assert shaped.places == draft.places
            assert [shaped.named(name) for name in NAMES] == [draft.named(name) for name in NAMES]
            assert shaped.linked_data_error is None or shaped.known is None
        found = lint(changed)
        assert [(finding.rule, finding.path, finding.sentence) for finding in found] == every


def test_a_document_of_a_known_form_is_looked_at_by_fewer_rules() -> None:
    lint(document())
    known = Draft(document()).known
    assert known is not None
    left = {rule.name for rule in known.settled("lints", tuple)}
    assert left == {rule.name for rule in RULES if not rule.by_form} - {"json.readable"}
    assert len(left) < len(RULES) - 12

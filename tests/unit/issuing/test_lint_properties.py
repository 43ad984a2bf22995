"""Whatever is done to a document: the lints give findings, never an accident; and what has no error can be signed and verifies."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.issuing.examples import document

from testamur.issuing import Severity, lint, prepare, sign
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

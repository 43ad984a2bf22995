"""What makes the general path quicker says the same as the slower way beside it: the kernels in both forms, lints with and without a shape,
signing with and without reading the stored text again."""

from __future__ import annotations

import copy
import json
from typing import Any

import base58 as package
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.test_shapes import HOSTILE, IDENTIFIERS, ODD_IDENTIFIERS, REFUSED, any_text

from testamur.accelerated import compiled
from testamur.cli.bench.sample import CREATED, Sample
from testamur.errors import IssuingRefused
from testamur.issuing import compose, prepare, restore, sign
from testamur.issuing.lints import Finding, findings_in
from testamur.issuing.lints.rule import Draft
from testamur.linked_data import apart
from testamur.linked_data.shapes import shape
from testamur.proofs import base58
from testamur.proofs.data_integrity.suites import SUITES, hash_input
from testamur.verification.codes import CODES, found
from testamur.verification.report import Check

EXAMPLES = 150
APART = [form for form in (apart, compiled(apart)) if form is not None]
BASE58 = [form for form in (base58, compiled(base58)) if form is not None]
SAMPLE = Sample.make()
DOCUMENT = compose(SAMPLE.issuer, SAMPLE.achievement, *SAMPLE.award(1))
ODD: list[Any] = [
    *HOSTILE, *REFUSED, *IDENTIFIERS, *ODD_IDENTIFIERS,
    None, True, 1, 1.5, -1.0, 2**60, 2**70, [], {}, ["a", ["b"]], {"id": "x"}, {"type": "X"},
    "data:text/plain,a", "JavaScript:a", "HTTPS://a", "https://a b", "urn:uuid:1", "did:x", "2026-02-30T00:00:00Z", "2026-02-03T24:00:00Z",
    "2026-02-03T10:00:00.5Z", "2026-02-03T10:00:00+15:00", "ext:abc", "ext: x", "mina@example.org", "https://a/mina%40example.org",
    "sha256$zz", "\U0001fffe", "\U0001f600", "\\u0041",
]  # fmt: skip
NAMES = [
    "id",
    "type",
    "name",
    "@id",
    "@context",
    "proof",
    "endorsement",
    "evidence",
    "inLanguage",
    "dateOfBirth",
    "digestSRI",
    "foo",
]


class NotPlain(dict[str, Any]):
    pass


plain = st.recursive(
    st.sampled_from([*ODD[:60], None, False, 0, 0.0, -0.0, (), b"a", NotPlain(a="b"), 2**70]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(plain, st.integers(0, 6))
def test_a_document_comes_apart_alike_in_both_forms(value: Any, most: int) -> None:
    parts = [form.take_apart(value, most) for form in APART]
    assert all(repr(each) == repr(parts[0]) for each in parts)
    if type(value) is dict:
        values = [form.bare_values(value, frozenset({"@context", "endorsement"})) for form in APART]
        assert all(repr(each) == repr(values[0]) for each in values)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 12), st.binary(max_size=100))
def test_base_58_is_that_of_the_package_in_both_forms(zeros: int, rest: bytes) -> None:
    data = b"\0" * zeros + rest
    text = package.b58encode(data).decode()
    for form in BASE58:
        assert form.encode(data) == text
        assert form.decode(text) == data


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, "\x1f", "\\\\", '\\"', "\\n"]) | any_text, max_size=6))
def test_what_people_write_is_escaped_as_everything_else(texts: list[str]) -> None:
    text = "\x1f".join(texts).encode("utf-8", "surrogatepass")
    assert shape._escaped(text) == shape._TO_ESCAPE.sub(shape._escape, text)


def altered(data: st.DataObject) -> dict[str, Any]:
    """The document of the sample with up to three of its values replaced, taken away or added."""
    document = copy.deepcopy(DOCUMENT)
    for _ in range(data.draw(st.integers(0, 3))):
        places = list(_places(document))
        holder, name = data.draw(st.sampled_from(places))
        if data.draw(st.booleans()):
            holder[name] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
        elif data.draw(st.booleans()) or isinstance(holder, list):
            del holder[name]
        else:
            holder[data.draw(st.sampled_from(NAMES))] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
    return document


def _places(value: Any) -> Any:
    for name, member in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, name
        if isinstance(member, (dict, list)):
            yield from _places(member)


def _without_shape(document: dict[str, Any]) -> list[Finding]:
    draft = Draft(document)
    draft.__dict__["known"] = None  # as if the complete path had to decide
    return findings_in(draft)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_lints_find_by_shape_what_they_find_without(data: st.DataObject) -> None:
    document = altered(data)
    assert findings_in(Draft(document)) == _without_shape(document)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_is_signed_at_once_is_what_is_signed_after_a_crash(data: st.DataObject) -> None:
    document = altered(data)
    try:
        prepared = prepare(document, SAMPLE.key, verification_method=SAMPLE.method, created=CREATED)
    except IssuingRefused:
        return
    document.clear()  # what happens to it now is nobody's business
    stored = restore(prepared.content, digest=prepared.digest)
    assert stored._fixed is None
    signed = sign(prepared, SAMPLE.key)
    assert signed == sign(stored, SAMPLE.key)
    assert json.loads(signed)["proof"][0]["proofValue"]


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["created", "verificationMethod", "proofPurpose", "challenge"]), st.sampled_from(IDENTIFIERS)
    )
)
def test_proof_options_that_are_met_again_hash_alike(members: dict[str, str]) -> None:
    suite = SUITES["eddsa-rdfc-2022"]
    options = {"type": "DataIntegrityProof", "cryptosuite": suite.name, "proofPurpose": "assertionMethod", **members}
    document = {**DOCUMENT, "@context": list(DOCUMENT["@context"])}
    first, again = (hash_input(suite, document, options, "Ed25519") for _ in range(2))
    # A member that says nothing about who signs keeps the options from being looked up.
    careful = hash_input(suite, document, {**options, "@context": "taken from the document"}, "Ed25519")
    assert first == again == careful


def test_a_finding_made_quickly_is_one_made_slowly() -> None:
    for row in CODES.values():
        facts = dict.fromkeys(row.facts, "x")
        quick = found(row.code, **facts)
        assert quick == Check(row.name, row.question, row.outcome, row.code, facts, row.required, row.problem)
        assert repr(quick) == repr(
            Check(row.name, row.question, row.outcome, row.code, facts, row.required, row.problem)
        )

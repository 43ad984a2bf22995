"""A document that is recognised by its bytes says the same as one that is read the long way, and its report is the same in every letter."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_verification_hostile import world
from tests.simulator import NOW, FixedClock

from testamur import linked_data, strict_json
from testamur.errors import InputError
from testamur.linked_data import apart
from testamur.linked_data import forms as forms_module
from testamur.linked_data.forms import Forms, Recognised
from testamur.linked_data.matched import match
from testamur.linked_data.shapes import ShapeCache
from testamur.linked_data.shapes.skeleton import KERNEL as APART
from testamur.log.secured import secured_document
from testamur.proofs.data_integrity import SUITES
from testamur.strict_json import quick
from testamur.verification import Policy, Report, Verifier
from testamur.verification.presenters import json_bytes, subject, to_json
from testamur.verification.presenters import quick as quick_reading
from testamur.verification.presenters.subject import reading
from testamur.verification.report import Question, outcome_of, outcomes_of
from testamur.verification.schemas import achievement
from testamur.verification.schemas.partly import left_of

form_of = forms_module._form_of
pytestmark = pytest.mark.skipif(not quick.AVAILABLE, reason="nothing is learned without orjson")

HOSTILE = [
    *(
        "",
        "a",
        '"',
        "\\",
        "\n",
        "\t\r\n",
        "\0",
        "\x07",
        "\b\f",
        "\x1f",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufffe",
        "\uffff",
        "\ufeff",
    ),
    *(
        "é",
        "김미나",
        "😀",
        "a\\u0041",
        "\\n",
        "\\\\n",
        '\\"',
        '","id":"x',
        "ext:foo",
        "did:web:a",
        "https://a/",
        "https:// a",
    ),
    *("urn:x:\\", "urn:x", "a:b", "https://é.example", "{", "]}", "  two  ", "name", "2026-01-01T00:00:00Z", "\ud800"),
]
any_text = st.sampled_from(HOSTILE) | st.text(max_size=8)


def places(value: Any, *, proof: bool = True) -> Iterator[tuple[Any, Any]]:
    """Every text of a document that may be another in its form, as the container and its key."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, member in members:
        if name in ("@context", "type") or (name == "proof" and not proof):
            continue
        if isinstance(member, str):
            yield value, name
        elif isinstance(member, (dict, list)):
            yield from places(member, proof=proof)


def written(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def badge() -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps(world()[0]["eddsa-rdfc-2022"]))
    return copied


def unsecured(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


@pytest.fixture(scope="module")
def forms() -> Forms:
    """What has met the badge twice."""
    found = Forms()
    known = linked_data.matched(unsecured(badge()))
    assert known is not None
    for _ in range(2):
        found.learn(strict_json.dumps(badge()), badge(), known, "open_badges_3", SUITES)
    recognised = found.recognise(strict_json.dumps(badge()))
    assert recognised is not None
    assert recognised.form.standard == "open_badges_3"
    return found


def agrees(content: bytes, recognised: Recognised | None) -> None:
    """Whatever was recognised is what the long way reads."""
    if recognised is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick, "AVAILABLE", False)
        document = strict_json.loads(content)
        canonical = secured_document(document)
    assert json.dumps(document) == json.dumps(recognised.value)
    assert recognised.canonical_json() == canonical
    known = recognised.matched()
    if known is not None:
        quads = linked_data.complete_quads(unsecured(document))
        assert known.quads() == quads
        assert known.canonical() == known.canonical() == linked_data.canonicalize_quads(quads).nquads
        left = left_of(achievement.SCHEMAS["achievement", "2.0"], unsecured(document), known)
        if left is not None and left.met_by(known):
            assert achievement.broken_rules(unsecured(document), kind="achievement", version="2.0") == []


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_what_is_recognised_is_what_the_long_way_reads(forms: Forms, data: st.DataObject) -> None:
    document = badge()
    every = list(places(document))
    for _ in range(data.draw(st.integers(0, 3))):
        container, name = data.draw(st.sampled_from(every))
        container[name] = data.draw(any_text | st.sampled_from([each[key] for each, key in every]))
    content = written(document)
    agrees(content, forms.recognise(content))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_so_it_is_with_bytes_that_somebody_has_damaged(forms: Forms, data: st.DataObject) -> None:
    content = bytearray(strict_json.dumps(badge()))
    at = data.draw(st.integers(0, len(content)))
    more = [b"\\", b'"', b"\\u0041", b"\\n", b"\\ud800", b" ", b"\n", b"\0", b"\xff", b"{", b"\xef\xbb\xbf", b""]
    content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(more))
    recognised = forms.recognise(bytes(content))
    try:
        strict_json.loads(bytes(content))
    except InputError:
        assert recognised is None
    agrees(bytes(content), recognised)


@given(
    st.lists(st.sampled_from([*'\\\\\\nrtbfu0"', "\x00", "\x1f", " ", "a", "é", "김", "😀"]), max_size=40).map("".join)
)
def test_usual_texts_are_told_alike_by_both_forms(text: str) -> None:
    content = text.encode()
    escaped = [text[at + 1 : at + 2] for at in range(len(text)) if text[at] == "\\"]
    usual = not any(letter < " " for letter in text) and all(each and each in "nrt" for each in escaped)
    assert apart.is_usual_text(content) is usual
    assert APART.is_usual_text(content) is usual


def test_a_form_holds_no_text_of_the_document_that_it_was_learned_from(forms: Forms) -> None:
    kept = b"".join(
        form._template.pool + form._canonical.pool for alike in forms._forms.values() for form in alike
    ).decode()
    texts = {container[name] for container, name in places(badge())} - {"eddsa-rdfc-2022", "assertionMethod"}
    assert [text for text in texts if f'"{text}"' in kept.replace(f'"{text}":', "")] == []


def test_what_is_kept_is_bounded() -> None:
    found = Forms()
    for number in range(300):
        document = {**badge(), f"more{number}": {"@context": "urn:x"}}
        known = match(ShapeCache(), unsecured(badge()), "sha256")
        assert known is not None
        for _ in range(2):
            found.learn(strict_json.dumps(document), document, known, "open_badges_3", SUITES)
    assert 0 < sum(map(len, found._forms.values())) <= 64


@pytest.mark.parametrize("text", ['said "so"', '"', '""', '"\n"', 'a "b', 'a\n"b"\tc'])
def test_a_quotation_mark_in_a_text_is_no_hindrance(forms: Forms, text: str) -> None:
    document = {**badge(), "name": text}
    recognised = forms.recognise(strict_json.dumps(document))
    assert recognised is not None
    assert recognised.value == document
    agrees(strict_json.dumps(document), recognised)


def test_what_cannot_be_recognised_is_not_looked_at_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found, looked = Forms(), []
    monkeypatch.setattr(forms_module, "_form_of", lambda *args: looked.append(1) or form_of(*args))
    document = {**badge(), "name": 'said \\"so"'}
    known = match(ShapeCache(), unsecured(document), "sha256")
    assert known is not None
    for _ in range(100):
        found.learn(strict_json.dumps(document), document, known, "open_badges_3", SUITES)
    assert (len(looked), found._forms) == (6, {})


@pytest.mark.parametrize(
    "proof",
    [
        {},
        [],
        "no object",
        {"cryptosuite": "mine", "proofValue": "z"},
        {"proofPurpose": "an address of a person", "proofValue": "z"},
        {"@context": {"name": "a person"}, "proofValue": "z"},
        {"proofValue": ["z"]},
    ],
)
def test_a_proof_of_another_kind_is_not_learned_from(proof: Any) -> None:
    found, document = Forms(), {**badge(), "proof": proof}
    known = linked_data.matched(unsecured(document))
    assert known is not None
    for _ in range(3):
        found.learn(written(document), document, known, "open_badges_3", SUITES)
    recognised = found.recognise(written(document))
    assert recognised is None or proof == {}


class Unshaped(ShapeCache):
    """Knows no shape, so that the complete path decides, and nothing is learned."""

    def by_shape(self, *_: Any) -> None:
        return None


def reports(documents: list[bytes]) -> list[Report]:
    verifier = Verifier(world()[2], clock=FixedClock(NOW))
    return [verifier.verify(content, policy) for content in documents for policy in (Policy(), Policy(profile="proof"))]


def test_reports_are_the_same_with_forms_and_without() -> None:
    draw = random.Random(5)
    documents = [written(badge())] * 3
    for _ in range(40):
        document = badge()
        every = list(places(document))
        for _ in range(draw.choice([1, 1, 2])):
            container, name = draw.choice(every)
            container[name] = draw.choice(HOSTILE)
        documents.append(written(document))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linked_data, "SHAPES", Unshaped())
        patch.setattr(linked_data, "FORMS", Forms())
        patch.setattr(quick, "AVAILABLE", False)
        plain = [to_json(report) for report in reports(documents)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linked_data, "FORMS", Forms())
        for language in ("en", "ko"):
            found = reports(documents)
            assert [json_bytes(report, language) for report in found] == [
                strict_json.dumps(to_json(report, language)) for report in found
            ]
        assert [to_json(report) for report in reports(documents)] == plain
        assert linked_data.FORMS.recognise(documents[0]) is not None


def test_a_document_is_read_alike_in_both_forms() -> None:
    draw = random.Random(11)
    for _ in range(200):
        document = badge()
        container, name = draw.choice(
            [*places(document), (document["credentialSubject"], "achievement"), (document, "type")]
        )
        container[name] = draw.choice(
            [*HOSTILE, None, 1, [], {}, ["a", {"en": "b"}], {"en": "a", "ko": "가"}, {"@value": "a"}]
        )
        for asked in ("reading", "how_much", "has_criteria"):
            assert getattr(quick_reading.KERNEL, asked)(document) == getattr(subject, asked)(document)
        assert subject.how_much(document)[3] == subject.has_criteria(document)
        assert subject.has_criteria(document) == bool(subject.reading(document).get("achievement", {}).get("criteria"))


def test_the_questions_are_answered_together_as_one_by_one() -> None:
    for report in reports([written(badge()), b"{}", written({**badge(), "proof": []})]):
        of_each = {
            question: outcome_of(check for check in report.checks if check.question is question)
            for question in Question
        }
        assert outcomes_of(report.checks) == of_each


def test_half_a_surrogate_pair_is_written_the_careful_way() -> None:
    report = Report((), NOW, subject=reading({"name": "\ud800"}))
    assert json.loads(json_bytes(report).decode("utf-8", "surrogatepass"))["subject"]["name"] == "\ud800"

"""Registers in other people's formats: what they give, and that a forged statement refuses the file."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.simulator import NOW
from tests.simulator.institution import key_from

from testamur.errors import InputError, Malformed
from testamur.proofs.jose.make import sign_compact
from testamur.verification import TrustRegistry
from testamur.verification.registries import read_register

ANCHOR, MIDDLE = "https://federation.example", "https://agency.example"
SCHOOL, COLLEGE = "did:web:university.example", "https://college.example/issuers/1"
KEYS = {name: key_from(name, "P-256") for name in (ANCHOR, MIDDLE, COLLEGE)}


def statement(issuer: str, subject: str, *, signer: str | None = None, **more: Any) -> str:
    said: dict[str, Any] = {
        "iss": issuer,
        "sub": subject,
        "iat": int(NOW.timestamp()) - 1000,
        "exp": int(NOW.timestamp()) + 1000,
        "jwks": {"keys": [KEYS[subject].public.jwk]} if subject in KEYS else {"keys": []},
        "metadata": {"federation_entity": {"organization_name": f"Name of {subject}"}},
        **more,
    }
    return sign_compact({"typ": "entity-statement+jwt"}, json.dumps(said).encode(), KEYS[signer or issuer])


def federation(*statements: str) -> str:
    return "\n".join([statement(ANCHOR, ANCHOR), *statements])


def test_an_issuer_registry_of_the_dcc() -> None:
    file = {
        "meta": {"created": "2020-12-02T02:32:16+0000", "updated": "2021-12-15T18:41:36+0000"},
        "registry": {
            "did:key:z6Mktpn6cXks1PBKLMgZH2VaahvCtBMF6K8eCa7HzrnuYLZv": {
                "name": "Example University",
                "location": "Cambridge, MA, USA",
                "url": "https://university.example",
            },
            SCHOOL: {"name": "Other University", "url": "https://university.example"},
        },
    }
    register = read_register(json.dumps(file), name="members.json")
    assert (register.name, register.relied_on, len(register.institutions)) == ("members.json", False, 2)
    [listing] = TrustRegistry([register]).listings(SCHOOL)
    assert (listing.institution.name, listing.matched) == ("Other University", SCHOOL)
    assert TrustRegistry([register]).listings("https://university.example/other") == (), (
        "the address of a page proves nothing"
    )


@pytest.mark.parametrize("shape", ["lines", "array"])
def test_a_federation(shape: str) -> None:
    tokens = [
        statement(ANCHOR, ANCHOR),
        statement(ANCHOR, SCHOOL),
        statement(ANCHOR, MIDDLE),
        statement(MIDDLE, COLLEGE),
    ]
    text = "\n".join(tokens) if shape == "lines" else json.dumps(tokens)
    register = read_register(text, name="federation", relied_on=True)
    assert register.name == f"Name of {ANCHOR}"
    assert {institution.name for institution in register.institutions} == {
        f"Name of {each}" for each in (SCHOOL, MIDDLE, COLLEGE)
    }
    [listing] = TrustRegistry([register]).listings(COLLEGE)
    assert listing.institution.in_force(NOW)
    assert not listing.institution.in_force(datetime(2030, 1, 1, tzinfo=UTC))


def test_the_order_of_the_others_does_not_matter() -> None:
    one = read_register(federation(statement(MIDDLE, COLLEGE), statement(ANCHOR, MIDDLE)), name="x")
    assert len(one.institutions) == 2


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        (statement(ANCHOR, SCHOOL, signer=MIDDLE), "signed by somebody else"),
        (statement(MIDDLE, COLLEGE), "made by an entity that nobody vouches for"),
        (statement(COLLEGE, SCHOOL), "made by an institution that is not listed"),
    ],
)
def test_a_statement_that_is_not_proven_refuses_the_file(forged: str, why: str) -> None:
    good = statement(ANCHOR, SCHOOL)
    assert len(read_register(federation(good), name="x").institutions) == 1
    with pytest.raises(Malformed) as caught:
        read_register(federation(good, forged), name="x")
    assert caught.value.code == "trust.statement_not_proven", why


def test_a_changed_statement() -> None:
    head, payload, signature = statement(ANCHOR, SCHOOL).split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    said["sub"] = "did:web:mill.example"
    changed = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    with pytest.raises(Malformed, match="not signed by who"):
        read_register(federation(f"{head}.{changed}.{signature}"), name="x")


def test_the_anchor_comes_first_and_signs_for_itself() -> None:
    with pytest.raises(Malformed, match="trust anchor"):
        read_register("\n".join([statement(ANCHOR, SCHOOL), statement(ANCHOR, ANCHOR)]), name="x")
    with pytest.raises(Malformed, match="trust anchor"):
        read_register("\n".join([statement(ANCHOR, ANCHOR, signer=MIDDLE), statement(ANCHOR, SCHOOL)]), name="x")


def test_what_an_entity_says_of_itself_adds_nothing() -> None:
    register = read_register(federation(statement(COLLEGE, COLLEGE), statement(ANCHOR, SCHOOL)), name="x")
    assert [institution.ids for institution in register.institutions] == [frozenset({SCHOOL})]


def test_statements_that_were_decoded_are_the_operators_word() -> None:
    decoded = [
        {"iss": ANCHOR, "sub": SCHOOL, "metadata": {"federation_entity": {"organization_name": "Example University"}}}
    ]
    register = read_register(json.dumps(decoded), name="by-hand.json")
    assert (register.name, register.institutions[0].name) == ("by-hand.json", "Example University")


def test_our_own_format_is_read_as_before() -> None:
    file = {"type": "TrustRegister", "name": "Ours", "institutions": [{"name": "A", "domains": ["a.example"]}]}
    assert read_register(json.dumps(file), name="ignored", relied_on=True).name == "Ours"


@pytest.mark.parametrize(
    "content",
    [
        "", "{}", "[]", "[1]", "x.y.z", '{"registry": {"did:a:b": {}}}', '{"registry": {"javascript:x": {"name": "A"}}}',
        '[{"name": "Registers", "url": "https://a.example/registry.json"}]', '[{"iss": 1, "sub": "x"}]',
        '[{"iss": "https://a.example", "sub": "did:web:b.example", "exp": "soon"}]', "[" * 100,
    ],
)  # fmt: skip
def test_what_is_no_register(content: str) -> None:
    with pytest.raises(InputError):
        read_register(content, name="x")


# --- trust marks ------------------------------------------------------------------------------------------------------------------------

MARK = "https://federation.example/marks/accredited"


def mark(issuer: str = MIDDLE, subject: str = COLLEGE, *, signer: str | None = None, **more: Any) -> str:
    said = {"iss": issuer, "sub": subject, "iat": 0, "trust_mark_type": MARK, **more}
    return sign_compact({"typ": "trust-mark+jwt"}, json.dumps(said).encode(), KEYS[signer or issuer])


def marked(token: str, kind: str = MARK, **anchor: Any) -> TrustRegistry:
    """A federation whose college shows a trust mark in its own configuration."""
    anchor = {"trust_mark_issuers": {MARK: [MIDDLE]}, **anchor}
    shown = [{"trust_mark_type": kind, "trust_mark": token}]
    statements = [
        statement(ANCHOR, ANCHOR, **anchor),
        statement(ANCHOR, MIDDLE),
        statement(MIDDLE, COLLEGE),
        statement(COLLEGE, COLLEGE, trust_marks=shown),
    ]
    return TrustRegistry([read_register("\n".join(statements), name="federation", relied_on=True)])


def marks_of(registry: TrustRegistry) -> list[str]:
    [listing] = registry.listings(COLLEGE)
    return [entry.by for entry in listing.institution.accreditations]


def test_a_trust_mark_is_an_accreditation() -> None:
    registry = marked(mark())
    assert marks_of(registry) == [MIDDLE]
    accrediting = registry.accrediting(MIDDLE, NOW)
    assert accrediting is not None
    assert accrediting.institution.name == f"Name of {MIDDLE}"
    assert registry.accrediting(COLLEGE, NOW) is None, "who shows a mark may not give any"
    assert marks_of(marked(mark(), trust_mark_issuers={MARK: []})) == [MIDDLE], "an empty list: anybody may"


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (mark(signer=COLLEGE), "signed by the one who shows it"),
        (mark(issuer=COLLEGE), "its issuer may not give marks"),
        (mark(subject=SCHOOL), "it is somebody else's"),
        (mark(trust_mark_type="https://federation.example/marks/other"), "of a type of which the anchor says nothing"),
        ("x.y.z", "no token"),
    ],
)
def test_a_mark_that_does_not_count_is_passed_over(token: str, why: str) -> None:
    assert marks_of(marked(token)) == [], why
    assert marks_of(marked(mark())) == [MIDDLE]


def test_a_mark_shown_under_another_type() -> None:
    assert marks_of(marked(mark(), kind="https://federation.example/marks/other")) == []


def test_a_mark_that_has_an_owner_needs_the_owners_delegation() -> None:
    owners = {MARK: {"sub": "https://owner.example", "jwks": {"keys": [KEYS[ANCHOR].public.jwk]}}}
    delegation = {"iss": "https://owner.example", "sub": MIDDLE, "trust_mark_type": MARK}

    def delegated(signer: str, **changes: Any) -> str:
        said = json.dumps({**delegation, **changes}).encode()
        return mark(delegation=sign_compact({"typ": "trust-mark-delegation+jwt"}, said, KEYS[signer]))

    assert marks_of(marked(delegated(ANCHOR), trust_mark_owners=owners)) == [MIDDLE]
    assert marks_of(marked(mark(), trust_mark_owners=owners)) == []
    assert marks_of(marked(delegated(MIDDLE), trust_mark_owners=owners)) == [], "signed by somebody else"
    assert marks_of(marked(delegated(ANCHOR, sub=COLLEGE), trust_mark_owners=owners)) == [], "to somebody else"


@pytest.mark.parametrize(
    "changes",
    [
        {"accredits": "yes"},
        {"accredits": {"levels": "6"}},
        {"accreditations": {}},
        {"accreditations": [{}]},
        {"accreditations": [{"by": ""}]},
        {"accreditations": [{"by": "did:web:a.example", "from": "2020"}]},
        {"accreditations": [{"by": "did:web:a.example", "levels": [6]}]},
    ],
)
def test_a_malformed_accreditation_refuses_our_own_register(changes: dict[str, Any]) -> None:
    entry = {"name": "A", "domains": ["a.example"], "accredits": True, "accreditations": [{"by": "did:web:a.example"}]}
    file = {"type": "TrustRegister", "name": "Ours", "institutions": [entry]}
    assert read_register(json.dumps(file), name="x").institutions[0].accreditations[0].by == "did:web:a.example"
    entry.update(changes)
    with pytest.raises(Malformed, match="institutions"):
        read_register(json.dumps(file), name="x")

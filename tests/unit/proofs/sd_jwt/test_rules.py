"""Every rule of RFC 9901 that refuses something, with a token that differs from a good one in this alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from testamur.errors import InputError, ProofError
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.jose import sign_compact
from testamur.proofs.keys import PrivateKey
from testamur.proofs.sd_jwt import (
    KeyBinding,
    SdJwt,
    check_sd_jwt,
    disclosable_paths,
    issue_sd_jwt,
    parse_path,
    present_sd_jwt,
    read_sd_jwt,
)
from testamur.proofs.sd_jwt.disclosure import Disclosure, digest
from testamur.proofs.sd_jwt.paths import write_path

ISSUER = PrivateKey("Ed25519", bytes(range(32)))
HOLDER = PrivateKey("P-256", bytes(range(1, 33)))
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BINDING = KeyBinding("n-0S6_WzA2Mj", "https://verifier.example", NOW)
CLAIMS: dict[str, Any] = {
    "iss": "https://issuer.example",
    "exp": int(NOW.timestamp()) + 60,
    "name": "Jane",
    "address": {"city": "Seoul", "street": "Jong-ro 1"},
    "languages": ["ko", "en"],
}
PATHS = [("name",), ("address",), ("address", "street"), ("languages", 0)]


def signed(payload: Any, *disclosures: str) -> SdJwt:
    return SdJwt((sign_compact({"typ": "x+sd-jwt"}, json.dumps(payload).encode(), ISSUER),), disclosures)


def code(found: Any, **named: Any) -> str:
    return check_sd_jwt(found, ISSUER.public, **named).result.code


def salts() -> Any:
    numbers = count()
    return lambda: f"salt{next(numbers)}"


def issued(**named: Any) -> SdJwt:
    return issue_sd_jwt(CLAIMS, ISSUER, PATHS, header={"typ": "x+sd-jwt"}, holder_key=HOLDER.public, **named)


def bound(claims: dict[str, Any] | None = None, *, signer: PrivateKey = HOLDER, typ: str = "kb+jwt") -> SdJwt:
    """A presentation whose key binding has these claims instead of the right ones."""
    shown = present_sd_jwt(issued(), [("name",)])
    right = {"iat": int(NOW.timestamp()), "aud": BINDING.audience, "nonce": BINDING.nonce}
    right["sd_hash"] = digest(shown.covered, "sha-256")
    merged = {name: value for name, value in {**right, **(claims or {})}.items() if value is not None}
    return SdJwt(shown.tokens, shown.disclosures, sign_compact({"typ": typ}, json.dumps(merged).encode(), signer))


# --- issuing and presenting --------------------------------------------------------------------------------------------------


def test_what_is_hidden_is_not_in_the_signed_text_and_comes_back() -> None:
    token = issued()
    assert len(token.disclosures) == 4
    hidden = check_sd_jwt(token.with_disclosures([]), ISSUER.public)
    assert hidden.document == {
        "iss": CLAIMS["iss"],
        "exp": CLAIMS["exp"],
        "languages": ["en"],
        "cnf": {"jwk": HOLDER.public.jwk},
    }
    opened = check_sd_jwt(token.compact, ISSUER.public, now=NOW)
    assert opened.document == {**CLAIMS, "cnf": {"jwk": HOLDER.public.jwk}}
    assert opened.result.facts == {"algorithm": "EdDSA", "disclosures": 4, "key_bound": False}


def test_an_inner_part_brings_the_outer_with_it_and_not_the_other_way_round() -> None:
    token = issued()
    assert sorted(map(write_path, disclosable_paths(token))) == ["address", "address.street", "languages[0]", "name"]
    outer = check_sd_jwt(present_sd_jwt(token, [("address",)]), ISSUER.public).document
    inner = check_sd_jwt(present_sd_jwt(token, [("address", "street")]), ISSUER.public).document
    through = check_sd_jwt(present_sd_jwt(token, [("address", "city")]), ISSUER.public).document
    assert outer is not None
    assert inner is not None
    assert outer["address"] == {"city": "Seoul"}
    assert inner["address"] == CLAIMS["address"]
    assert through == outer


def test_the_same_salts_give_the_same_bytes_and_others_do_not() -> None:
    assert issued(salt=salts()).compact == issued(salt=salts()).compact
    assert issued().compact != issued().compact


def test_decoys_look_like_digests() -> None:
    payload = check_sd_jwt(issued(decoys=3), ISSUER.public).result.technical["signed_payload"]
    assert len(payload["_sd"]) == 2 + 3
    assert payload["_sd"] == sorted(payload["_sd"])
    assert {len(item) for item in payload["_sd"]} == {43}


@pytest.mark.parametrize("name", ["sha-384", "sha-512", "sha3-256"])
def test_other_hashes(name: str) -> None:
    token = issued(hash_name=name)
    shown = present_sd_jwt(
        token, [("name",)], holder=HOLDER, nonce=BINDING.nonce, audience=BINDING.audience, issued_at=NOW
    )
    assert code(shown.compact, key_binding=BINDING) == "sd_jwt.verified"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"disclosable": [("nobody",)]}, "sd_jwt.path_unknown"),
        ({"disclosable": [("name", 0)]}, "sd_jwt.path_unknown"),
        ({"disclosable": [("languages", "0")]}, "sd_jwt.path_unknown"),
        ({"disclosable": [("languages", 2)]}, "sd_jwt.path_unknown"),
        ({"disclosable": [()]}, "sd_jwt.path_unknown"),
        ({"disclosable": [("name",), ("name",)]}, "sd_jwt.path_repeated"),
        ({"hash_name": "md5"}, "sd_jwt.hash_unknown"),
        ({"decoys": -1}, "sd_jwt.decoys_invalid"),
        ({"decoys": 101}, "sd_jwt.decoys_invalid"),
        ({"claims": {"a": [{"_sd": []}]}, "disclosable": []}, "sd_jwt.name_reserved"),
        ({"claims": {"...": 1}, "disclosable": []}, "sd_jwt.name_reserved"),
        ({"claims": {"_sd_alg": "sha-256"}, "disclosable": []}, "sd_jwt.name_reserved"),
        ({"disclosable": [("name",)] * 2001}, "sd_jwt.too_many"),
    ],
)
def test_what_cannot_be_issued(change: dict[str, Any], expected: str) -> None:
    good = {"claims": CLAIMS, "signer": ISSUER, "disclosable": PATHS, "header": {}}
    issue_sd_jwt(**good)
    with pytest.raises(ProofError) as caught:
        issue_sd_jwt(**{**good, **change})
    assert caught.value.code == expected


def test_what_cannot_be_presented() -> None:
    token = issued()
    for path in (("nobody",), ("iss",), ("languages", 1), ("name", 0), ("address", "zip")):
        with pytest.raises(ProofError) as caught:
            present_sd_jwt(token, [path])
        assert caught.value.code == "sd_jwt.path_unknown"
    with pytest.raises(ProofError) as caught:
        present_sd_jwt(token, [], holder=HOLDER, nonce="n")
    assert caught.value.code == "sd_jwt.key_binding_incomplete"
    with pytest.raises(ProofError) as caught:
        present_sd_jwt(token.with_disclosures(["WyJhIl0"]), [])
    assert caught.value.code == "sd_jwt.disclosure_invalid"


# --- disclosures -------------------------------------------------------------------------------------------------------------

NAME, OTHER = Disclosure.make("s1", "name", "Jane"), Disclosure.make("s2", "name", "Joan")
ELEMENT, AGE = Disclosure.make("s3", None, "ko"), Disclosure.make("s4", "age", 42)
D = {item.text: digest(item.text, "sha-256") for item in (NAME, OTHER, ELEMENT, AGE)}
INNER = Disclosure.make("s5", "inner", {"_sd": [D[NAME.text]]})


def text(value: Any) -> str:
    return base64url_encode(json.dumps(value).encode())


def with_digest(item: str) -> dict[str, Any]:
    return {"_sd": [digest(item, "sha-256")]}


RULES: list[tuple[str, Any, list[str], str]] = [
    ("good", {"_sd": [D[NAME.text]]}, [NAME.text], "sd_jwt.verified"),
    ("good in a list", {"a": [{"...": D[ELEMENT.text]}, "en"]}, [ELEMENT.text], "sd_jwt.verified"),
    ("good inside another", with_digest(INNER.text), [NAME.text, INNER.text], "sd_jwt.verified"),
    ("digests of nothing", {"_sd": [D[NAME.text], D[AGE.text]]}, [], "sd_jwt.verified"),
    ("an inner one alone", with_digest(INNER.text), [NAME.text], "sd_jwt.disclosure_unreferenced"),
    ("not signed", {"_sd": [D[NAME.text]]}, [OTHER.text], "sd_jwt.disclosure_unreferenced"),
    ("given twice", {"_sd": [D[NAME.text]]}, [NAME.text, NAME.text], "sd_jwt.disclosure_repeated"),
    ("signed twice", {"_sd": [D[NAME.text], D[NAME.text]]}, [NAME.text], "sd_jwt.digest_repeated"),
    ("a hidden one twice", {"_sd": [D[AGE.text]], "a": {"_sd": [D[AGE.text]]}}, [], "sd_jwt.digest_repeated"),
    (
        "twice through another",
        {"_sd": [D[NAME.text]], "a": with_digest(INNER.text)},
        [INNER.text],
        "sd_jwt.digest_repeated",
    ),
    ("the name is there", {"name": "X", "_sd": [D[NAME.text]]}, [NAME.text], "sd_jwt.name_taken"),
    ("two of one name", {"_sd": [D[NAME.text], D[OTHER.text]]}, [NAME.text, OTHER.text], "sd_jwt.name_taken"),
    ("an element as member", {"_sd": [D[ELEMENT.text]]}, [ELEMENT.text], "sd_jwt.disclosure_misplaced"),
    ("a member as element", {"a": [{"...": D[NAME.text]}]}, [NAME.text], "sd_jwt.disclosure_misplaced"),
    ("digests no list", {"_sd": D[NAME.text]}, [], "sd_jwt.digest_invalid"),
    ("digest no text", {"_sd": [5]}, [], "sd_jwt.digest_invalid"),
    ("element no text", {"a": [{"...": 5}]}, [], "sd_jwt.digest_invalid"),
    ("element with more", {"a": [{"...": D[ELEMENT.text], "b": 1}]}, [], "sd_jwt.digest_invalid"),
    ("element outside a list", {"a": {"...": D[ELEMENT.text]}}, [], "sd_jwt.digest_invalid"),
    ("hash md5", {"_sd_alg": "md5"}, [], "sd_jwt.hash_unsafe"),
    ("hash no text", {"_sd_alg": 5}, [], "sd_jwt.hash_unsafe"),
    ("hash unknown", {"_sd_alg": "blake9"}, [], "sd_jwt.hash_unknown"),
    ("one part", with_digest(text(["s"])), [text(["s"])], "sd_jwt.disclosure_invalid"),
    ("four parts", with_digest(text(["s", "n", 1, 2])), [text(["s", "n", 1, 2])], "sd_jwt.disclosure_invalid"),
    ("salt no text", with_digest(text([1, "n", 1])), [text([1, "n", 1])], "sd_jwt.disclosure_invalid"),
    ("name no text", with_digest(text(["s", 1, 1])), [text(["s", 1, 1])], "sd_jwt.disclosure_invalid"),
    ("the name _sd", with_digest(text(["s", "_sd", []])), [text(["s", "_sd", []])], "sd_jwt.disclosure_invalid"),
    ("the name ...", with_digest(text(["s", "...", ""])), [text(["s", "...", ""])], "sd_jwt.disclosure_invalid"),
    ("no array", with_digest(text({"a": 1})), [text({"a": 1})], "sd_jwt.disclosure_invalid"),
    ("no JSON", with_digest("AAAA"), ["AAAA"], "sd_jwt.disclosure_invalid"),
    ("no base64url", with_digest("A=="), ["A=="], "sd_jwt.disclosure_invalid"),
]


@pytest.mark.parametrize(
    ("payload", "disclosures", "expected"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES]
)
def test_a_rule_of_the_disclosures(payload: Any, disclosures: list[str], expected: str) -> None:
    assert code(signed(payload, *disclosures)) == expected


def test_depth_through_disclosures_is_bounded() -> None:
    innermost: Any = {"end": True}
    made: list[str] = []
    for number in range(70):
        disclosure = Disclosure.make(f"s{number}", "a", innermost)
        made.append(disclosure.text)
        innermost = with_digest(disclosure.text)
    assert code(signed(innermost, *made)) == "input.json_depth"
    shallow = signed(with_digest(made[5]), *made[:6])
    assert code(shallow) == "sd_jwt.verified"


# --- dates and key binding ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({}, "sd_jwt.verified"),
        ({"exp": NOW.timestamp() + 1, "nbf": int(NOW.timestamp())}, "sd_jwt.verified"),
        ({"exp": int(NOW.timestamp())}, "jose.expired"),
        ({"nbf": int(NOW.timestamp()) + 1}, "jose.not_yet_valid"),
        ({"exp": "2027-01-01T00:00:00Z"}, "jose.time_invalid"),
        ({"nbf": True}, "jose.time_invalid"),
        ({"exp": 1e300}, "jose.time_invalid"),
    ],
)
def test_the_dates(claims: dict[str, Any], expected: str) -> None:
    assert code(signed(claims), now=NOW) == expected
    assert code(signed(claims)) == "sd_jwt.verified"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (bound(), "sd_jwt.verified"),
        (present_sd_jwt(issued(), []), "sd_jwt.key_binding_missing"),
        (bound(signer=ISSUER), "sd_jwt.key_binding_signature_false"),
        (bound(signer=PrivateKey.generate("P-256")), "sd_jwt.key_binding_signature_false"),
        (bound(typ="JWT"), "sd_jwt.key_binding_invalid"),
        (bound({"nonce": None}), "sd_jwt.key_binding_invalid"),
        (bound({"aud": [BINDING.audience]}), "sd_jwt.key_binding_invalid"),
        (bound({"sd_hash": None}), "sd_jwt.key_binding_invalid"),
        (bound({"iat": "today"}), "jose.time_invalid"),
        (bound({"iat": None}), "jose.time_invalid"),
        (bound({"sd_hash": "A" * 43}), "sd_jwt.key_binding_hash"),
        (bound({"nonce": "ñ"}), "sd_jwt.nonce_mismatch"),
        (bound({"aud": "https://other.example"}), "sd_jwt.audience_mismatch"),
        (bound({"iat": int(NOW.timestamp()) - 601}), "sd_jwt.key_binding_time"),
        (bound({"iat": int(NOW.timestamp()) + 61}), "sd_jwt.key_binding_time"),
        (SdJwt(signed({}).tokens, (), bound().key_binding), "sd_jwt.confirmation_missing"),
        (SdJwt(signed({"cnf": []}).tokens, (), bound().key_binding), "sd_jwt.confirmation_invalid"),
        (SdJwt(signed({"cnf": {"jwk": {}}}).tokens, (), bound().key_binding), "sd_jwt.confirmation_invalid"),
        (SdJwt(signed({"cnf": {"kid": "x"}}).tokens, (), bound().key_binding), "sd_jwt.confirmation_unknown"),
    ],
    ids=range(19),
)
def test_a_rule_of_the_key_binding(found: SdJwt, expected: str) -> None:
    assert code(found.compact, key_binding=BINDING) == expected


def test_a_key_binding_does_not_travel_to_another_selection() -> None:
    good = bound()
    moved = SdJwt(good.tokens, (), good.key_binding)
    assert code(good) == "sd_jwt.verified"
    assert code(moved) == "sd_jwt.key_binding_hash"


# --- written forms -----------------------------------------------------------------------------------------------------------

TOKEN = issued(salt=salts())
FLAT = TOKEN.to_json()
UNREADABLE: list[Any] = [
    "",
    TOKEN.tokens[0],
    "a.b~",
    f"{TOKEN.tokens[0]}~~",
    f"{TOKEN.compact}abc",
    f"{TOKEN.compact}é",
    b"\xff",
    {},
    {**FLAT, "signatures": []},
    {**FLAT, "payload": "a.b"},
    {**FLAT, "signature": None},
    {**FLAT, "protected": "a~b"},
    {**FLAT, "header": []},
    {**FLAT, "header": {"disclosures": "x"}},
    {**FLAT, "header": {"disclosures": [5]}},
    {**FLAT, "header": {"disclosures": ["a~b"]}},
    {**FLAT, "header": {"kb_jwt": 5}},
    {**FLAT, "header": {"kb_jwt": "a.b.c~d"}},
    {"payload": "x", "signatures": []},
    {"payload": "x", "signatures": {}},
    {"payload": "x", "signatures": [5]},
    {"payload": FLAT["payload"], "signatures": [FLAT, {**FLAT, "header": {"disclosures": []}}]},
    {"payload": "x", "signatures": [{"protected": "x", "signature": "x"}] * 9},
]


@pytest.mark.parametrize("data", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_sd_jwt(data: Any) -> None:
    assert read_sd_jwt(TOKEN.compact) == read_sd_jwt(FLAT) == read_sd_jwt(json.dumps(FLAT)) == TOKEN
    with pytest.raises(InputError) as caught:
        read_sd_jwt(data)
    assert caught.value.code == "sd_jwt.syntax"
    assert code(data) == "sd_jwt.syntax"


@pytest.mark.parametrize("data", ["x" * 1_500_001, TOKEN.tokens[0] + "~" + "A~" * 2001])
def test_what_is_too_large(data: str) -> None:
    assert code(data) == "input.too_large"


@pytest.mark.parametrize(
    ("written", "path"),
    [("a", ("a",)), ("a.b[0].c", ("a", "b", 0, "c")), ("@context[1]", ("@context", 1)), ("a[10][2]", ("a", 10, 2))],
)
def test_paths(written: str, path: tuple[str | int, ...]) -> None:
    assert parse_path(written) == path
    assert write_path(path) == written


@pytest.mark.parametrize(
    "written", ["", ".", "a.", ".a", "a..b", "[0]", "a[", "a[-1]", "a[01]", "a[x]", "a]b", "a[0]b", "a.[0]"]
)
def test_what_is_no_path(written: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_path(written)
    assert caught.value.code == "sd_jwt.path_invalid"

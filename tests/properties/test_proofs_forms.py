"""A token whose payload is recognised by its bytes has the answer of the long way, whatever stands in it. TESTAMUR_EXAMPLES runs more."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur.accelerated import compiled
from testamur.linked_data import CREDENTIALS_V2
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.keys import PrivateKey
from testamur.proofs.vc_jose_cose import check, check_secured, form_kernel
from testamur.proofs.vc_jose_cose import forms as forms_module
from testamur.proofs.vc_jose_cose.form_kernel import ADDRESS, FIGURE, TEXT
from testamur.proofs.vc_jose_cose.forms import Forms
from testamur.strict_json import quick

pytestmark = pytest.mark.skipif(not quick.AVAILABLE, reason="nothing is learned without orjson")

EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "300"))
SOME = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
KERNELS: dict[str, ModuleType | Any] = {"Python": form_kernel}
if (quick_kernel := compiled(form_kernel)) is not None:
    KERNELS["compiled"] = quick_kernel

KEY = PrivateKey("Ed25519", bytes(range(32)))
OTHER = PrivateKey("P-256", bytes(range(1, 33)))
NOW = datetime(2026, 2, 24, 12, tzinfo=UTC)
HEADER = {"alg": "EdDSA", "kid": "did:web:university.example#key-1", "typ": "vc+jwt", "cty": "vc"}
CREDENTIAL: dict[str, Any] = {
    "@context": [CREDENTIALS_V2],
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential"],
    "name": "Data literacy",
    "issuer": {"id": "did:web:university.example", "name": "University"},
    "validFrom": "2026-02-24T09:30:00Z",
    "credentialSubject": {"id": "did:example:1", "names": ["Jane", "제인"], "score": 4.5, "years": 3, "graded": True},
}
CLAIMS = {**CREDENTIAL, "iss": "did:web:university.example", "jti": "urn:uuid:1", "sub": "did:example:1"}
DATED = {**CLAIMS, "nbf": 1771934400, "exp": 2000000000, "iat": 0}
PAYLOADS = (CREDENTIAL, CLAIMS, DATED, {**CREDENTIAL, "issuer": "https://university.example"})
TEXTS = (
    *(
        '"',
        "\\",
        '\\"',
        "\\n",
        "\\/",
        "\\u0041",
        "\\ud800",
        "\\ud83d\\ude00",
        "\n",
        "\0",
        "\x1f",
        "\x7f",
        "é",
        "김",
        "\ufeff",
    ),
    *(
        "",
        "a",
        "a:b",
        "a:",
        ":b",
        "https://a",
        "https:// a",
        "did:web:other.example",
        "urn:uuid:2",
        "https://é",
        "<",
        "`",
        "|",
    ),
    *('","vc":{},"x":"', '","name":"', '"}', "{", "[", "]}", "1", "a:" + "b" * 2046, "a:" + "b" * 2047),
)
NUMBERS = (
    "0",
    "00",
    "-0",
    "-1",
    "1.0",
    "1e3",
    "01",
    "999999999999999",
    "1000000000000000",
    "253402300800",
    "9" * 70,
    '""',
    "null",
    "",
)
hostile_bytes = st.one_of(
    st.binary(max_size=4),
    st.sampled_from(TEXTS).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.just(b"\xed\xa0\x80"),
)


def written(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def token(payload: bytes, header: dict[str, Any] = HEADER, key: PrivateKey = KEY) -> bytes:
    signed = (base64url_encode(written(header)) + "." + base64url_encode(payload)).encode()
    return signed + b"." + base64url_encode(key.sign(signed)).encode()


def learned(kernel: Any) -> Forms:
    """What has met each of `PAYLOADS` twice."""
    forms = Forms()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms_module, "KERNEL", kernel)
        for payload in PAYLOADS:
            for _ in range(2):
                forms.learn(written(payload), payload)
            assert forms.recognise(written(payload)) is not None
    return forms


LEARNED = {name: learned(kernel) for name, kernel in KERNELS.items()}


def told(data: bytes, forms: Forms, kernel: Any, key: PrivateKey = KEY, now: datetime | None = None) -> Any:
    """All that is said of a token, as text, since in Python `1 == 1.0 == True`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "FORMS", forms)
        patch.setattr(forms_module, "KERNEL", kernel)
        opened = check_secured(data, "vc+jwt", key.public, now=now)
    result = opened.result
    said = result.outcome, result.code, dict(result.facts), dict(result.technical), result.problem
    return repr((said, opened.document))


def agree(data: bytes, **named: Any) -> None:
    expected = told(data, Forms(), form_kernel, **named)
    for name, kernel in KERNELS.items():
        forms = LEARNED[name]
        before = forms._forms
        assert told(data, forms, kernel, **named) == expected
        forms._forms = before  # nothing that an example teaches helps the next


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    for name, member in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, name
        if isinstance(member, (dict, list)):
            yield from places(member)


@SOME
@given(st.sampled_from(PAYLOADS), hostile_bytes, st.integers(0, 10_000), st.integers(0, 9), st.booleans())
def test_damaged_payloads_that_the_key_has_signed(
    payload: Any, other: bytes, at: int, removed: int, timed: bool
) -> None:
    raw = written(payload)
    at %= len(raw)
    agree(token(raw[:at] + other + raw[at + removed :]), now=NOW if timed else None)


@SOME
@given(st.sampled_from(PAYLOADS), st.integers(0, 1000), st.sampled_from(TEXTS) | st.text(max_size=5), st.booleans())
def test_other_texts_in_the_places_of_texts(payload: Any, place: int, text: str, as_written: bool) -> None:
    """With the escapes that a writer would choose, and as they stand, escapes that are none among them."""
    copied = json.loads(written(payload))
    found = [each for each in places(copied) if isinstance(each[0][each[1]], str)]
    container, name = found[place % len(found)]
    container[name] = "MARK" if as_written else text
    agree(token(written(copied).replace(b"MARK", text.encode("utf-8", "surrogatepass"))))


@SOME
@given(st.sampled_from(["nbf", "exp", "iat", "years", "score"]), st.sampled_from(NUMBERS), st.booleans())
def test_other_numbers_in_the_places_of_numbers(name: str, number: str, timed: bool) -> None:
    copied = json.loads(written(DATED))
    (copied if name in copied else copied["credentialSubject"])[name] = "MARK"
    agree(token(written(copied).replace(b'"MARK"', number.encode())), now=NOW if timed else None)


@SOME
@given(st.sampled_from(PAYLOADS), st.randoms(use_true_random=False))
def test_members_in_another_order_twice_or_missing(payload: Any, random: Any) -> None:
    copied = json.loads(written(payload))
    members = [written({name: member})[1:-1] for name, member in copied.items()]
    random.shuffle(members)
    agree(token(b"{" + b",".join(members) + b"}"))
    members.append(random.choice(members))
    agree(token(b"{" + b",".join(members) + b"}"))
    agree(token(b"{" + b",".join(members[2:-1]) + b"}"))


@SOME
@given(st.sampled_from(PAYLOADS), hostile_bytes, st.integers(0, 10_000), st.integers(0, 3))
def test_damaged_tokens(payload: Any, other: bytes, at: int, removed: int) -> None:
    data = token(written(payload))
    at %= len(data) + 1
    agree(data[:at] + other + data[at + removed :])


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    "header",
    [
        *({**HEADER, name: value} for name in ("typ", "cty") for value in ("JWT", "application/vc+jwt", "VC", "")),
        *({**HEADER, "kid": kid} for kid in ("key-1", "", 1, "did:web:university.example#key-1\n")),
        *({**HEADER, "alg": name} for name in ("none", "HS256", "ES256", "Ed25519", "x", "")),
        *(
            {**HEADER, **more}
            for more in ({"crit": ["b64"]}, {"b64": False}, {"jwk": KEY.public.jwk}, {"jwk": OTHER.public.jwk})
        ),
        {"alg": "EdDSA"},
    ],
)
def test_other_headers(payload: Any, header: dict[str, Any]) -> None:
    agree(token(written(payload), header))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_whitespace_other_spellings_and_other_keys(payload: Any) -> None:
    raw = written(payload)
    ending = {"A": "B", "Q": "R", "g": "h", "w": "x"}  # bits behind the last byte
    good = token(raw)
    for data in (
        good,
        *(token(raw + tail) for tail in (b" ", b"  ", b"\n")),
        token(b"\xef\xbb\xbf" + raw),
        token(b" " + raw),
        token(json.dumps(payload).encode()),
        token(json.dumps(payload, indent=2).encode()),
        good[:-1] + ending.get(chr(good[-1]), "A").encode(),
        good + b"=",
        good.replace(b".", b".."),
    ):
        agree(data)
        agree(data, key=OTHER)
        agree(data, key=PrivateKey("Ed25519", bytes(32)))


@SOME
@given(
    st.binary(max_size=40) | hostile_bytes, st.lists(st.sampled_from([TEXT, FIGURE, ADDRESS]), max_size=4), st.data()
)
def test_the_kernel_says_the_same_in_each_of_its_forms(noise: bytes, kinds: list[int], data: st.DataObject) -> None:
    parts = [b'{"a":', *(b"," if kind == FIGURE else b'",' for kind in kinds)]
    for number, kind in enumerate(kinds):
        parts[number] += b"" if kind == FIGURE else b'"'
    same = [data.draw(st.integers(-1, number - 1)) for number in range(len(kinds))]
    fillings = {TEXT: st.sampled_from(TEXTS), FIGURE: st.sampled_from(NUMBERS), ADDRESS: st.sampled_from(TEXTS)}
    chosen = [data.draw(fillings[kind]).encode("utf-8", "surrogatepass") for kind in kinds]
    if data.draw(st.booleans()):
        chosen = [chosen[earlier] if earlier >= 0 else text for text, earlier in zip(chosen, same, strict=True)]
    text = b"".join(part + filled for part, filled in zip(parts, [*chosen, b""], strict=True))
    cut = data.draw(st.integers(0, len(text)))
    names = ("nbf",) * kinds.count(FIGURE)
    for candidate in (text, noise, text[:cut] + noise + text[cut:], text[:cut]):
        found = [kernel.PayloadForm(parts, kinds, same, names, False).figures(candidate) for kernel in KERNELS.values()]
        assert found[1:] == found[:-1]


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_a_form_that_could_be_read_in_two_ways_is_none(kernel: Any) -> None:
    make: Callable[..., Any] = kernel.PayloadForm
    for wrong in (
        ([b"["], [FIGURE], [-1], ("nbf",), False),
        ([b"[", b"1]"], [FIGURE], [-1], ("nbf",), False),
        ([b'["', b"]"], [TEXT], [-1], (), False),
        ([b'["', b'"]'], [TEXT], [0], (), False),
        ([b'["', b'"]'], [TEXT], [-2], (), False),
        ([b'["', b'"]'], [3], [-1], (), False),
        ([b'["', b'"]'], [TEXT], [-1], ("nbf",), False),
        ([b'["', *[b'","'] * 1000, b'"]'], [TEXT] * 1001, [-1] * 1001, (), False),
    ):
        with pytest.raises(ValueError):
            make(*wrong)

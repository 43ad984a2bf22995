"""Changes of a JSON document as a value: the simulator's operators, and what is aimed at signatures, dates, texts and collections."""

from __future__ import annotations

import copy
import json
import random
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from tests.simulator.mutations import OPERATORS, at, places

DATES = (
    "2026-11-25T24:00:00Z", "2026-11-25T10:00:60Z", "2026-11-25T10:00:00", "2026-11-25", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-25T10:00:00+14:00", "2026-11-25T10:00:00-23:59",
    "2026-11-25t10:00:00z", "2026-11-25T10:00:00.1234567890Z", "２０２６-11-25T10:00:00Z", "99999999999999", "2036-01-01T00:00:00Z",
)  # fmt: skip
NUMBERS = (
    0,
    -1,
    1,
    94_567,
    2**31,
    2**53,
    2**53 + 1,
    10**15,
    1e308,
    -1e308,
    5e-324,
    0.1,
    -0.0,
    True,
    "1e3",
    "0x10",
    "１",
    "94567 ",
    "+1",
)
LETTERS = (
    "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u0301", "\u00ad", "\u2028", "\x7f", "\x01", "\U000e0041", "\ufffd", "ﬁ", "İ", "ß",
)  # fmt: skip
HOMOGRAPHS = str.maketrans({"a": "а", "e": "е", "o": "о", "p": "р", "i": "і", "1": "l"})
MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[click](javascript:alert(1))", "{{ 7*7 }}", "{% debug %}", "%(name)s",
    "{0.__class__}", "{verdict}", "\x1b[31m", "'\"><svg onload=alert(1)>", "=HYPERLINK(\"https://evil.example\")",
    "](https://evil.example)",
)  # fmt: skip
ADDRESSES = (
    "https://evil.example/", "http://127.0.0.1/", "https://[::1]/", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x",
    "https://university.example@evil.example/", "did:web:university.example%2e%2e:x", "did:web:evil.example", "did:key:zz", "urn:x", "//x",
    "https://university.example/status/suspension", "https://university.example/status/revocation",
)  # fmt: skip
MEMBERS = (
    "proof", "credentialStatus", "issuer", "credentialSubject", "validUntil", "validFrom", "@context", "type", "id", "evidence", "badge",
    "recipient", "verification", "expires", "signature", "payload", "signatures", "verifiableCredential", "endorsement", "name",
)  # fmt: skip


def mutate(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    value = json.loads(data)
    if not isinstance(value, dict) or draw.random() < 0.55:
        draw.choice(OPERATORS)(value, draw)
    else:
        value = draw.choice(AIMED)(value, others, draw)
    return json.dumps(value, ensure_ascii=draw.random() < 0.2).encode("utf-8", "surrogatepass")


def _another(others: Sequence[bytes], draw: random.Random) -> dict[str, Any]:
    """Another document, if it is a JSON object."""
    value = json.loads(draw.choice(others))
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _member_of_another(value: Any, others: Sequence[bytes], draw: random.Random) -> Any:
    """Proofs, statuses, subjects and issuers exchanged between two sound documents."""
    other = _another(others, draw)
    name = draw.choice([name for name in MEMBERS if name in other])
    return {**value, name: other[name]}


def _proofs_mixed(value: Any, others: Sequence[bytes], draw: random.Random) -> Any:
    own = value["proof"] if isinstance(value["proof"], list) else [value["proof"]]
    foreign = _another(others, draw)["proof"]
    unknown = {
        "type": "DataIntegrityProof",
        "cryptosuite": "unknown-2030",
        "proofValue": "z1",
        "proofPurpose": "assertionMethod",
    }
    changed = copy.deepcopy(own[0])
    changed[
        draw.choice(("created", "expires", "proofPurpose", "verificationMethod", "cryptosuite", "type", "id", "domain"))
    ] = draw.choice(
        (*DATES[-3:], "x", "authentication", "eddsa-jcs-2022", "eddsa-rdfc-2022", None, [], "did:key:z6Mk#z6Mk")
    )
    proofs = draw.choice(
        (
            [*own, foreign],
            [foreign, *own],
            [*own, unknown],
            [unknown, *own],
            [changed],
            [*own, changed],
            own * 2,
            [],
            [own],
        )
    )
    return {**value, "proof": proofs}


def _wrapped(value: Any, _others: Sequence[bytes], draw: random.Random) -> Any:
    """Signature wrapping: the signed document becomes a part of another one that says something else."""
    forged = copy.deepcopy(value)
    forged["credentialSubject"] = {"type": ["AchievementSubject"], "id": "did:example:thief"}
    return draw.choice(
        (
            {**forged, "@graph": [value]}, {**forged, "@included": [value]}, {**value, "@graph": [forged]}, {**forged, "evidence": [value]},
            {**forged, "endorsement": [value]}, {**forged, "https://example.org/original": value}, {"credential": forged, **value},
            {"vc": forged, **value}, {"verifiableCredential": value, **forged}, {"payload": json.dumps(forged), **value},
            {**forged, "proof": {**forged.get("proof", {}), "credential": value}},
        )
    )  # fmt: skip


def _texts(value: Any) -> list[tuple[Any, ...]]:
    return [way for way in places(value) if isinstance(at(value, way), str)]


def _text(value: Any, _others: Sequence[bytes], draw: random.Random) -> Any:
    *way, last = draw.choice(_texts(value))
    holder = at(value, tuple(way))
    text, place = holder[last], draw.randrange(len(holder[last]) + 1)
    holder[last] = draw.choice(
        (
            text[:place] + draw.choice(LETTERS) + text[place:], text.translate(HOMOGRAPHS), unicodedata.normalize("NFD", text),
            text.upper(),
            unicodedata.normalize("NFKC", text), text + " ", " " + text, text + "\n", text[:place], text * 3, text.title(), text + "\u0000",
            draw.choice(MARKUP), draw.choice(ADDRESSES), draw.choice(DATES), text.swapcase(), "x" * 100_000, text + "#", text + "/",
            text.replace("https://", "http://"), text.replace("/", "%2F"), text.replace(".", "%2e"), text.replace("example", "EXAMPLE"),
        )
    )  # fmt: skip
    return value


def _date(value: Any, _others: Sequence[bytes], draw: random.Random) -> Any:
    *way, last = draw.choice(
        [way for way in _texts(value) if at(value, way)[:2] in ("20", "19") and "-" in at(value, way)]
    )
    at(value, tuple(way))[last] = draw.choice(DATES)
    return value


def _number(value: Any, _others: Sequence[bytes], draw: random.Random) -> Any:
    *way, last = draw.choice(places(value))
    at(value, tuple(way))[last] = draw.choice(NUMBERS)
    return value


def _status(value: Any, _others: Sequence[bytes], draw: random.Random) -> Any:
    """Another place of the list, another list of the same issuer, another purpose, other spellings of the place."""
    entry = value["credentialStatus"]
    name = draw.choice(
        ("statusListIndex", "statusListCredential", "statusPurpose", "statusReference", "type", "id", "statusSize")
    )
    entry[name] = draw.choice(
        (*NUMBERS, *ADDRESSES, "revocation", "suspension", "message", ["revocation"], "BitstringStatusListEntry", None)
    )
    value["credentialStatus"] = draw.choice((entry, [entry], [entry, entry], [], {}, None))
    return value


def _nested(value: Any, _others: Sequence[bytes], draw: random.Random) -> Any:
    *way, last = draw.choice(places(value))
    holder, deep = at(value, tuple(way)), draw.choice((3, 20, 70, 200))
    inner = holder[last]
    for _ in range(deep):
        inner = [inner] if draw.random() < 0.5 else {str(last): inner}
    holder[last] = inner
    return value


def _many(value: Any, _others: Sequence[bytes], draw: random.Random) -> Any:
    *way, last = draw.choice(places(value))
    holder = at(value, tuple(way))
    most = max(2, 2_000_000 // len(json.dumps(holder[last])))  # more is refused for its size alone
    holder[last] = [holder[last]] * min(most, draw.choice((2, 30, 400, 3000)))
    return value


def _language(value: Any, _others: Sequence[bytes], draw: random.Random) -> Any:
    """Plain texts become tagged, typed or directed ones: other statements that some readers show alike."""
    *way, last = draw.choice(_texts(value))
    text = at(value, tuple(way))[last]
    at(value, tuple(way))[last] = draw.choice(
        (
            {"@value": text, "@language": "en"}, {"@value": text, "@language": "EN"}, {"@value": text, "@language": "x y"},
            {"@value": text, "@type": "http://www.w3.org/2001/XMLSchema#string"}, {"@value": text, "@direction": "rtl"},
            {"@value": text, "@type": "@json"}, {"@value": text}, {"en": text, "ko": "다른 말"}, {"@none": text}, {"@id": text},
            [text, text],
            {"@value": text, "@language": ""}, {"@value": text, "@type": "x"}, {"@list": [text]}, {"@set": [text]},
        )
    )  # fmt: skip
    return value


AIMED: tuple[Callable[[Any, Sequence[bytes], random.Random], Any], ...] = (
    _member_of_another, _proofs_mixed, _wrapped, _text, _text, _date, _number, _status, _nested, _many, _language,
)  # fmt: skip

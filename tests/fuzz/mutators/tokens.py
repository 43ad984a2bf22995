"""Changes of signed tokens: headers that promise something else, signatures in other spellings, disclosures that were never issued."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Sequence
from typing import Any

import cbor2

from tests.fuzz.mutators import json_text, json_values, plain

HEADERS: tuple[dict[str, Any], ...] = (
    {"alg": "none"}, {"alg": "None"}, {"alg": "HS256"}, {"alg": "ES256"}, {"alg": "EdDSA"}, {"alg": "RS256"}, {"alg": "RS1"}, {"alg": None},
    {"alg": ["EdDSA"]}, {"alg": "ES256K"}, {"alg": "PS256"}, {"crit": ["exp"], "exp": 1}, {"crit": []}, {"crit": "b64"}, {"b64": False},
    {"b64": False, "crit": ["b64"]}, {"jku": "https://evil.example/jwks"}, {"x5u": "https://evil.example/x"}, {"x5c": ["AAAA"]},
    {"kid": "../../etc/passwd"}, {"kid": "' OR 1=1 --"}, {"kid": ""}, {"kid": None}, {"kid": 7}, {"kid": "did:key:z6Mk"}, {"zip": "DEF"},
    {"kid": "https://evil.example/key"}, {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}}, {"jwk": {}}, {"jwk": 1},
    {"enc": "A128GCM"},
    {"typ": "vp+jwt"}, {"typ": "vc+jwt"}, {"typ": "kb+jwt"}, {"typ": 1}, {"cty": "vc"}, {"iss": "did:web:evil.example"},
)  # fmt: skip


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def decoded(text: bytes) -> bytes:
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def jws(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    token, tilde, rest = data.partition(b"~")
    parts = token.split(b".")
    other = [part.split(b"~")[0].split(b".") for part in others if part.count(b".") >= 2]
    match draw.randrange(9):
        case 0 | 1:
            parts[0] = encoded(json.dumps({**json.loads(decoded(parts[0])), **draw.choice(HEADERS)}).encode())
        case 2:
            parts[draw.randrange(2)] = encoded(json_text.mutate(decoded(parts[draw.randrange(2)]), others, draw))
        case 3 | 4:
            parts[1] = encoded(json_values.mutate(decoded(parts[1]), [decoded(each[1]) for each in other], draw))
        case 5:
            place = draw.randrange(3)
            parts[place] = draw.choice(other)[place]
        case 6:
            parts[2] = encoded(plain.mutate(decoded(parts[2]), (), draw))
        case 7:
            place = draw.randrange(3)
            part = parts[place]
            parts[place] = draw.choice(
                (part + b"=", part + b"==", part[:-1] + bytes([part[-1] ^ 1]), part.replace(b"-", b"+"), part.replace(b"_", b"/"), b"",
                part + b"A",
                 base64.b64encode(decoded(part)), part[:10] + b"\n" + part[10:])
            )  # fmt: skip
        case _:
            parts = draw.choice(
                (
                    parts[:2],
                    [*parts, b""],
                    [*parts, parts[2]],
                    parts[::-1],
                    [parts[0], b"", parts[2]],
                    [b"", *parts[1:]],
                )
            )
    return b".".join(parts) + tilde + rest


def sd_jwt(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    token, *disclosures = data.split(b"~")
    foreign = [part for other in others for part in other.split(b"~")[1:] if part]
    match draw.randrange(7):
        case 0:
            disclosures = disclosures[1:]
        case 1:
            draw.shuffle(disclosures)
        case 2:
            disclosures.insert(0, draw.choice(disclosures))
        case 3:
            disclosures.insert(0, draw.choice(foreign))
        case 4:
            value = json.loads(decoded(disclosures[0]))
            value[draw.randrange(len(value))] = draw.choice(
                (*json_values.NUMBERS, *json_values.ADDRESSES, "iss", "_sd", "...", None, {}, [])
            )
            disclosures[0] = encoded(json.dumps(value).encode())
        case 5:
            claim = draw.choice(
                (
                    ["salt", "iss", "https://evil.example"],
                    ["s", "x"],
                    [],
                    ["s", "_sd", []],
                    {"a": 1},
                    ["s", "exp", 1, 2],
                    "text",
                )
            )
            disclosures.insert(0, encoded(json.dumps(claim).encode()))
        case _:
            disclosures[-1] = draw.choice((token, b"e30.e30.AAAA", b"x", token.split(b".")[0]))
    return b"~".join((token, *disclosures))


def cose(data: bytes, _others: Sequence[bytes], draw: random.Random) -> bytes:
    message = cbor2.loads(data)
    parts = list(message.value if isinstance(message, cbor2.CBORTag) else message)
    match draw.randrange(6):
        case 0:
            header = cbor2.loads(parts[0])
            header[draw.choice((1, 2, 3, 4, 16, -65537, "x"))] = draw.choice(
                (-8, -7, -257, 5, None, "x", [1], b"\x00", 2**64)
            )
            parts[0] = cbor2.dumps(header)
        case 1:
            parts[1] = {draw.choice((1, 2, 4, 33)): draw.choice((-8, b"x", "../x", [4]))}
        case 2:
            parts[2] = json_values.mutate(parts[2], (), draw)
        case 3:
            parts[3] = plain.mutate(parts[3], (), draw)
        case 4:
            place = draw.randrange(4)
            parts[place] = draw.choice((None, 1, "x", [], {}, b"", cbor2.CBORTag(18, parts[place])))
        case _:
            parts = draw.choice((parts[:3], [*parts, b""], parts[::-1]))
    wrapped = draw.choice(
        (
            cbor2.CBORTag(18, parts),
            cbor2.CBORTag(18, parts),
            parts,
            cbor2.CBORTag(98, parts),
            cbor2.CBORTag(61, cbor2.CBORTag(18, parts)),
        )
    )
    made: bytes = cbor2.dumps(wrapped)
    return made + draw.choice((b"", b"", b"\x00", b"\xf6"))

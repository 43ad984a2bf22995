"""What an attacker or an accident does to a JSON document: one change, drawn from a given source of chance."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from testamur import linked_data

STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**14, "", "x", "\u202e", "\u0000", [], {}, [None], [[]], {"@id": "x"}, {"@value": "x"}, ["a", {"b": []}],
    "https://example.org/", "did:web:university.example", "did:key:z6Mk", "z" * 3000, {"id": "urn:x:y", "type": "Thing"},
    "2020-01-01T00:00:00Z", "urn:uuid:00000000-0000-4000-8000-000000000000", {"@list": [1]}, {"@set": []}, {"@reverse": {}}, "_:b0",
)  # fmt: skip
KEYS = (
    "@id", "@type", "@graph", "@included", "@nest", "@reverse", "@index", "@value", "@language", "@vocab", "@base", "@version", "@json",
    "https://www.w3.org/2018/credentials#credentialStatus", "https://www.w3.org/2018/credentials#validUntil", "cred:issuer", "__proto__",
    "validUntil", "validFrom", "credentialStatus", "issuer", "proof", "name", "id", "type", "expirationDate", "endorsement",
    "refreshService", "termsOfUse", "evidence", "relatedResource", "confidenceMethod", "endorsementJwt", "holder",
    "verifiableCredential", "", " ", "ｎame",
)  # fmt: skip


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place below `value`, as the way that leads there."""
    found = []
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in steps:
        found.append((*way, step))
        found += places(item, (*way, step))
    return found


def at(badge: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        badge = badge[step]
    return badge


def replace(badge: dict[str, Any], draw: random.Random) -> None:
    *way, last = draw.choice(places(badge))
    at(badge, tuple(way))[last] = copy.deepcopy(draw.choice(STRANGE))


def delete(badge: dict[str, Any], draw: random.Random) -> None:
    *way, last = draw.choice(places(badge))
    del at(badge, tuple(way))[last]


def rename(badge: dict[str, Any], draw: random.Random) -> None:
    ways = [way for way in places(badge) if isinstance(way[-1], str)]
    *way, last = draw.choice(ways)
    target = at(badge, tuple(way))
    target[draw.choice(KEYS)] = target.pop(last)


def insert(badge: dict[str, Any], draw: random.Random) -> None:
    targets = [(), *(way for way in places(badge) if isinstance(at(badge, way), dict))]
    at(badge, draw.choice(targets))[draw.choice(KEYS)] = copy.deepcopy(draw.choice(STRANGE))


def move(badge: dict[str, Any], draw: random.Random) -> None:
    *way, last = draw.choice([way for way in places(badge) if isinstance(way[-1], str)])
    value = at(badge, tuple(way)).pop(last)
    targets = [(), *(way for way in places(badge) if isinstance(at(badge, way), dict))]
    at(badge, draw.choice(targets))[last] = value


def wrap(badge: dict[str, Any], draw: random.Random) -> None:
    *way, last = draw.choice(places(badge))
    target = at(badge, tuple(way))
    target[last] = draw.choice(
        [[target[last]], [[target[last]]], {"@value": target[last]}, {"@set": [target[last]]}, [target[last]] * 2]
    )


def swap(badge: dict[str, Any], draw: random.Random) -> None:
    (*way, last), (*other_way, other_last) = draw.sample(places(badge), 2)
    one, other = at(badge, tuple(way)), at(badge, tuple(other_way))
    one[last], other[other_last] = copy.deepcopy(other[other_last]), copy.deepcopy(one[last])


def contexts(badge: dict[str, Any], draw: random.Random) -> None:
    extra = draw.choice(
        [
            {"@vocab": "https://example.org/#"}, {"@base": "https://example.org/"}, {"name": None}, {"credentialStatus": None}, None, {}, 7,
            {"note": {"@id": "https://www.w3.org/2018/credentials#credentialStatus", "@type": "@id"}}, "https://example.org/x",
            "https://www.w3.org/ns/credentials/examples/v2", "https://www.w3.org/2018/credentials/v1", {"@import": "https://example.org/"},
            linked_data.OPEN_BADGES_3_EXTENSIONS, "https://w3id.org/security/data-integrity/v2", {"@propagate": False}, ["x"], "",
        ]
    )  # fmt: skip
    where = draw.choice([way for way in [(), *places(badge)] if isinstance(at(badge, way), dict)])
    target = at(badge, where)
    present = target.get("@context", [])
    listed = present if isinstance(present, list) else [present]
    target["@context"] = draw.choice([[*listed, extra], [extra, *listed], extra])


OPERATORS: tuple[Callable[[dict[str, Any], random.Random], None], ...] = (
    replace, delete, rename, insert, move, wrap, swap, contexts,
)  # fmt: skip

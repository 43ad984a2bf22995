"""What an issuer says of its own log: the service `TransparencyLog` of its DID document.

    {"id": "did:web:example.edu#transparency-log", "type": "TransparencyLog", "serviceEndpoint": {
       "origin": ["example.edu/log/2026"], "vkey": ["example.edu/log/2026+f6b9ac2d+AQ…"],
       "requiredFrom": "2026-11-26T00:00:00Z",
       "cutOffs": [{"key": "did:web:example.edu#key-1", "origin": "example.edu/log/2026", "index": 1234, "reason": "key_compromise"}]}}

`origin` and `vkey` may be one text or several. From `requiredFrom` on everything that comes without a record is refused, however
old it says it is. A cut-off says from which entry on a key no longer speaks for the issuer. What cannot be read is not passed
over: a demand that nobody understands is still a demand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from testamur.errors import Malformed, TestamurError
from testamur.log.notes import VerifierKey
from testamur.log.policies import LOG_TYPES
from testamur.ports import Resolver
from testamur.proofs.did import resolve_did
from testamur.proofs.did.documents import MAX_METHODS, Published, key_of
from testamur.proofs.did.method import PURPOSES
from testamur.proofs.keys import PublicKey
from testamur.verification.case import Case, many
from testamur.verification.moments import moment
from testamur.verification.outside import OneVerification

TYPE: Final = "TransparencyLog"
MAX_ORIGINS: Final = 64
MAX_CUT_OFFS: Final = 256
_YEAR: Final = re.compile(r"(.*/)(\d{4})", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class CutOff:
    """From entry `index` of the log `origin` on, the key that is named by `methods` (absolute DID URLs) does not speak for the issuer.

    A key stands in a DID document under several names, one for each form: all of them are cut off with it.
    """

    methods: frozenset[str]
    origin: str
    index: int

    def spares(self, origin: str, index: int) -> bool:
        """Whether an entry was made before: at a lower index of the same log, or in the part of an earlier year."""
        if origin == self.origin:
            return index < self.index
        entry, cut = _YEAR.fullmatch(origin), _YEAR.fullmatch(self.origin)
        return entry is not None and cut is not None and entry[1] == cut[1] and int(entry[2]) < int(cut[2])


@dataclass(frozen=True, slots=True)
class TransparencyLog:
    origins: tuple[str, ...]
    keys: tuple[VerifierKey, ...]
    required_from: datetime | None = None
    cut_offs: tuple[CutOff, ...] = ()

    def keys_of(self, origin: str) -> tuple[VerifierKey, ...]:
        """The keys with which the issuer says that this log signs; none where it does not name the log."""
        return tuple(key for key in self.keys if key.name == origin) if origin in self.origins else ()

    def cut_offs_of(self, method: str) -> tuple[CutOff, ...]:
        return tuple(each for each in self.cut_offs if method in each.methods)


def service_of(issuer: str, resolver: Resolver) -> TransparencyLog | None:
    """The log that the DID document of `issuer` names; None where it names none, or where the issuer has no such document.

    Raises `Malformed` (`log.service`) for a service that cannot be read, and what looking up the document raises.
    """
    if not issuer.startswith(("did:web:", "did:webvh:")):
        return None
    if not isinstance(resolver, OneVerification):
        return _published(issuer, resolver)
    try:
        known: TransparencyLog | None = resolver.worked_out["log", issuer]
    except KeyError:
        known = resolver.worked_out["log", issuer] = _published(issuer, resolver)
    return known


def _published(issuer: str, resolver: Resolver) -> TransparencyLog | None:
    document = resolve_did(issuer, resolver)
    if isinstance(document, Published):
        return document.settled((TYPE, issuer), lambda: _service(document, issuer))
    return _service(document, issuer)


def _service(document: Mapping[str, Any], issuer: str) -> TransparencyLog | None:
    services = [
        entry
        for entry in many(document.get("service"))
        if isinstance(entry, Mapping) and TYPE in many(entry.get("type"))
    ]
    if not services:
        return None
    if len(services) > 1:
        raise _malformed()
    return _read(services[0], document, issuer)


def given_up(case: Case, signers: Iterable[str]) -> bool:
    """Whether the issuer of `case` has given up every key that signed it, at whatever entry of its log. A service that cannot be read is
    the business of whoever asks for a record."""
    try:
        service = service_of(case.issuer or "", case.resolver)
    except TestamurError:
        return False
    cut = [bool(service.cut_offs_of(signer)) for signer in signers] if service is not None else []
    return bool(cut) and all(cut)


def _read(service: Mapping[str, Any], document: Mapping[str, Any], did: str) -> TransparencyLog:
    endpoint = service.get("serviceEndpoint")
    if not isinstance(endpoint, Mapping):
        raise _malformed()
    origins = _texts(endpoint.get("origin"), MAX_ORIGINS)
    keys = tuple(key for text in _texts(endpoint.get("vkey"), 2 * MAX_ORIGINS) if (key := _key(text)) is not None)
    stated = endpoint.get("requiredFrom")
    required_from = moment(stated) if stated is not None else None
    if not any(key.name in origins for key in keys) or (stated is not None and required_from is None):
        raise _malformed()
    cut_offs = many(endpoint.get("cutOffs"))
    if len(cut_offs) > MAX_CUT_OFFS:
        raise _malformed()
    names = _names_by_key(document, did) if cut_offs else {}
    return TransparencyLog(origins, keys, required_from, tuple(_cut_off(entry, did, names) for entry in cut_offs))


def _names_by_key(document: Mapping[str, Any], did: str) -> dict[str, frozenset[str]]:
    """The names of each key in the document, by each of them."""
    keys: dict[PublicKey, set[str]] = {}
    listed = [entry for place in ("verificationMethod", *PURPOSES) for entry in many(document.get(place))]
    for entry in listed[:MAX_METHODS]:
        name = entry.get("id") if isinstance(entry, Mapping) else None
        if isinstance(name, str):
            try:
                keys.setdefault(key_of(entry, name), set()).add(_absolute(name, did))
            except TestamurError:
                continue
    return {name: frozenset(names) for names in keys.values() for name in names}


def _cut_off(entry: Any, did: str, names: Mapping[str, frozenset[str]]) -> CutOff:
    key, origin, index = (
        (entry.get(name) for name in ("key", "origin", "index")) if isinstance(entry, Mapping) else (0, 0, 0)
    )
    if not isinstance(key, str) or not isinstance(origin, str) or not origin:
        raise _malformed()
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < 1 << 63:
        raise _malformed()
    key = _absolute(key, did)
    return CutOff(names.get(key, frozenset({key})), origin, index)


def _absolute(name: str, did: str) -> str:
    return did + name if name.startswith("#") else name


def _texts(value: Any, most: int) -> tuple[str, ...]:
    texts = many(value)
    if not 0 < len(texts) <= most or not all(isinstance(text, str) and text for text in texts):
        raise _malformed()
    return tuple(texts)


def _key(text: str) -> VerifierKey | None:
    """A key of a type that is not spoken here, or that is no log's, is passed over, as the lines that it signs are."""
    try:
        key = VerifierKey.from_text(text)
    except TestamurError:
        return None
    return key if key.type in LOG_TYPES else None


def _malformed() -> Malformed:
    return Malformed("The issuer's statement about its log cannot be read.", code="log.service")

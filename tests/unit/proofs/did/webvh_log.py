"""Logs of did:webvh, written as the standard describes them, for the tests beside."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from testamur import strict_json
from testamur.errors import NotFound, ResolutionError
from testamur.ports import Resource
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.did import did_key_for
from testamur.proofs.did.webvh import verify_log
from testamur.proofs.did.webvh.log import multihash
from testamur.proofs.keys import PrivateKey

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
FIRST, SECOND, THIRD, THIEF = (PrivateKey("Ed25519", bytes([n]) * 32) for n in (1, 2, 3, 9))
W1, W2, W3 = (PrivateKey("Ed25519", bytes([n]) * 32) for n in (21, 22, 23))
ISSUER_KEY = PrivateKey("Ed25519", bytes([50]) * 32).public
PLACE = "university.example:credentials"


def key_hash(key: PrivateKey) -> str:
    return multihash(key.public_multikey.encode())


def witness(threshold: int, *keys: PrivateKey) -> dict[str, Any]:
    return {"threshold": threshold, "witnesses": [{"id": did_key_for(key.public)[0]} for key in keys]}


class Log:
    """Writes a log as the standard describes it. `change` may alter an entry before it is hashed and signed."""

    def __init__(self, **parameters: Any) -> None:
        self.entries: list[dict[str, Any]] = []
        self.scid = "{SCID}"
        given = {"method": "did:webvh:1.0", "scid": "{SCID}", "updateKeys": [FIRST.public_multikey], **parameters}
        entry = {
            "versionId": "{SCID}",
            "versionTime": START.isoformat().replace("+00:00", "Z"),
            "parameters": given,
            "state": self.document(),
        }
        self.scid = multihash(strict_json.jcs(entry))
        self._seal(json.loads(json.dumps(entry).replace("{SCID}", self.scid)), self.scid, FIRST)

    @property
    def did(self) -> str:
        return f"did:webvh:{self.scid}:{PLACE}"

    def document(self, place: str = PLACE, **members: Any) -> dict[str, Any]:
        did = f"did:webvh:{self.scid}:{place}"
        method = {
            "id": f"{did}#key-1",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": ISSUER_KEY.multikey,
        }
        return {"id": did, "verificationMethod": [method], "assertionMethod": [f"{did}#key-1"], **members}

    def add(
        self,
        signer: PrivateKey = FIRST,
        change: Callable[[dict[str, Any]], None] = lambda entry: None,
        *,
        state: dict[str, Any] | None = None,
        **parameters: Any,
    ) -> Log:
        before = self.entries[-1]["versionId"]
        at = START + timedelta(days=len(self.entries))
        entry = {
            "versionId": before,
            "versionTime": at.isoformat().replace("+00:00", "Z"),
            "parameters": parameters,
            "state": state or self.document(),
        }
        change(entry)
        self._seal(entry, before, signer)
        return self

    def _seal(self, entry: dict[str, Any], before: str, signer: PrivateKey) -> None:
        entry["versionId"] = f"{len(self.entries) + 1}-{multihash(strict_json.jcs({**entry, 'versionId': before}))}"
        self.entries.append(signed(entry, signer))

    @property
    def content(self) -> bytes:
        return b"".join(strict_json.dumps(entry) + b"\n" for entry in self.entries)

    def verify(self) -> Any:
        return verify_log(self.did, self.content, NOW)


def signed(entry: dict[str, Any], signer: PrivateKey, **options: Any) -> dict[str, Any]:
    method = did_key_for(signer.public)[1]
    return add_proof(
        entry, signer, verification_method=method, created=START, **{"cryptosuite": "eddsa-jcs-2022", **options}
    )


def approvals(log: Log, *given: tuple[int, PrivateKey]) -> bytes:
    listed = []
    for number, key in given:
        version = log.entries[number - 1]["versionId"]
        proof = signed({"versionId": version}, key)["proof"]
        listed.append({"versionId": version, "proof": [proof]})
    return strict_json.dumps(listed)


class Site:
    def __init__(self, answers: dict[str, bytes]) -> None:
        self.answers = answers

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        if url not in self.answers:
            raise NotFound(url)
        return Resource(url, self.answers[url], accept[0], NOW)


def site(log: Log, witnesses: bytes | None = None) -> Site:
    base = "https://university.example/credentials/did"
    return Site({f"{base}.jsonl": log.content, **({f"{base}-witness.json": witnesses} if witnesses else {})})


def refusal(call: Callable[[], Any]) -> tuple[str, Any]:
    with pytest.raises(ResolutionError) as caught:
        call()
    return caught.value.code, caught.value.facts.get("entry")

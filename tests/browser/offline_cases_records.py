"""Issuers that demand a record in their log, or have given keys up: the page's verifier judges as the library does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.simulator import NOW, Institution
from tests.simulator.institution import key_from
from tests.unit.verification.checks.test_endorsements import endorsed, endorsement
from tests.unit.verification.transparency.log_world import ORIGIN, SALT, Log, serve

from testamur.log import Kind, Proof, entry_for
from testamur.proofs.jose import sign_as_jwt
from testamur.verification.moments import iso

from .offline_case import Case, of

EARLIER, LATER = iso(NOW - timedelta(days=1)), iso(NOW + timedelta(days=1))


def record_cases() -> Iterator[Case]:
    yield from _demands()
    yield from _damaged()
    yield from _cut_offs()


def _world(**endpoint: Any) -> tuple[Institution, Log]:
    school, log = Institution(), Log()
    serve(school, log, **{"requiredFrom": EARLIER, **endpoint})
    return school, log


def _proof(log: Log, index: int) -> bytes:
    return log.proof(index, checkpoint=log.checkpoint(signers=[log.key]))


def _hosted(school: Institution, credential: dict[str, Any], proof: bytes) -> None:
    school.pages[credential["id"] + ".tlog-proof"] = proof


def _demands() -> Iterator[Case]:
    for name, endpoint in (
        ("demanded", {}),
        ("demanded later", {"requiredFrom": LATER}),
        ("not demanded", {"requiredFrom": None}),
        ("unreadable date", {"requiredFrom": "soon"}),
        ("unreadable key", {"vkey": ["no key"]}),
        ("another log's keys", {"origin": ["elsewhere.example/log"]}),
    ):
        for recorded in (True, False):
            school, log = _world(**endpoint)
            credential = school.issue()
            if recorded:
                _hosted(school, credential, _proof(log, log.record(credential)))
            yield of(school, f"record {name}, {'there' if recorded else 'not there'}", credential)
    # An issuer that names no log: of a proof that came along it is said that nobody vouches for its log.
    for proved in (True, False):
        school, log = Institution(), Log()
        credential = school.issue()
        _hosted(school, credential, _proof(log, log.record(credential)) if proved else _proof(log, 0))
        yield of(school, f"a proof of {'it' if proved else 'another'}, of a log that nobody names", credential)
    school, _ = _world()
    yield of(school, "record demanded of what has no address", school.issue(id="urn:uuid:4f7c1f0e-94a3-4c5f-8a41-1f9f"))
    school, log = _world()
    document = school.unsigned()
    token = sign_as_jwt(document, school.key, school.method + "-jwk")
    _hosted(school, document, _proof(log, log.append(entry_for(Kind.ISSUE, document["id"], token, SALT))))
    yield of(school, "record demanded of a token", token)


def _damaged() -> Iterator[Case]:
    """One proof, changed in every way that the library tells apart."""
    school, log = _world()
    credential, other = school.issue(), school.issue()
    sound = _proof(log, log.record(credential))
    made = Proof.from_bytes(sound)
    line = made.checkpoint.note.signatures[0]
    false = replace(line, value=bytes([*line.value[:-1], line.value[-1] ^ 1]))
    impostor = Log(ORIGIN, seed=9)
    changes = {
        "of another": _proof(log, log.record(other)),
        "no proof": b"no proof",
        "empty": b"",
        "cut off": sound[: len(sound) // 2],
        "another index": replace(made, index=made.index - 1).to_bytes(),
        "a longer path": replace(made, path=(*made.path, bytes(32))).to_bytes(),
        "another salt": replace(made, extra=bytes(32)).to_bytes(),
        "no salt": replace(made, extra=b"").to_bytes(),
        "a false signature": replace(
            made, checkpoint=replace(made.checkpoint, note=replace(made.checkpoint.note, signatures=(false,)))
        ).to_bytes(),
        "another key": _proof(impostor, impostor.record(credential)),
        "another log": Log("elsewhere.example/log", seed=5).record_and_prove(credential),
        "cosigned": log.record_and_prove(credential),
    }
    for name, proof in changes.items():
        _hosted(school, credential, proof)
        yield of(school, f"record: {name}", credential)
    for at in range(7, len(sound), 41):  # one bit in every part
        _hosted(school, credential, bytes([*sound[:at], sound[at] ^ 4, *sound[at + 1 :]]))
        yield of(school, f"record: a bit at {at}", credential)


def _cut_offs() -> Iterator[Case]:
    for year in (2025, 2026, 2027):
        for distance in (0, 1):
            school, log = Institution(), Log()
            award = endorsed(school, endorsement(school, school.did))
            index = log.record(award)
            _hosted(school, award, _proof(log, index))
            cut = {"key": "#key-1", "origin": ORIGIN.replace("2026", str(year)), "index": index + distance}
            serve(school, log, cutOffs=[cut])
            yield of(school, f"cut off in {year} at {distance}, lists not renewed", award)
            fresh = key_from("fresh")
            school.methods.append(("key-2", fresh.public))
            school.list_signer, school.list_method = fresh, f"{school.did}#key-2"
            yield of(school, f"cut off in {year} at {distance}", award)
            school.pages.clear()
            yield of(school, f"cut off in {year} at {distance}, no proof", award)

"""did:webvh: logs as an issuer would write them, and each rule of the method broken alone, signed again where the attacker could."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from tests.unit.proofs.did.webvh_log import (
    FIRST,
    ISSUER_KEY,
    NOW,
    PLACE,
    SECOND,
    THIEF,
    THIRD,
    W1,
    W2,
    W3,
    Log,
    Site,
    approvals,
    key_hash,
    refusal,
    signed,
    site,
    witness,
)

from testamur import strict_json
from testamur.errors import InputError, NotFound
from testamur.proofs.did import did_key_for, resolve_verification_method
from testamur.proofs.did.webvh import check_witnesses, did_webvh_url, verify_log
from testamur.proofs.did.webvh.log import multihash
from testamur.proofs.keys import PrivateKey

# --- what holds --------------------------------------------------------------------------------------------------------------


def test_the_hash_of_the_standards_own_example() -> None:
    """Section "Generate Entry Hash"."""
    scid = "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE"
    keys = (
        "z6Mkkc51mg2vpQzKWAbWQZupeGYhowaBjYkmvcKMTqteqHB4",
        "z6MkuDdJdKLCgwZuQuEi9xG6LVgJJ9Tebr74CXPYPSumqgJs",
        "z6MkoSWmQyp4fTk4ZQy4KUsss9dFX51XfEUzKKKj1J1JUsrF",
    )
    entry = {
        "versionId": scid,
        "versionTime": "2025-04-01T17:39:50Z",
        "parameters": {
            "witness": {"threshold": 2, "witnesses": [{"id": f"did:key:{key}", "weight": 1} for key in keys]},
            "updateKeys": ["z6MkgzBDcBFV3sk4ypPE5YXMZHmS213A3HpYY2LmcVKV15jr"],
            "nextKeyHashes": ["QmZreDcjvWEpyRFznQeExWNCsvMLk5i59AcRJJuQC8UodJ"],
            "method": "did:webvh:0.5",
            "scid": scid,
        },
        "state": {"@context": ["https://www.w3.org/ns/did/v1"], "id": f"did:webvh:{scid}:domain.example"},
    }
    assert multihash(strict_json.jcs(entry)) == "QmQ6FJ4fk2xheSSQoEjVpTgx9AQPKhJgtR9hn1nr4EeCrZ"


def test_a_key_is_found_through_a_history_of_rotations() -> None:
    log = Log().add(updateKeys=[SECOND.public_multikey]).add(SECOND, updateKeys=[THIRD.public_multikey]).add(THIRD)
    history = log.verify()
    assert [version.id.partition("-")[0] for version in history.versions] == ["1", "2", "3", "4"]
    method = resolve_verification_method(f"{log.did}#key-1", site(log))
    assert (method.key, method.controller, method.bound_by) == (ISSUER_KEY, log.did, "did:webvh")
    assert method.purposes == {"assertionMethod"}


def test_keys_that_were_committed_to_before() -> None:
    log = Log(nextKeyHashes=[key_hash(SECOND), key_hash(W1)])
    log.add(SECOND, updateKeys=[SECOND.public_multikey], nextKeyHashes=[key_hash(THIRD)])
    log.add(THIRD, updateKeys=[THIRD.public_multikey], nextKeyHashes=[])
    log.add(THIRD)
    assert len(log.verify().versions) == 4


def test_null_is_how_early_logs_wrote_the_default() -> None:
    log = Log(nextKeyHashes=None, witness=None, watchers=None, ttl=None)
    assert log.verify().parameters.next_key_hashes == ()


def test_several_keys_may_sign_together_or_alone() -> None:
    log = Log(updateKeys=[FIRST.public_multikey, SECOND.public_multikey]).add(SECOND)
    log.entries[-1] = signed(log.entries[-1], FIRST)
    assert len(log.verify().versions) == 2


def test_a_did_that_moved() -> None:
    log = Log(portable=True)
    old = log.did
    log.add(state=log.document("new.example", alsoKnownAs=[old]))
    new = f"did:webvh:{log.scid}:new.example"
    assert log.verify().document["id"] == new
    answers = {"https://new.example/.well-known/did.jsonl": log.content, **site(log).answers}
    assert resolve_verification_method(f"{new}#key-1", Site(answers)).controller == new
    assert refusal(lambda: resolve_verification_method(f"{old}#key-1", Site(answers)))[0] == "did.moved"
    other = f"did:webvh:{log.scid}:third.example"
    answers["https://third.example/.well-known/did.jsonl"] = log.content
    assert refusal(lambda: resolve_verification_method(f"{other}#key-1", Site(answers)))[0] == "did.webvh_name"


def test_a_did_that_was_ended() -> None:
    log = Log().add(deactivated=True, updateKeys=[])
    assert log.verify().parameters.deactivated
    assert refusal(lambda: resolve_verification_method(f"{log.did}#key-1", site(log)))[0] == "did.deactivated"
    assert refusal(log.add(FIRST).verify) == ("did.webvh_ended", 3)


@pytest.mark.parametrize(
    ("rest", "url"),
    [
        ("example.com", "https://example.com/.well-known/did.jsonl"),
        ("issuer.example.com", "https://issuer.example.com/.well-known/did.jsonl"),
        ("example.com:dids:issuer", "https://example.com/dids/issuer/did.jsonl"),
        ("example.com%3A3000:dids:issuer", "https://example.com:3000/dids/issuer/did.jsonl"),
    ],
)
def test_the_addresses_of_the_standard(rest: str, url: str) -> None:
    assert did_webvh_url(f"did:webvh:{'Q' * 46}:{rest}") == url


@pytest.mark.parametrize(
    "did",
    [
        f"did:webvh:{'Q' * 45}:example.com",
        f"did:webvh:{'0' * 46}:example.com",
        f"did:webvh:{'Q' * 46}",
        "did:webvh:example.com",
        f"did:webvh:{'Q' * 46}:127%2E0%2E0%2E1%3A80",
        f"did:webvh:{'Q' * 46}:10.0.0.1",
        f"did:webvh:{'Q' * 46}:10.0.0.1%3a80",
        f"did:webvh:{'Q' * 46}:example.com:..:secret",
        f"did:webvh:{'Q' * 46}:example.com:%2e%2e:secret",
        f"did:webvh:{'Q' * 46}:example.com%2Fpath",
        f"did:webvh:{'Q' * 46}:example.com%23x",
    ],
)
def test_identifiers_that_lead_nowhere(did: str) -> None:
    reached = "https://127.0.0.1" if "127" in did else None
    if reached:  # loopback is for developers: whether it may be asked is the resolver's policy
        assert did_webvh_url(did).startswith("http://127.0.0.1")
        return
    with pytest.raises(InputError):
        resolve_verification_method(f"{did}#key-1", Site({}))


def test_a_name_without_a_key() -> None:
    with pytest.raises(InputError) as caught:
        resolve_verification_method(Log().did, Site({}))
    assert caught.value.code == "did.fragment_missing"


# --- one thing wrong ---------------------------------------------------------------------------------------------------------


def after_signing(number: int, change: Callable[[dict[str, Any]], None]) -> Log:
    log = Log().add().add()
    log.verify()
    change(log.entries[number - 1])
    return log


def resigned(number: int, change: Callable[[dict[str, Any]], None], signer: PrivateKey = FIRST) -> Log:
    """Changed and signed again by whoever holds the key, without the later versions following."""
    log = after_signing(number, change)
    entry = {name: value for name, value in log.entries[number - 1].items() if name != "proof"}
    log.entries[number - 1] = signed(entry, signer)
    return log


def put(*path: Any) -> Callable[[dict[str, Any]], None]:
    *steps, last, value = path

    def change(entry: dict[str, Any]) -> None:
        for step in steps:
            entry = entry[step]
        entry[last] = value

    return change


BROKEN: list[tuple[str, Callable[[], Log], tuple[str, int | None]]] = [
    ("document changed", lambda: resigned(2, put("state", "name", "x")), ("did.webvh_hash", 2)),
    ("time changed", lambda: resigned(2, put("versionTime", "2026-01-02T00:00:01Z")), ("did.webvh_hash", 2)),
    ("signature of another entry", lambda: swapped(), ("did.webvh_proof", 2)),
    ("not signed", lambda: after_signing(2, put("proof", [])), ("did.webvh_proof", 2)),
    ("signed too often", lambda: after_signing(2, often), ("did.webvh_proof", 2)),
    ("proof no object", lambda: after_signing(2, put("proof", "x")), ("did.webvh_proof", 2)),
    ("signed by a thief", lambda: resigned(2, lambda e: None, THIEF), ("did.webvh_proof", 2)),
    ("method and body differ", lambda: after_signing(2, mismatch), ("did.webvh_proof", 2)),
    (
        "proof changed",
        lambda: after_signing(2, put("proof", "created", "2026-02-01T00:00:00Z")),
        ("did.webvh_proof", 2),
    ),
    ("another purpose", lambda: purpose(), ("did.webvh_proof", 2)),
    ("another suite", lambda: suite(), ("did.webvh_proof", 2)),
    (
        "old key after rotation",
        lambda: Log().add(updateKeys=[SECOND.public_multikey]).add(FIRST),
        ("did.webvh_proof", 3),
    ),
    ("new key too early", lambda: Log().add(SECOND, updateKeys=[SECOND.public_multikey]), ("did.webvh_proof", 2)),
    ("one taken out", lambda: without(2), ("did.webvh_entry", 2)),
    ("first taken out", lambda: without(1), ("did.webvh_entry", 1)),
    ("number again", lambda: after_signing(3, put("versionId", "2-" + "Q" * 46)), ("did.webvh_entry", 3)),
    ("number no text", lambda: after_signing(2, put("versionId", 2)), ("did.webvh_entry", 2)),
    ("a member more", lambda: after_signing(2, put("note", "x")), ("did.webvh_entry", 2)),
    ("a member less", lambda: after_signing(2, lambda e: e.pop("state")), ("did.webvh_entry", 2)),
    ("parameters no object", lambda: after_signing(2, put("parameters", [])), ("did.webvh_entry", 2)),
    ("same time twice", lambda: Log().add(FIRST, put("versionTime", "2026-01-01T00:00:00Z")), ("did.webvh_time", 2)),
    ("time in the future", lambda: Log().add(FIRST, put("versionTime", "2026-11-25T12:00:01Z")), ("did.webvh_time", 2)),
    (
        "time elsewhere",
        lambda: Log().add(FIRST, put("versionTime", "2026-02-01T00:00:00+09:00")),
        ("did.webvh_time", 2),
    ),
    ("time unreadable", lambda: Log().add(FIRST, put("versionTime", "yesterday")), ("did.webvh_time", 2)),
    ("scid again", lambda: Log().add(scid="x"), ("did.webvh_scid", 2)),
    ("unknown parameter", lambda: Log().add(colour="red"), ("did.webvh_parameters", 2)),
    ("keys no list", lambda: Log().add(updateKeys="x"), ("did.webvh_parameters", 2)),
    ("keys twice", lambda: Log().add(updateKeys=[FIRST.public_multikey] * 2), ("did.webvh_parameters", 2)),
    ("keys no Ed25519", lambda: Log().add(updateKeys=["zDnae"]), ("did.webvh_parameters", 2)),
    ("ttl negative", lambda: Log().add(ttl=-1), ("did.webvh_parameters", 2)),
    ("ended no truth value", lambda: Log().add(deactivated="no"), ("did.webvh_parameters", 2)),
    ("portable later", lambda: Log().add(portable=True), ("did.webvh_parameters", 2)),
    ("another method version", lambda: Log().add(method="did:webvh:2.0"), ("did.webvh_version_unknown", 2)),
    ("first of another version", lambda: Log(method="did:webvh:0.5"), ("did.webvh_version_unknown", 1)),
    ("no keys at first", lambda: Log(updateKeys=[]), ("did.webvh_parameters", 1)),
    (
        "commitment not kept",
        lambda: committed(updateKeys=[THIEF.public_multikey], nextKeyHashes=[]),
        ("did.webvh_pre_rotation", 2),
    ),
    ("keys left out", lambda: committed(nextKeyHashes=[]), ("did.webvh_pre_rotation", 2)),
    ("hashes left out", lambda: committed(updateKeys=[SECOND.public_multikey]), ("did.webvh_pre_rotation", 2)),
    ("witness of one twice", lambda: Log(witness=witness(1, W1, W1)), ("did.webvh_parameters", 1)),
    ("threshold 0", lambda: Log(witness=witness(0, W1)), ("did.webvh_parameters", 1)),
    ("threshold too high", lambda: Log(witness=witness(2, W1)), ("did.webvh_parameters", 1)),
    ("threshold true", lambda: Log(witness=witness(True, W1)), ("did.webvh_parameters", 1)),
    (
        "witness no did:key",
        lambda: Log(witness={"threshold": 1, "witnesses": [{"id": "x"}]}),
        ("did.webvh_parameters", 1),
    ),
    ("witness no list", lambda: Log(witness={"threshold": 1, "witnesses": {}}), ("did.webvh_parameters", 1)),
    ("moved without being portable", lambda: moved({}), ("did.webvh_name", 2)),
    ("moved without saying so", lambda: moved({"portable": True}, also=[]), ("did.webvh_name", 2)),
    ("another scid in the document", lambda: swapped_name(), ("did.webvh_name", 2)),
    ("document without id", lambda: Log().add(FIRST, lambda e: e["state"].pop("id")), ("did.webvh_name", 2)),
]


def swapped() -> Log:
    log = Log().add().add()
    log.entries[1]["proof"] = log.entries[2]["proof"]
    return log


def often(entry: dict[str, Any]) -> None:
    entry["proof"] = [entry["proof"]] * 9


def mismatch(entry: dict[str, Any]) -> None:
    first, thief = (did_key_for(key.public)[0] for key in (FIRST, THIEF))
    entry["proof"]["verificationMethod"] = f"{thief}#{first.removeprefix('did:key:')}"


def purpose() -> Log:
    log = Log().add()
    entry = {name: value for name, value in log.entries[1].items() if name != "proof"}
    log.entries[1] = signed(entry, FIRST, proof_purpose="authentication")
    return log


def suite() -> Log:
    log = Log().add()
    log.entries[1]["proof"]["cryptosuite"] = "eddsa-rdfc-2022"
    return log


def without(number: int) -> Log:
    log = Log().add().add()
    del log.entries[number - 1]
    return log


def committed(**parameters: Any) -> Log:
    return Log(nextKeyHashes=[key_hash(SECOND)]).add(SECOND, **parameters)


def moved(first: dict[str, Any], also: list[str] | None = None) -> Log:
    log = Log(**first)
    return log.add(state=log.document("new.example", alsoKnownAs=[log.did] if also is None else also))


def swapped_name() -> Log:
    log = Log(portable=True)
    other = f"did:webvh:{'Q' * 46}:{PLACE}"
    return log.add(state={"id": other, "alsoKnownAs": [log.did]})


@pytest.mark.parametrize(("make", "expected"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_history_with_one_thing_wrong(make: Callable[[], Log], expected: tuple[str, int | None]) -> None:
    log = make()
    assert refusal(log.verify) == expected
    assert refusal(lambda: resolve_verification_method(f"{log.did}#key-1", site(log)))[0] == expected[0]


def test_the_identifier_is_the_hash_of_the_beginning() -> None:
    log = Log()
    other = Log(ttl=1)
    assert refusal(lambda: verify_log(other.did, log.content, NOW)) == ("did.webvh_scid", 1)
    forged = deepcopy(log)
    entry = {name: value for name, value in forged.entries[0].items() if name != "proof"}
    entry["parameters"]["updateKeys"] = [THIEF.public_multikey]
    entry["versionId"] = f"1-{multihash(strict_json.jcs({**entry, 'versionId': log.scid}))}"
    forged.entries = [signed(entry, THIEF)]
    assert refusal(forged.verify) == ("did.webvh_scid", 1)


@pytest.mark.parametrize("content", [b"{", b"[]", b"5", b"\xff", b"{}\n{}", b'{"a":1,"a":2}', b"\n\n"])
def test_what_is_no_log(content: bytes) -> None:
    assert refusal(lambda: verify_log(Log().did, content, NOW)) == ("did.webvh_entry", 1)


def test_an_empty_log_and_one_too_long() -> None:
    assert refusal(lambda: verify_log(Log().did, b"", NOW))[0] == "did.webvh_empty"
    assert refusal(lambda: verify_log(Log().did, b"{}\n" * 1001, NOW))[0] == "did.webvh_entry"
    assert refusal(lambda: verify_log(Log().did, b" " * 4_000_001, NOW))[0] == "did.webvh_entry"


# --- witnesses ---------------------------------------------------------------------------------------------------------------


def test_enough_witnesses_of_the_last_version_approve_of_all() -> None:
    log = Log(witness=witness(2, W1, W2, W3)).add().add()
    content = approvals(log, (3, W1), (3, W3))
    check_witnesses(log.verify(), content)
    assert resolve_verification_method(f"{log.did}#key-1", site(log, content)).key == ISSUER_KEY
    with pytest.raises(NotFound):
        resolve_verification_method(f"{log.did}#key-1", site(log))


REPLACED = Log(witness=witness(1, W1)).add(witness=witness(1, W2)).add()
ADDED = Log().add(witness=witness(1, W1)).add(witness={}).add()
ASKED = Log(witness=witness(2, W1, W2)).add()
OTHER = Log(witness=witness(2, W1, W2), ttl=1).add()


@pytest.mark.parametrize(
    ("log", "content", "expected"),
    [
        (ASKED, approvals(ASKED, (2, W1), (2, W2)), None),
        (ASKED, approvals(ASKED, (1, W1), (2, W1), (2, W2)), None),
        (ASKED, approvals(ASKED, (2, W1), (1, W2)), 2),
        (ASKED, approvals(ASKED, (2, W1), (2, W1)), 1),
        (ASKED, approvals(ASKED, (2, W1), (2, THIEF)), 1),
        (ASKED, approvals(OTHER, (2, W1), (2, W2)), 1),
        (ASKED, approvals(ASKED, (2, W1), (2, W2)).replace(b'"created":"2026-01-01', b'"created":"2026-01-02'), 1),
        (ASKED, b"[]", 1),
        (ASKED, b"{}", None.__class__),
        (ASKED, b"{", None.__class__),
        (REPLACED, approvals(REPLACED, (2, W1), (3, W2)), None),
        (REPLACED, approvals(REPLACED, (3, W2)), 1),
        (REPLACED, approvals(REPLACED, (3, W1)), 3),
        (ADDED, approvals(ADDED, (3, W1)), None),
        (ADDED, approvals(ADDED, (2, W1)), 3),
        (ADDED, approvals(ADDED, (1, W1)), 2),
    ],
    ids=range(16),
)
def test_who_must_have_seen_what(log: Log, content: bytes, expected: Any) -> None:
    history = log.verify()
    if expected is None:
        check_witnesses(history, content)
        return
    code, entry = refusal(lambda: check_witnesses(history, content))
    assert code == "did.webvh_witness"
    assert entry == (expected if isinstance(expected, int) else None)


@pytest.mark.parametrize("name", [{}, [], None, 7, "", {"id": "did:key:x"}])
def test_a_witness_whose_name_is_no_text(name: object) -> None:
    log = Log(witness={"threshold": 1, "witnesses": [{"id": name}]})
    assert refusal(log.verify) == ("did.webvh_parameters", 1)

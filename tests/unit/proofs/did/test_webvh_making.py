"""did:webvh: what our own hand writes is what our own resolver reads, and what may not be written is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.proofs.did.webvh_log import (
    FIRST,
    ISSUER_KEY,
    NOW,
    PLACE,
    SECOND,
    START,
    THIEF,
    THIRD,
    W1,
    Site,
    refusal,
    witness,
)

from testamur import strict_json
from testamur.errors import KeyMaterialError, NotFound
from testamur.proofs.did import did_document, resolve_verification_method
from testamur.proofs.did.webvh import (
    approve,
    begin,
    check_witnesses,
    deactivate,
    follow,
    key_hash,
    verify_log,
    witness_file,
)
from testamur.proofs.keys import PrivateKey

DAY = timedelta(days=1)


def document(did: str, **members: Any) -> dict[str, Any]:
    return {**did_document(did, [("key-1", ISSUER_KEY)]), **members}


def begun(*committed: PrivateKey, **options: Any) -> tuple[str, bytes]:
    hashes = [key_hash(key.public_multikey) for key in committed]
    line = begin(PLACE, document, FIRST, at=START, next_key_hashes=hashes, **options)
    return line.did, line.content


def test_a_history_with_keys_committed_to_before() -> None:
    did, log = begun(SECOND)
    second = follow(
        log,
        did,
        document(did, alsoKnownAs=["did:web:a.example"]),
        SECOND,
        at=START + DAY,
        next_key_hashes=[key_hash(THIRD.public_multikey)],
    )
    log += second.content
    history = verify_log(did, log, NOW)
    assert second.version_id == history.versions[-1].id
    assert history.parameters.next_key_hashes == (key_hash(THIRD.public_multikey),)
    address = "https://university.example/credentials/did.jsonl"
    method = resolve_verification_method(f"{did}#key-1", Site({address: log}))
    assert (method.key, method.controller, method.bound_by) == (ISSUER_KEY, did, "did:webvh")


@pytest.mark.parametrize("signer", [FIRST, THIRD, THIEF], ids=["the one before", "a later one", "a thief"])
def test_no_other_key_than_the_one_committed_to_writes_on(signer: PrivateKey) -> None:
    did, log = begun(SECOND)
    code, entry = refusal(
        lambda: follow(
            log, did, document(did), signer, at=START + DAY, next_key_hashes=[key_hash(THIRD.public_multikey)]
        )
    )
    assert (code, entry) == ("did.webvh_pre_rotation", 2)


def test_a_history_without_commitments_is_written_by_its_key_and_can_begin_with_them() -> None:
    did, log = begun()
    log += follow(log, did, document(did), FIRST, at=START + DAY).content
    log += follow(
        log, did, document(did), FIRST, at=START + 2 * DAY, parameters={"updateKeys": [SECOND.public_multikey]}
    ).content
    assert refusal(lambda: follow(log, did, document(did), FIRST, at=START + 3 * DAY))[0] == "did.webvh_proof"
    log += follow(
        log, did, document(did), SECOND, at=START + 3 * DAY, next_key_hashes=[key_hash(THIRD.public_multikey)]
    ).content
    assert refusal(lambda: follow(log, did, document(did), SECOND, at=START + 4 * DAY))[0] == "did.webvh_pre_rotation"
    log += follow(log, did, document(did), THIRD, at=START + 4 * DAY).content
    assert len(verify_log(did, log, NOW).versions) == 5


@pytest.mark.parametrize("committed", [(), (SECOND,)], ids=["plain", "committed"])
def test_an_end_is_an_end(committed: tuple[PrivateKey, ...]) -> None:
    did, log = begun(*committed)
    signer = committed[0] if committed else FIRST
    lines = deactivate(log, did, signer, at=START + DAY)
    assert len(lines) == 1 + len(committed)
    log += b"".join(line.content for line in lines)
    last = verify_log(did, log, NOW)
    assert last.parameters.deactivated
    assert last.parameters.update_keys == ()
    assert refusal(lambda: follow(log, did, document(did), signer, at=START + 2 * DAY))[0] == "did.webvh_ended"


def test_only_a_portable_identifier_moves() -> None:
    for portable in (True, False):
        did, log = begun(SECOND, portable=portable)
        scid = did.split(":")[2]
        new = f"did:webvh:{scid}:new.example"

        def move(log: bytes = log, did: str = did, new: str = new) -> Any:
            return follow(log, did, document(new, alsoKnownAs=[did]), SECOND, at=START + DAY)

        if portable:
            assert move().did == new
            assert verify_log(new, log + move().content, NOW).document["id"] == new
        else:
            assert refusal(move)[0] == "did.webvh_name"


@pytest.mark.parametrize(
    ("after", "code"),
    [(timedelta(0), "did.webvh_time"), (-DAY, "did.webvh_time")],
)
def test_time_goes_forward(after: timedelta, code: str) -> None:
    did, log = begun(SECOND)
    assert refusal(lambda: follow(log, did, document(did), SECOND, at=START + after))[0] == code


def test_a_log_that_does_not_hold_is_not_continued() -> None:
    did, log = begun(SECOND)
    damaged = log.replace(b"assertionMethod", b"authentication_", 1)
    assert refusal(lambda: follow(damaged, did, document(did), SECOND, at=START + DAY))[0] == "did.webvh_hash"
    other = f"did:webvh:{'Q' * 46}:{PLACE}"
    assert refusal(lambda: follow(log, other, document(did), SECOND, at=START + DAY))[0] == "did.webvh_scid"


def test_witnesses_approve() -> None:
    did, log = begun(SECOND, parameters={"witness": witness(1, W1), "ttl": 300})
    last = verify_log(did, log, NOW)
    approvals = witness_file([approve(last.versions[-1].id, W1, at=NOW)])
    check_witnesses(last, approvals)
    code, _ = refusal(lambda: check_witnesses(last, witness_file([approve(last.versions[-1].id, THIEF, at=NOW)])))
    assert code == "did.webvh_witness"


def test_another_algorithm_does_not_write() -> None:
    with pytest.raises(KeyMaterialError):
        begin(PLACE, document, PrivateKey.generate("P-256"), at=START)


def test_a_version_is_dated_in_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        begin(PLACE, document, FIRST, at=START.replace(tzinfo=None))


def test_a_line_missing_its_line_feed_is_continued() -> None:
    did, log = begun(SECOND)
    line = follow(log.rstrip(b"\n"), did, document(did), SECOND, at=START + DAY)
    assert len(verify_log(did, log + line.content, NOW).versions) == 2


def test_the_identifier_is_bound_to_the_first_version() -> None:
    did, log = begun(SECOND)
    forged = strict_json.loads(log)
    forged["parameters"]["nextKeyHashes"] = [key_hash(THIEF.public_multikey)]
    assert refusal(lambda: verify_log(did, strict_json.dumps(forged), NOW))[0] in ("did.webvh_hash", "did.webvh_scid")
    address = "https://university.example/credentials/did.jsonl"
    with pytest.raises(NotFound):
        resolve_verification_method(f"{did}#key-2", Site({address: log}))

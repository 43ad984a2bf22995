"""Policies, entries and the proof that stands beside a credential."""

from __future__ import annotations

import pytest
from tests.unit.log.worlds import LOG_KEY, ORIGIN

from testamur.errors import Malformed, ProofError
from testamur.log import Entry, Kind, Policy, Proof, SecretKey, SignedCheckpoint, commitment_of, entry_for, handle_of
from testamur.log.checkpoints import Checkpoint, sign
from testamur.log.merkle import Leaves, inclusion_proof, leaf_hash, tree_root
from testamur.log.notes import KeyType, Signature

WITNESSES = {
    name: SecretKey(f"{name}.example/witness", kind, name.encode().ljust(32, b"."))
    for name, kind in {
        "X1": KeyType.ED25519_COSIGNATURE,
        "X2": KeyType.ED25519_COSIGNATURE,
        "X3": KeyType.ML_DSA_44,
        "Y1": KeyType.ED25519_COSIGNATURE,
        "Y2": KeyType.ED25519_COSIGNATURE,
    }.items()
}
LOG_LINE = f"log {LOG_KEY.key.text} https://{ORIGIN}\n"
WITNESS_LINES = "".join(f"witness {name} {secret.key.text}\n" for name, secret in WITNESSES.items())
QUORUM = "group X 2 X1 X2 X3\ngroup Y any Y1 Y2\ngroup both all X Y\nquorum both\n"
POLICY = Policy.from_text("# whom we believe\n" + LOG_LINE + WITNESS_LINES + QUORUM)

SALT = bytes(range(32))
CREDENTIAL = b'{"id": "urn:uuid:1"}'
ENTRY = entry_for(Kind.ISSUE, "urn:uuid:1", CREDENTIAL, SALT)
ENTRIES = [entry_for(Kind.ISSUE, f"urn:uuid:{n}", CREDENTIAL, bytes([n]) * 32) for n in range(2, 9)]
TREE = Leaves([leaf_hash(each.to_bytes()) for each in [*ENTRIES[:3], ENTRY, *ENTRIES[3:]]])
HEAD = Checkpoint(ORIGIN, 8, tree_root(8, TREE))
TIMES = {"X1": 1_764_115_203, "X3": 1_764_115_201, "Y1": 1_764_115_207}


def cosigned(*names: str) -> SignedCheckpoint:
    signed = sign(HEAD, [LOG_KEY], 0)
    return SignedCheckpoint(
        HEAD, signed.note.with_signatures([WITNESSES[n].sign(HEAD, TIMES.get(n, 9)) for n in names])
    )


PROOF = Proof(3, tuple(inclusion_proof(8, 3, TREE)), cosigned("X1", "X3", "Y1"), SALT)


@pytest.mark.parametrize(
    ("witnesses", "enough"),
    [("X1 X3 Y1", True), ("X1 X2 X3 Y1 Y2", True), ("X1 Y1", False), ("X1 X2", False), ("Y1 Y2", False), ("", False)],
)
def test_the_quorum(witnesses: str, enough: bool) -> None:
    judged = POLICY.judge(cosigned(*witnesses.split()))
    assert judged.by_log
    assert set(judged.witnesses) == set(witnesses.split())
    assert judged.quorum is enough


def test_the_earliest_witness_says_since_when_it_is_public() -> None:
    assert POLICY.judge(PROOF.checkpoint).first_witnessed == 1_764_115_201
    assert POLICY.judge(cosigned()).first_witnessed is None


def test_another_log_and_a_false_cosignature() -> None:
    stranger = SecretKey("elsewhere.example/log", KeyType.ED25519, b"e" * 32)
    theirs = Checkpoint("elsewhere.example/log", 8, HEAD.root)
    assert not POLICY.judge(sign(theirs, [stranger], 0)).by_log
    # Our log's key under another origin stands for nothing: a log is its key and its origin.
    assert not POLICY.judge(sign(theirs, [LOG_KEY], 0)).by_log
    forged = Signature(WITNESSES["Y2"].name, WITNESSES["Y2"].key.key_id, bytes(72))
    with pytest.raises(ProofError):
        POLICY.judge(SignedCheckpoint(HEAD, PROOF.checkpoint.note.with_signatures([forged])))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (QUORUM.replace("quorum both\n", ""), None),
        (QUORUM + "quorum X\n", 11),
        (QUORUM.replace("quorum both", "quorum Z"), 10),
        (QUORUM.replace("2 X1 X2 X3", "4 X1 X2 X3"), 7),
        (QUORUM.replace("2 X1 X2 X3", "0 X1 X2 X3"), 7),
        (QUORUM.replace("2 X1 X2 X3", "02 X1 X2 X3"), 7),
        (QUORUM.replace("any Y1 Y2", "any Y1 X1"), 8),
        (QUORUM.replace("group Y any", "group none any"), 8),
        (QUORUM.replace("group Y any", "group X any"), 8),
        (QUORUM.replace("group Y", "grupo Y"), 8),
        (LOG_LINE + QUORUM, 7),
        (f"log {WITNESSES['X1'].key.text}\n" + QUORUM, 7),
        (f"witness W {LOG_KEY.key.text}\n" + QUORUM, 7),
        (f"witness X1 {SecretKey.generate('w', KeyType.ML_DSA_44).key.text}\n" + QUORUM, 7),
    ],
)
def test_what_is_no_policy(change: str, line: int | None) -> None:
    assert Policy.from_text(LOG_LINE + WITNESS_LINES + QUORUM).quorum == "both"
    with pytest.raises(Malformed) as caught:
        Policy.from_text(LOG_LINE + WITNESS_LINES + change)
    assert caught.value.facts.get("line") == line


def test_a_policy_without_witnesses() -> None:
    assert Policy.from_text("quorum none\n").satisfied_by([])


def test_a_proof_goes_round_and_leads_from_the_credential_to_the_root() -> None:
    read = Proof.from_bytes(PROOF.to_bytes())
    assert read == PROOF
    assert read.to_bytes() == PROOF.to_bytes()
    entry = read.entry_of(Kind.ISSUE, "urn:uuid:1", CREDENTIAL)
    assert entry == ENTRY
    assert read.includes(entry)


def test_a_true_proof_of_another_credential_proves_nothing() -> None:
    """CVE-2026-22703: an entry that is in the log, with its true proof, handed in beside something else."""
    for identifier, secured in (("urn:uuid:1", CREDENTIAL + b" "), ("urn:uuid:2", CREDENTIAL)):
        entry = PROOF.entry_of(Kind.ISSUE, identifier, secured)
        assert entry is not None
        assert not PROOF.includes(entry)
    other = PROOF.entry_of(Kind.SUPERSEDE, "urn:uuid:1", CREDENTIAL)
    assert other is not None
    assert not PROOF.includes(other)
    without_salt = Proof(PROOF.index, PROOF.path, PROOF.checkpoint)
    assert without_salt.entry_of(Kind.ISSUE, "urn:uuid:1", CREDENTIAL) is None


def test_a_fork_does_not_carry_the_proof() -> None:
    forked = Checkpoint(ORIGIN, 8, leaf_hash(b"another history"))
    proof = Proof(PROOF.index, PROOF.path, sign(forked, [LOG_KEY], 0), SALT)
    assert not proof.includes(ENTRY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"),
        (b"index 3", b"index 03"),
        (b"index 3", b"index -3"),
        (b"index 3\n", b""),
        (b"extra ", b"extra  "),
        (b"\n\n", b"\n"),
        (b"index 3\n", b"index 3\nAAAA\n"),
        (b"index 3\n", b"index 3\n" + b"A" * 43 + b"=\n" * 1 + (b"A" * 43 + b"=\n") * 64),
    ],
)
def test_what_is_no_proof(old: bytes, new: bytes) -> None:
    data = PROOF.to_bytes()
    assert old in data
    with pytest.raises(Malformed):
        Proof.from_bytes(data.replace(old, new, 1))


def test_an_entry_is_66_bytes_and_nothing_else_is_one() -> None:
    assert len(ENTRY.to_bytes()) == 66
    assert Entry.from_bytes(ENTRY.to_bytes()) == ENTRY
    for damaged in (ENTRY.to_bytes()[:-1], b"\x02" + ENTRY.to_bytes()[1:], b"\x01\x09" + ENTRY.to_bytes()[2:], b""):
        with pytest.raises(Malformed):
            Entry.from_bytes(damaged)


def test_what_is_about_a_person_is_salted_and_nothing_else_is() -> None:
    assert commitment_of(CREDENTIAL, SALT) != commitment_of(CREDENTIAL, bytes(32)) != commitment_of(CREDENTIAL)
    assert handle_of("a") != handle_of("b")
    with pytest.raises(ValueError, match="salt"):
        entry_for(Kind.ISSUE, "urn:uuid:1", CREDENTIAL)
    with pytest.raises(ValueError, match="salt"):
        entry_for(Kind.STATUS_LIST, "https://list.example", b"list", SALT)
    with pytest.raises(ValueError, match="32"):
        commitment_of(CREDENTIAL, b"short")

"""Signed notes, checkpoints and cosignatures: what the specifications print, what must be refused, and that no
changed byte passes."""

from __future__ import annotations

import base64

import pytest
from tests.unit.log.worlds import LOG_KEY, LOG_KEY_2, ORIGIN, SIGNERS

from testamur.errors import Malformed, ProofError
from testamur.log import checkpoints, notes
from testamur.log.checkpoints import (
    Checkpoint,
    SecretKey,
    SignedCheckpoint,
    sign,
    signed_message,
    verified_by,
    verify_signature,
)
from testamur.log.notes import KeyType, Signature, VerifierKey, parse

# The example of C2SP signed-note, signed by the key that the Go package documents in its tests for the same text.
PETERS_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)  # fmt: skip
CHECKPOINT = Checkpoint(ORIGIN, 20_852_163, bytes(range(32)))
TIME = 1_764_115_200


def test_the_published_note_of_the_go_package() -> None:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    key, note = VerifierKey.from_text(PETERS_KEY), parse(PETERS_NOTE.encode())
    (line,) = note.by(key)
    ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(line.value, note.text.encode())
    assert note.to_bytes() == PETERS_NOTE.encode()
    assert key.text == PETERS_KEY


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AxpcAA==",
        "PeterNeumann",
        "",
    ],
    ids=["id", "truncated", "space", "nameless", "type", "bare", "empty"],
)
def test_what_is_no_verifier_key(text: str) -> None:
    with pytest.raises(Malformed):
        VerifierKey.from_text(text)


NOTE = sign(CHECKPOINT, SIGNERS, TIME).to_bytes()


@pytest.mark.parametrize(
    "data",
    [b"", b"text\n", b"text\n\n", NOTE[:-1], NOTE.replace("— ".encode(), b"- "), b"a\x07" + NOTE, b"\xff" + NOTE,
     NOTE + "— x AAAA\n".encode(), NOTE.replace(b"\n\n", b"\n"), b"x" * 300_000],
    ids=["empty", "text", "unsigned", "cut", "dash", "control", "utf8", "short", "run_together", "large"],
)  # fmt: skip
def test_what_is_no_note(data: bytes) -> None:
    assert parse(NOTE).to_bytes() == NOTE
    with pytest.raises(Malformed):
        parse(data)


@pytest.mark.parametrize(
    "text",
    [
        "log\n1\n",
        "log\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n1\nAAAA\n",
        "log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n9223372036854775808\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nextension\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    assert Checkpoint.from_text("log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").size == 1
    with pytest.raises(Malformed):
        Checkpoint.from_text(text)


@pytest.mark.parametrize("kind", list(KeyType))
def test_each_type_signs_and_no_flipped_bit_passes(kind: KeyType) -> None:
    secret = SecretKey("witness.example/w1", kind, bytes(range(32)))
    line = secret.sign(CHECKPOINT, TIME)
    assert verify_signature(CHECKPOINT, line, secret.key)
    for bit in range(0, len(line.value) * 8, 97):
        changed = bytearray(line.value)
        changed[bit // 8] ^= 1 << bit % 8
        assert not verify_signature(CHECKPOINT, Signature(line.name, line.key_id, bytes(changed)), secret.key)
    others = (
        Checkpoint(ORIGIN + "x", CHECKPOINT.size, CHECKPOINT.root),
        Checkpoint(ORIGIN, 1, CHECKPOINT.root),
        Checkpoint(ORIGIN, CHECKPOINT.size, bytes(32)),
    )
    for other in others:
        assert not verify_signature(other, line, secret.key)


def test_what_a_stranger_makes_long_is_not_remembered() -> None:
    secret = SecretKey("log.example/" + "x" * 10_000, KeyType.ED25519, bytes(range(32)))
    long = Checkpoint(ORIGIN, 1, bytes(32), ("a line",) * 10_000)
    line = secret.sign(long, TIME)
    for known in (notes._known_key, notes._known_key_id, checkpoints._known_signature):
        known.cache_clear()
    for _ in range(2):
        assert VerifierKey.from_text(secret.key.text) == secret.key
        assert verify_signature(long, line, secret.key)
        assert not verify_signature(long, Signature(line.name, line.key_id, bytes(64)), secret.key)
    sizes = [known.cache_info().currsize for known in (notes._known_key, notes._known_key_id)]
    assert [*sizes, checkpoints._known_signature.cache_info().currsize] == [0, 0, 0]


def test_the_message_of_a_cosignature_is_as_printed() -> None:
    """C2SP tlog-cosignature §Ed25519 signed message."""
    root = base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    checkpoint = Checkpoint("example.com/behind-the-sofa", 20852163, root)
    key = SecretKey("witness.example/w1", KeyType.ED25519_COSIGNATURE, bytes(32)).key
    assert signed_message(checkpoint, key, 1679315147) == (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_the_message_of_an_ml_dsa_cosignature() -> None:
    """The structure `cosigned_message`, byte by byte: label, name, time, origin, start, end, root."""
    key = SecretKey("w", KeyType.ML_DSA_44, bytes(32)).key
    assert signed_message(Checkpoint("log", 258, b"\xaa" * 32), key, 1) == (
        b"subtree/v1\n\x00" + b"\x01w" + bytes(7) + b"\x01" + b"\x03log" + bytes(8) + bytes(6) + b"\x01\x02" + b"\xaa" * 32
    )  # fmt: skip
    with pytest.raises(ProofError):
        signed_message(Checkpoint("log", 1, bytes(32), ("extension",)), key, 1)


def test_a_false_signature_of_a_known_key_spoils_the_note_and_one_of_a_stranger_does_not() -> None:
    signed = sign(CHECKPOINT, SIGNERS, TIME)
    forged = Signature(LOG_KEY.name, LOG_KEY.key.key_id, bytes(64))
    spoilt = SignedCheckpoint(CHECKPOINT, signed.note.with_signatures([forged]))
    strangers = SignedCheckpoint(CHECKPOINT, signed.note.with_signatures([Signature("stranger", b"1234", bytes(64))]))
    assert set(verified_by(strangers, [LOG_KEY.key, LOG_KEY_2.key])) == {LOG_KEY.key, LOG_KEY_2.key}
    with pytest.raises(ProofError) as caught:
        verified_by(spoilt, [LOG_KEY.key])
    assert caught.value.code == "log.signature_false"


def test_a_secret_stays_out_of_sight() -> None:
    assert bytes(range(32)).hex() not in repr(LOG_KEY)
    assert "secret" not in repr(LOG_KEY)


def test_keys_are_made() -> None:
    for kind in KeyType:
        made = SecretKey.generate("log.example", kind)
        assert VerifierKey.from_text(made.key.text) == made.key
        assert verify_signature(CHECKPOINT, made.sign(CHECKPOINT, TIME), made.key)

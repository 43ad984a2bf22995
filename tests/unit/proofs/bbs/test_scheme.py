"""BBS itself: the constants of the draft drawn again, and what a signature or a proof does not hold for."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import pytest
from py_arkworks_bls12381 import G1Point

from testamur.errors import KeyMaterialError, ProofError
from testamur.proofs.bbs import MAX_MESSAGES, BbsPrivateKey, proof_gen, proof_verify, verify
from testamur.proofs.bbs.hashing import API, ORDER, expand_message, generators, hash_to_scalar
from testamur.proofs.bbs.scheme import P1
from testamur.proofs.encodings import multibase_encode
from testamur.proofs.keys import PrivateKey

KEY = BbsPrivateKey((7).to_bytes(32, "big"))
PUBLIC = KEY.public.raw
HEADER, PRESENTATION = b"header", b"presentation"
MESSAGES = [f"message {number}".encode() for number in range(6)]
SIGNATURE = KEY.sign_messages(HEADER, MESSAGES)


def shown(places: list[int]) -> list[bytes]:
    return [MESSAGES[place] for place in places]


def proof(places: list[int]) -> bytes:
    return proof_gen(PUBLIC, SIGNATURE, HEADER, PRESENTATION, MESSAGES, places)


def test_p1_and_the_first_generator_are_those_of_the_draft() -> None:
    seed = expand_message(API + b"BP_MESSAGE_GENERATOR_SEED", API + b"SIG_GENERATOR_SEED_", 48)
    drawn = expand_message(seed + (1).to_bytes(8, "big"), API + b"SIG_GENERATOR_SEED_", 48)
    assert G1Point.hash_to_curve(drawn, API + b"SIG_GENERATOR_DST_") == P1
    (first,) = generators(1)
    assert bytes(first.to_compressed_bytes()).hex() == (
        "a9ec65b70a7fbe40c874c9eb041c2cb0a7af36ccec1bea48fa2ba4c2eb67ef7f9ecb17ed27d38d27cdeddff44c8137be"
    )
    assert [*map(bytes, (p.to_compressed_bytes() for p in generators(3)))] == [
        *map(bytes, (p.to_compressed_bytes() for p in generators(9)[:3]))
    ]


def test_expand_message_is_that_of_rfc_9380() -> None:
    """Appendix K.1: SHA-256, DST QUUX-V01-CS02-with-expander-SHA256-128."""
    dst = b"QUUX-V01-CS02-with-expander-SHA256-128"
    assert expand_message(b"", dst, 32).hex() == "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235"
    assert expand_message(b"abc", dst, 32).hex() == "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615"
    assert len(expand_message(b"", dst, 8160)) == 8160
    with pytest.raises(ValueError, match="8160"):
        expand_message(b"", dst, 8161)
    assert int(hash_to_scalar(b"x")) < ORDER


def test_a_signature_holds_for_its_messages_header_and_key_alone() -> None:
    assert len(SIGNATURE) == 80
    assert KEY.sign_messages(HEADER, MESSAGES) == SIGNATURE
    assert verify(PUBLIC, SIGNATURE, HEADER, MESSAGES)
    assert verify(PUBLIC, KEY.sign_messages(b"", []), b"", [])
    assert not verify(PUBLIC, SIGNATURE, b"other", MESSAGES)
    assert not verify(PUBLIC, SIGNATURE, HEADER, MESSAGES[:-1])
    assert not verify(PUBLIC, SIGNATURE, HEADER, [*MESSAGES, b""])
    assert not verify(PUBLIC, SIGNATURE, HEADER, [MESSAGES[1], MESSAGES[0], *MESSAGES[2:]])
    assert not verify(BbsPrivateKey.generate().public.raw, SIGNATURE, HEADER, MESSAGES)


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        SIGNATURE[:-1],
        SIGNATURE + b"\0",
        bytes(80),
        b"\xc0" + bytes(47) + SIGNATURE[48:],
        SIGNATURE[:48] + bytes(32),
        SIGNATURE[:48] + ORDER.to_bytes(32, "big"),
        SIGNATURE[:48] + b"\xff" * 32,
        b"\xff" * 48 + SIGNATURE[48:],
    ],
)
def test_what_is_no_signature(signature: bytes) -> None:
    assert not verify(PUBLIC, signature, HEADER, MESSAGES)
    assert not verify(b"junk", SIGNATURE, HEADER, MESSAGES)


@pytest.mark.parametrize("places", [[], [0], [5], [0, 2, 4], [0, 1, 2, 3, 4, 5]], ids=str)
def test_every_choice_is_proven_and_no_two_proofs_are_alike(places: list[int]) -> None:
    data = proof(places)
    assert len(data) == 3 * 48 + 4 * 32 + 32 * (6 - len(places))
    assert proof_verify(PUBLIC, data, HEADER, PRESENTATION, shown(places), places)
    again = proof(places)
    assert all(data[start : start + 48] != again[start : start + 48] for start in (0, 48, 96))
    assert SIGNATURE[:48] not in data


GOOD = proof([1, 3])
OTHER = BbsPrivateKey.generate().public.raw


@pytest.mark.parametrize(
    "changes",
    [
        {"public": OTHER},
        {"public": b"junk"},
        {"header": b"other"},
        {"presentation_header": b"other"},
        {"messages": [MESSAGES[1], MESSAGES[2]]},
        {"messages": [MESSAGES[3], MESSAGES[1]]},
        {"messages": [MESSAGES[1]]},
        {"disclosed": [1, 2]},
        {"disclosed": [3, 1]},
        {"disclosed": [1, 1]},
        {"disclosed": [1, 6]},
        {"disclosed": [-1, 3]},
        {"proof": b""},
        {"proof": GOOD[:-1]},
        {"proof": GOOD[:-32]},
        {"proof": GOOD + bytes(32)},
        {"proof": GOOD[:272]},
        {"proof": b"\xc0" + bytes(47) + GOOD[48:]},
        {"proof": b"\xc0" + bytes(47) + b"\xc0" + bytes(47) + GOOD[96:]},
        {"proof": GOOD[48:96] + GOOD[:48] + GOOD[96:]},
        {"proof": GOOD[:144] + bytes(32) + GOOD[176:]},
        {"proof": GOOD[:-32] + ORDER.to_bytes(32, "big")},
        {"proof": GOOD[:-1] + bytes([GOOD[-1] ^ 1])},
    ],
    ids=range(23),
)
def test_a_proof_with_one_thing_wrong(changes: dict[str, Any]) -> None:
    good = {
        "public": PUBLIC,
        "proof": GOOD,
        "header": HEADER,
        "presentation_header": PRESENTATION,
        "messages": shown([1, 3]),
        "disclosed": [1, 3],
    }
    assert proof_verify(**good)  # type: ignore[arg-type]
    assert not proof_verify(**{**good, **changes})


def test_what_cannot_be_proven() -> None:
    with pytest.raises(ProofError) as caught:
        proof_gen(PUBLIC, SIGNATURE, HEADER, PRESENTATION, [*MESSAGES[:-1], b"other"], [0])
    assert caught.value.code == "bbs.signature_false"
    for places in ([2, 1], [0, 0], [6], [-1]):
        with pytest.raises(ProofError) as caught:
            proof(places)
        assert caught.value.code == "bbs.index_invalid"


def test_the_number_of_messages_is_bounded() -> None:
    many = [b""] * (MAX_MESSAGES + 1)
    for call in (
        lambda: KEY.sign_messages(b"", many),
        lambda: verify(PUBLIC, SIGNATURE, b"", many),
        lambda: proof_verify(PUBLIC, GOOD[:144] + GOOD[144:176] * (MAX_MESSAGES + 5), HEADER, b"", [], []),
    ):
        with pytest.raises(ProofError) as caught:
            call()
        assert caught.value.code == "bbs.too_many_messages"


def test_keys() -> None:
    assert BbsPrivateKey.from_secret_multikey(KEY.secret_multikey).public == KEY.public
    assert KEY.public_multikey.startswith("zUC7")
    assert KEY.algorithm == KEY.public.algorithm == "BLS12-381-G2"
    assert BbsPrivateKey.generate().public != BbsPrivateKey.generate().public
    assert repr(KEY) == f"<BbsPrivateKey of {KEY.public_multikey}>"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(KEY)


@pytest.mark.parametrize(
    ("secret", "code"),
    [
        (b"", "key_material.length"),
        (bytes(32), "key_material.secret"),
        (ORDER.to_bytes(32, "big"), "key_material.secret"),
        (b"\xff" * 32, "key_material.secret"),
    ],
)
def test_what_is_no_secret_key(secret: bytes, code: str) -> None:
    for call in (
        lambda: BbsPrivateKey(secret),
        lambda: BbsPrivateKey.from_secret_multikey(multibase_encode(b"\x8a\x26" + secret)),
    ):
        with pytest.raises(KeyMaterialError) as caught:
            call()
        assert caught.value.code == code
    with pytest.raises(KeyMaterialError) as caught:
        BbsPrivateKey.from_secret_multikey(PrivateKey("Ed25519", bytes(32)).secret_multikey)
    assert caught.value.code == "key_material.unsupported"


def test_everything_else_works_without_the_pairing_library() -> None:
    program = """
import sys
sys.modules["py_arkworks_bls12381"] = None
import testamur.cli.main, testamur.verification
from testamur.errors import KeyMaterialError, ProofError
from testamur.proofs.data_integrity.bbs_2023.library import bbs
from testamur.proofs.keys import PrivateKey, PublicKey
PrivateKey("Ed25519", bytes(32)).public.verify(bytes(64), b"")
codes = []
for call in (lambda: PublicKey.from_multikey(sys.argv[1]), bbs):
    try:
        call()
    except (KeyMaterialError, ProofError) as error:
        codes.append(error.code)
print(codes)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, KEY.public_multikey], capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("['key_material.unsupported', 'bbs.not_installed']\n", "")

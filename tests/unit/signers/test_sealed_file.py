"""Sealed key files: any JOSE library opens them, a production machine refuses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from testamur.errors import SignerRefused
from testamur.proofs.encodings import base64url_decode, base64url_encode
from testamur.proofs.keys import PrivateKey
from testamur.signers import new_key, open_signer, seal_key, unseal_key

PASSPHRASE = "correct horse battery staple"
ROUNDS = 1000  # enough for a test


@pytest.fixture(params=["Ed25519", "P-256"])
def key(request: pytest.FixtureRequest) -> PrivateKey:
    return PrivateKey.generate(request.param)


def test_it_opens_with_its_passphrase_and_no_other(key: PrivateKey) -> None:
    sealed = seal_key(key, PASSPHRASE, rounds=ROUNDS)
    assert unseal_key(sealed, PASSPHRASE).secret_multikey == key.secret_multikey
    with pytest.raises(SignerRefused) as refused:
        unseal_key(sealed, PASSPHRASE + "!")
    assert refused.value.code == "signer.wrong_passphrase"


def test_another_library_opens_it(key: PrivateKey) -> None:
    jwe = pytest.importorskip("joserfc.jwe")
    jwk = pytest.importorskip("joserfc.jwk")
    registry = jwe.JWERegistry(algorithms=["PBES2-HS512+A256KW", "A256GCM"])
    sealed = seal_key(key, PASSPHRASE, rounds=ROUNDS).decode().strip()
    opened = jwe.decrypt_compact(sealed, jwk.OctKey.import_key(PASSPHRASE), registry=registry)
    assert json.loads(opened.plaintext) == key.secret_jwk


def test_we_open_what_another_library_sealed(key: PrivateKey) -> None:
    jwe = pytest.importorskip("joserfc.jwe")
    jwk = pytest.importorskip("joserfc.jwk")
    registry = jwe.JWERegistry(algorithms=["PBES2-HS512+A256KW", "A256GCM"])
    header = {"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": ROUNDS}
    sealed = jwe.encrypt_compact(
        header, json.dumps(key.secret_jwk), jwk.OctKey.import_key(PASSPHRASE), registry=registry
    )
    assert unseal_key(sealed.encode(), PASSPHRASE).public_multikey == key.public_multikey


@pytest.mark.parametrize("part", range(5))
def test_a_changed_file_does_not_open(key: PrivateKey, part: int) -> None:
    parts = seal_key(key, PASSPHRASE, rounds=ROUNDS).decode().strip().split(".")
    raw = bytearray(base64url_decode(parts[part]))
    raw[len(raw) // 2] ^= 1
    parts[part] = base64url_encode(bytes(raw))
    with pytest.raises(SignerRefused):
        unseal_key(".".join(parts).encode(), PASSPHRASE)


@pytest.mark.parametrize("rounds", [5_000_001, 999, -1, "1000", True, 10**30])
def test_a_file_cannot_make_its_reader_work_for_hours(key: PrivateKey, rounds: object) -> None:
    parts = seal_key(key, PASSPHRASE, rounds=ROUNDS).decode().strip().split(".")
    header = json.loads(base64url_decode(parts[0]))
    parts[0] = base64url_encode(json.dumps({**header, "p2c": rounds}).encode())
    with pytest.raises(SignerRefused) as refused:
        unseal_key(".".join(parts).encode(), PASSPHRASE)
    assert refused.value.code == "signer.sealed_malformed"


@pytest.mark.parametrize("content", [b"", b"....", b"ey.a.b.c.d", b"\xff\xfe", b"{}", b"ey" + b"a" * 1000])
def test_what_is_no_sealed_file_is_told(content: bytes) -> None:
    with pytest.raises(SignerRefused) as refused:
        unseal_key(content, PASSPHRASE)
    assert refused.value.code == "signer.sealed_malformed"


def test_a_short_passphrase_is_refused(key: PrivateKey) -> None:
    with pytest.raises(SignerRefused) as refused:
        seal_key(key, "horse")
    assert refused.value.code == "signer.passphrase"


def test_a_file_is_opened_by_its_uri(key: PrivateKey, tmp_path: Path) -> None:
    sealed, plain = tmp_path / "key.jwe", tmp_path / "key.json"
    sealed.write_bytes(seal_key(key, PASSPHRASE, rounds=ROUNDS))
    plain.write_text(json.dumps({"secretKeyMultibase": key.secret_multikey}))
    environment = {"TESTAMUR_KEY_PASSPHRASE": PASSPHRASE}
    assert open_signer(f"file:{sealed}", environment=environment).public_multikey == key.public_multikey
    assert open_signer(f"file:{plain}", environment={}).public_multikey == key.public_multikey
    with pytest.raises(SignerRefused) as refused:
        open_signer(f"file:{sealed}", environment={})
    assert refused.value.code == "signer.no_secret"
    plain.write_text('{"secretKeyMultibase": "z-nothing-secret"}')
    with pytest.raises(SignerRefused) as refused:
        open_signer(f"file:{plain}", environment={})
    assert "z-nothing" not in str(refused.value)
    with pytest.raises(SignerRefused) as refused:
        new_key(f"file:{plain}", environment={})
    assert refused.value.code == "signer.no_device"


def test_a_production_machine_refuses_files_unless_forced(key: PrivateKey, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps({"secretKeyMultibase": key.secret_multikey}))
    environment = {"TESTAMUR_ENVIRONMENT": "production"}
    with pytest.raises(SignerRefused) as refused:
        open_signer(f"file:{path}", environment=environment)
    assert refused.value.code == "signer.production"
    assert "TESTAMUR_SEALED_KEYS_IN_PRODUCTION=yes" in str(refused.value)
    environment["TESTAMUR_SEALED_KEYS_IN_PRODUCTION"] = "yes"
    assert open_signer(f"file:{path}", environment=environment).public_multikey == key.public_multikey

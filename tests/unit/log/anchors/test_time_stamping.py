"""Time stamps of a real authority: OpenSSL's, with certificates made for the purpose."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from testamur.log.anchors import AnchorOutcome
from testamur.log.anchors.time_stamping import query, verify

TEXT = b"testamur.example/log/2026\n8\nroot\n"
DIGEST = hashlib.sha256(TEXT).digest()
OPENSSL = shutil.which("openssl")

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="needs openssl")

_CONFIGURATION = """
[tsa]
default_tsa = default
[default]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
[req]
distinguished_name = dn
[dn]
[leaf]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
"""


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run([str(OPENSSL), *arguments], cwd=folder, check=True, capture_output=True)


def authority(folder: Path) -> x509.Certificate:
    """A root and a time-stamping certificate under it, in `folder`; returns the root."""
    (folder / "ts.cnf").write_text(_CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    new = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "3650", "-config", "ts.cnf")
    openssl(folder, *new, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Test root", "-extensions", "root")
    openssl(folder, *new, "-keyout", "tsa.key", "-out", "tsa.pem", "-subj", "/CN=Test TSA", "-extensions", "leaf",
            "-CA", "root.pem", "-CAkey", "root.key")  # fmt: skip
    return x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())


def stamped(folder: Path, text: bytes) -> bytes:
    (folder / "query").write_bytes(query(text))
    openssl(folder, "ts", "-reply", "-config", "ts.cnf", "-section", "default", "-queryfile", "query", "-out", "reply")
    return (folder / "reply").read_bytes()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[x509.Certificate, bytes]:
    folder = tmp_path_factory.mktemp("authority")
    root = authority(folder)
    return root, stamped(folder, TEXT)


def test_when_it_was_stamped(made: tuple[x509.Certificate, bytes]) -> None:
    root, reply = made
    found = verify(DIGEST, reply, [root])
    assert found.outcome is AnchorOutcome.PASSED
    assert found.time is not None
    assert abs((datetime.now(UTC) - found.time).total_seconds()) < 3600


def test_of_something_else_or_by_nobody_known(made: tuple[x509.Certificate, bytes], tmp_path: Path) -> None:
    root, reply = made
    assert verify(hashlib.sha256(TEXT + b"x").digest(), reply, [root]).code == "anchor.other_digest"
    assert verify(DIGEST, reply, []).code == "anchor.authority_unknown"
    stranger = authority(tmp_path)
    assert verify(DIGEST, reply, [stranger]).outcome is AnchorOutcome.UNKNOWN
    assert verify(DIGEST, reply, [stranger, root]).outcome is AnchorOutcome.PASSED


def test_no_flipped_bit_passes_as_another_time(made: tuple[x509.Certificate, bytes]) -> None:
    root, reply = made
    expected = verify(DIGEST, reply, [root]).time
    for bit in range(0, len(reply) * 8, 61):
        changed = bytearray(reply)
        changed[bit // 8] ^= 1 << bit % 8
        found = verify(DIGEST, bytes(changed), [root])
        assert found.outcome is not AnchorOutcome.PASSED or found.time == expected


@pytest.mark.parametrize("reply", [b"", b"x", b"0" * 70_000])
def test_what_is_no_time_stamp(reply: bytes) -> None:
    assert verify(DIGEST, reply, []).outcome is AnchorOutcome.FAILED

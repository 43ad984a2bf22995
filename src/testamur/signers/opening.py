"""From a key URI to a signer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from testamur import strict_json
from testamur.errors import SignerRefused, TestamurError
from testamur.ports import Signer
from testamur.proofs.keys import PrivateKey
from testamur.signers import aws_kms, pkcs11_token, sealed_file
from testamur.signers.managed import ManagedSigner
from testamur.signers.secrets import read_secret
from testamur.signers.uris import FileUri, KeyUri, Pkcs11Uri, parse

PASSPHRASE_SOURCE = "TESTAMUR_KEY_PASSPHRASE_SOURCE"  # noqa: S105 - the name of a variable
PASSPHRASE = "TESTAMUR_KEY_PASSPHRASE"  # noqa: S105
_MAX_FILE = 100_000


def open_signer(uri: str | KeyUri, *, environment: Mapping[str, str] = os.environ) -> Signer:
    """The signer of a key. `environment` gives defaults and secrets (see `secrets`, `pkcs11_token`).

    A key in a device or service is a `ManagedSigner`; one in a file is opened into memory. Raises `KeyMaterialError` for what is no key
    URI, `SignerRefused` where somebody has to act, `SignerUnavailable` where the same may succeed later.
    """
    place = parse(uri) if isinstance(uri, str) else uri
    if isinstance(place, Pkcs11Uri):
        return pkcs11_token.Pkcs11Signer(place, environment)
    if isinstance(place, FileUri):
        sealed_file.refuse_in_production(environment)
        return _from_file(place.path, environment)
    return aws_kms.KmsSigner(place)


def new_key(
    uri: str | KeyUri, algorithm: str = "Ed25519", *, environment: Mapping[str, str] = os.environ
) -> ManagedSigner:
    """Make a key where the URI says; never in place of one that is there. Raises as `open_signer`.

    `algorithm` is `Ed25519`, `P-256` or `P-384`, as far as the device or service can. Files are written by their owner
    (`seal_key`): raises `SignerRefused` (`signer.no_device`).
    """
    place = parse(uri) if isinstance(uri, str) else uri
    if isinstance(place, Pkcs11Uri):
        return pkcs11_token.make_key(place, algorithm, environment)
    if isinstance(place, FileUri):
        raise _no_device()
    return aws_kms.make_key(place, algorithm)


def destroy_key(uri: str | KeyUri, *, environment: Mapping[str, str] = os.environ) -> bool:
    """End a key in a device or service, whatever it signed stays valid; False where there is none. Raises as `new_key`."""
    place = parse(uri) if isinstance(uri, str) else uri
    if isinstance(place, Pkcs11Uri):
        return pkcs11_token.destroy(place, environment)
    if isinstance(place, FileUri):
        raise _no_device()
    return aws_kms.destroy(place)


def passphrase(environment: Mapping[str, str]) -> str:
    """The passphrase of sealed files. Raises `SignerRefused` (`signer.no_secret`)."""
    source = environment.get(PASSPHRASE_SOURCE) or f"env:{PASSPHRASE}"
    return read_secret(source, environment, what="passphrase of the key file")


def _no_device() -> SignerRefused:
    return SignerRefused(
        "A file is no device: keys in files are written with “testamur key new --out”.", code="signer.no_device"
    )


def _from_file(path: Path, environment: Mapping[str, str]) -> PrivateKey:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_FILE + 1)
    except OSError:
        content = b""
    if not content or len(content) > _MAX_FILE:
        raise SignerRefused(f"There is no key file {path} that can be read.", code="signer.no_such_key")
    if sealed_file.is_sealed(content):
        return sealed_file.unseal_key(content, passphrase(environment))
    try:
        found: Any = strict_json.loads(content)
        if isinstance(found, dict) and isinstance(found.get("secretKeyMultibase"), str):
            return PrivateKey.from_secret_multikey(found["secretKeyMultibase"])
    except TestamurError:
        pass  # no message repeats what the file holds
    raise SignerRefused(
        f"{path} is not a key file; make one with: testamur key new --out {path}", code="signer.no_such_key"
    )

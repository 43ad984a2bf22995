"""Key files: what `testamur key new` writes and the other commands read.

Three forms, all with the public half and the names of key and issuer in the clear:

    secretKeyMultibase      the secret itself
    sealedKey               the secret, sealed with a passphrase (an encrypted JSON Web Key)
    keyUri, awardSecret     where the key lies (a device, a key service), and a secret that only the identifiers of awards are derived with
"""

from __future__ import annotations

import getpass
import hmac
import os
import sys
from dataclasses import dataclass
from typing import Any

from testamur.cli.common import UsageError, read_json
from testamur.errors import SignerRefused, TestamurError
from testamur.ports import Signer
from testamur.proofs.did import did_key_for
from testamur.proofs.encodings import base64url_decode
from testamur.proofs.keys import PrivateKey, PublicKey
from testamur.signers import is_key_uri, open_signer, unseal_key
from testamur.signers.opening import PASSPHRASE, passphrase
from testamur.signers.sealed_file import refuse_in_production

_FORMS = ("secretKeyMultibase", "sealedKey", "keyUri")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What stands in a key file. Nothing was opened yet: neither a seal nor a device."""

    name: str
    did: str
    method: str
    public: PublicKey
    form: str
    content: dict[str, Any]

    def open(self) -> Signer:
        """The signer. Raises UsageError with the reason in words."""
        try:
            if self.form == "keyUri":
                signer = open_signer(self.content["keyUri"])
            else:
                refuse_in_production(os.environ)
                signer = _secret(self.content)
        except TestamurError as error:
            raise UsageError(f"{self.name}: {error}") from None
        if signer.public_multikey != self.public.multikey:
            raise UsageError(f"{self.name}: the key that it names is another one than its public half")
        return signer

    def award_secret(self, signer: Signer) -> bytes:
        """The secret that identifiers of awards are derived with: nobody without it can guess one. Raises UsageError."""
        if isinstance(signer, PrivateKey):
            secret = signer.secret_multikey.encode()
        else:
            try:
                secret = base64url_decode(self.content["awardSecret"])
            except (KeyError, TypeError, TestamurError):
                secret = b""
            if len(secret) < 16:
                raise UsageError(
                    f"{self.name}: “awardSecret” is missing; make the file anew with: testamur key new --existing"
                )
        return hmac.digest(secret, b"testamur issue: identifiers of awards", "sha256")


def read_key_file(name: str) -> KeyFile:
    """Raises UsageError; no message repeats what the file holds."""
    if is_key_uri(name):
        raise UsageError(
            "a key in a device or service is used through its key file, which names the issuer too. "
            f"Make one with: testamur key new --existing --in {name.partition('?')[0]} --out key.json"
        )
    content: Any = read_json(name)
    forms = [form for form in _FORMS if isinstance(content, dict) and isinstance(content.get(form), str)]
    if len(forms) != 1:
        raise UsageError(f"{name} is not a key file; make one with: testamur key new --out {name}")
    try:
        if forms == ["secretKeyMultibase"]:
            public = PrivateKey.from_secret_multikey(content["secretKeyMultibase"]).public
        else:
            public = PublicKey.from_multikey(content.get("publicKeyMultibase"))
    except TestamurError as error:
        raise UsageError(f"{name}: {error}") from None
    did, method = content.get("controller"), content.get("id")
    if not isinstance(did, str) or not isinstance(method, str) or not method.startswith(f"{did}#"):
        raise UsageError(f"{name}: “id” must be the issuer's identifier in “controller”, # and the name of the key")
    if content.get("publicKeyMultibase", public.multikey) != public.multikey:
        raise UsageError(f"{name}: the public and the secret half do not belong together")
    if did.startswith("did:key:") and did != did_key_for(public)[0]:
        raise UsageError(f"{name}: the identifier {did} belongs to another key")
    return KeyFile(name, did, method, public, forms[0], content)


def load_key(name: str) -> tuple[Signer, str, str]:
    """The signer of a key file, its issuer's identifier and its own. Raises UsageError; no message repeats what the file holds."""
    found = read_key_file(name)
    return found.open(), found.did, found.method


def _secret(content: dict[str, Any]) -> PrivateKey:
    if "secretKeyMultibase" in content:
        return PrivateKey.from_secret_multikey(content["secretKeyMultibase"])
    return unseal_key(content["sealedKey"].encode(), ask_passphrase())


def ask_passphrase(*, again: bool = False) -> str:
    """From the environment (see `signers.secrets`), or asked at the terminal; `again`: twice. Raises `SignerRefused`."""
    try:
        return passphrase(os.environ)
    except SignerRefused:
        if not sys.stdin.isatty():
            raise
    first = getpass.getpass("Passphrase of the key file: ")
    if again and getpass.getpass("Once more: ") != first:
        raise SignerRefused(
            f"The two are not the same. Nothing was written. (Or set {PASSPHRASE}.)", code="signer.passphrase"
        )
    return first

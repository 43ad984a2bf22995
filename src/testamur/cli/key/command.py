"""`testamur key`: make a signing key, and the documents that let others find its public half."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from testamur.cli.common import ExitStatus, Formatter, UsageError, pretty, write_atomically
from testamur.cli.key.files import ask_passphrase, read_key_file
from testamur.errors import KeyMaterialError, SignerError, TestamurError
from testamur.proofs.did import did_document, did_key_for, did_web_url
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.keys import PrivateKey, PublicKey
from testamur.signers import ManagedSigner, new_key, open_signer, seal_key

_NEW = """\
Make a new signing key and write it to a file that only you can read. Whoever has the file can issue in
your name: keep it like the seal of the institution, and make a copy in a safe place.

Without --did the key is its own identifier (did:key): nothing has to be published, and nothing but the
key stands behind the name. With --did did:web:… the identifier is an address of yours; publish the
document that "testamur key document" prints at that address before you issue.

A key in a device or key service cannot be copied: there the file names the key and holds a secret that
only the identifiers of awards are derived with. The PIN comes from the file that
TESTAMUR_PKCS11_PIN_SOURCE names, never from the command line.

examples:
  testamur key new --out key.json
  testamur key new --out key.json --did did:web:university.example
  testamur key new --out key.json --seal
  testamur key new --out key.json --in "pkcs11:token=Testamur;object=issuer-2026"
  testamur key new --out key.json --in awskms:alias/issuer-2026 --algorithm P-256
"""

_DOCUMENT = """\
Print the DID document that lists the public half of one or several keys of one did:web identifier. When
you change keys, list the old ones too: what they signed stays valid only as long as they are listed.

example:
  testamur key document new-key.json old-key.json > did.json
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
    parser = commands.add_parser(
        "key", help="make a signing key", description="Make and publish signing keys.", formatter_class=Formatter
    )
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    new = actions.add_parser("new", help="make a new key", description=_NEW, formatter_class=Formatter)
    new.add_argument("--out", required=True, metavar="FILE", help="the file to write; never overwritten")
    new.add_argument("--did", metavar="did:web:…", help="the identifier of the issuer (by default a did:key)")
    new.add_argument(
        "--algorithm",
        choices=("Ed25519", "P-256", "P-384"),
        default="Ed25519",
        help="Ed25519 (default) is what every verifier of Open Badges 3.0 knows",
    )
    new.add_argument(
        "--in",
        dest="place",
        metavar="URI",
        help="make it in a device (pkcs11:token=…;object=…) or key service (awskms:alias/…); the file then only names it",
    )
    new.add_argument("--existing", action="store_true", help="with --in: the key is there already")
    new.add_argument(
        "--seal", action="store_true", help="seal the file with a passphrase (TESTAMUR_KEY_PASSPHRASE, or asked)"
    )
    new.set_defaults(run=_new)
    document = actions.add_parser(
        "document", help="print the DID document of a key", description=_DOCUMENT, formatter_class=Formatter
    )
    document.add_argument("keys", nargs="+", metavar="FILE", help="key files of one did:web identifier")
    document.set_defaults(run=_document)


def _new(arguments: argparse.Namespace) -> int:
    path = Path(arguments.out)
    if path.exists():
        raise UsageError(f"{path} exists already; a key is never overwritten. Choose another name")
    if arguments.existing and arguments.place is None:
        raise UsageError("--existing asks for --in, which says where the key is")
    if arguments.seal and arguments.place is not None:
        raise UsageError("a key in a device or service needs no --seal: its file holds no key")
    if arguments.did is not None:
        _address(arguments.did)  # before anything is made
    try:
        public, secret = _made(arguments)
    except (KeyMaterialError, SignerError) as error:
        raise UsageError(str(error)) from None
    did, method = (
        did_key_for(public) if arguments.did is None else (arguments.did, f"{arguments.did}#{public.multikey}")
    )
    content = {
        "id": method,
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": public.multikey,
        **secret,
    }
    write_atomically(path, (pretty(content) + "\n").encode(), secret=True)
    print(f"issuer  {did}")
    print(f"key     {method}")
    if arguments.place is not None:
        print(f"kept    {secret['keyUri']}")
    print(f"file    {path} (secret: only you can read it)")
    if arguments.did is not None:
        print(f"next    publish the output of “testamur key document {path}” at {_address(did)}")
    return ExitStatus.DONE


def _made(arguments: argparse.Namespace) -> tuple[PublicKey, dict[str, str]]:
    """The public half of the new key, and what its file holds of the other one. Raises SignerError, UsageError."""
    if arguments.place is not None:
        signer = open_signer(arguments.place) if arguments.existing else new_key(arguments.place, arguments.algorithm)
        if not isinstance(signer, ManagedSigner):
            raise UsageError("--in names a device (pkcs11:…) or a key service (awskms:…); a file is written with --out")
        return signer.public, {"keyUri": signer.uri, "awardSecret": base64url_encode(secrets.token_bytes(32))}
    key = PrivateKey.generate(arguments.algorithm)
    if arguments.seal:
        return key.public, {"sealedKey": seal_key(key, ask_passphrase(again=True)).decode().strip()}
    return key.public, {"secretKeyMultibase": key.secret_multikey}


def _document(arguments: argparse.Namespace) -> int:
    loaded = [read_key_file(name) for name in arguments.keys]
    dids = {one.did for one in loaded}
    if len(dids) != 1:
        raise UsageError(f"these keys belong to different identifiers: {', '.join(sorted(dids))}")
    (did,) = dids
    _address(did)
    print(pretty(did_document(did, [(one.method.partition("#")[2], one.public) for one in loaded])))
    return ExitStatus.DONE


def _address(did: str) -> str:
    if not did.startswith("did:web:"):
        raise UsageError(f"{did} is not a did:web identifier, such as did:web:university.example")
    try:
        return did_web_url(did)
    except TestamurError as error:
        raise UsageError(f"{did} is not a did:web identifier: {error}") from None

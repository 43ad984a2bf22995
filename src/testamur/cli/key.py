"""`testamur key`: make a signing key, and the documents that let others find its public half."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from testamur.cli.common import ExitStatus, Formatter, UsageError, pretty, read_json, write_atomically
from testamur.errors import TestamurError
from testamur.proofs.did import did_document, did_key_for, did_web_url
from testamur.proofs.keys import PrivateKey

_NEW = """\
Make a new signing key and write it to a file that only you can read. Whoever has the file can issue in
your name: keep it like the seal of the institution, and make a copy in a safe place.

Without --did the key is its own identifier (did:key): nothing has to be published, and nothing but the
key stands behind the name. With --did did:web:… the identifier is an address of yours; publish the
document that "testamur key document" prints at that address before you issue.

examples:
  testamur key new --out key.json
  testamur key new --out key.json --did did:web:university.example
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
    key = PrivateKey.generate(arguments.algorithm)
    if arguments.did is None:
        did, method = did_key_for(key.public)
    else:
        did = arguments.did
        _address(did)
        method = f"{did}#{key.public.multikey}"
    content = {
        "id": method,
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.public.multikey,
        "secretKeyMultibase": key.secret_multikey,
    }
    write_atomically(path, (pretty(content) + "\n").encode(), secret=True)
    print(f"issuer  {did}")
    print(f"key     {method}")
    print(f"file    {path} (secret: only you can read it)")
    if arguments.did is not None:
        print(f"next    publish the output of “testamur key document {path}” at {_address(did)}")
    return ExitStatus.DONE


def _document(arguments: argparse.Namespace) -> int:
    loaded = [load_key(name) for name in arguments.keys]
    dids = {did for _, did, _ in loaded}
    if len(dids) != 1:
        raise UsageError(f"these keys belong to different identifiers: {', '.join(sorted(dids))}")
    (did,) = dids
    _address(did)
    print(pretty(did_document(did, [(method.partition("#")[2], key.public) for key, _, method in loaded])))
    return ExitStatus.DONE


def load_key(name: str) -> tuple[PrivateKey, str, str]:
    """The private key in a file, its issuer's identifier and its own. Raises UsageError; no message repeats what the file holds."""
    content: Any = read_json(name)
    if not isinstance(content, dict) or not isinstance(content.get("secretKeyMultibase"), str):
        raise UsageError(f"{name} is not a key file; make one with: testamur key new --out {name}")
    try:
        key = PrivateKey.from_secret_multikey(content["secretKeyMultibase"])
    except TestamurError as error:
        raise UsageError(f"{name}: {error}") from None
    did, method = content.get("controller"), content.get("id")
    if not isinstance(did, str) or not isinstance(method, str) or not method.startswith(f"{did}#"):
        raise UsageError(f"{name}: “id” must be the issuer's identifier in “controller”, # and the name of the key")
    if content.get("publicKeyMultibase", key.public.multikey) != key.public.multikey:
        raise UsageError(f"{name}: the public and the secret half do not belong together")
    if did.startswith("did:key:") and did != did_key_for(key.public)[0]:
        raise UsageError(f"{name}: the identifier {did} belongs to another key")
    return key, did, method


def _address(did: str) -> str:
    if not did.startswith("did:web:"):
        raise UsageError(f"{did} is not a did:web identifier, such as did:web:university.example")
    try:
        return did_web_url(did)
    except TestamurError as error:
        raise UsageError(f"{did} is not a did:web identifier: {error}") from None

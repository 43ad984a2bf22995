"""`testamur inspect`: what a file contains, without judging it."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping
from typing import Any

from testamur import formats, strict_json
from testamur.cli.common import ExitStatus, Formatter, UsageError, is_address, pretty, read_bytes
from testamur.cli.verify import add_network, resolver_for
from testamur.errors import ResolutionError, TestamurError
from testamur.log import Proof
from testamur.proofs.data_integrity import SUITES, Suite, hash_input, unsecured
from testamur.proofs.encodings import multibase_decode
from testamur.proofs.jose import read_compact
from testamur.verification.case import many
from testamur.verification.obtain import obtain
from testamur.verification.sentences import plain

_DESCRIPTION = """\
Show what a file contains: its container, the credential, its signatures, where its status is asked. Nothing
is verified and nothing is looked up (except the document itself, if an address is given).

examples:
  testamur inspect badge.png
  testamur inspect badge.png --extract > badge.json      the exact bytes that were baked in
  testamur inspect badge.json --technical                what is signed, byte by byte
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "inspect", help="show what a file contains", description=_DESCRIPTION, formatter_class=Formatter
    )
    parser.add_argument("documents", nargs=1, metavar="FILE|URL|-", help="what to look at")
    parser.add_argument("--extract", action="store_true", help="write only the exact bytes of the credential")
    parser.add_argument(
        "--technical", action="store_true", help="also the canonical form and the hashes of each signature"
    )
    add_network(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what the document contains."""
    (name,) = arguments.documents
    try:
        content = obtain(name, resolver_for(arguments)) if is_address(name) else read_bytes(name)
        read = formats.read(content, filename=None if is_address(name) else name)
    except ResolutionError as error:
        raise UsageError(f"{name}: {error}") from None
    except TestamurError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return ExitStatus.FAILED
    if arguments.extract:
        sys.stdout.buffer.write(read.raw)
        return ExitStatus.DONE
    _line("container", f"{read.kind}, {len(content)} bytes")
    _line("format", read.format)
    _line("credential", f"{len(read.raw)} bytes, sha256 {hashlib.sha256(read.raw).hexdigest()}")
    if read.url:
        _line("hosted at", read.url)
    for proof in read.log_proofs:
        _line("log proof", _log_proof(proof))
    if read.token is not None:
        _token(read.token)
    if read.credential is not None:
        _credential(read.credential)
        print()
        print(pretty(read.credential))
        if arguments.technical and read.token is None:
            _technical(read.credential)
    return ExitStatus.DONE


def _log_proof(content: bytes) -> str:
    try:
        proof = Proof.from_bytes(content)
    except TestamurError as error:
        return f"{len(content)} bytes: {error}"
    checkpoint = proof.checkpoint.checkpoint
    signers = ", ".join(dict.fromkeys(line.name for line in proof.checkpoint.note.signatures))
    return f"entry {proof.index} of {checkpoint.size} in {plain(checkpoint.origin)}, signed by {plain(signers)}"


def _line(label: str, text: str) -> None:
    print(f"{label:<11} {text}")


def _token(token: str) -> None:
    try:
        header, _ = read_compact(token)
    except TestamurError as error:
        _line("token", str(error))
        return
    _line("token", strict_json.dumps(header).decode())


def _credential(document: Mapping[str, Any]) -> None:
    for proof in many(document.get("proof")):
        if isinstance(proof, Mapping):
            suite = proof.get("cryptosuite", proof.get("type", "—"))
            _line("proof", f"{suite} by {proof.get('verificationMethod', '—')}, created {proof.get('created', '—')}")
    for entry in many(document.get("credentialStatus")):
        if isinstance(entry, Mapping):
            where = entry.get("statusListCredential", entry.get("id", "—"))
            index = f", place {entry['statusListIndex']}" if "statusListIndex" in entry else ""
            _line("status", f"{entry.get('type', '—')} for {entry.get('statusPurpose', '—')} at {where}{index}")


def _technical(document: Mapping[str, Any]) -> None:
    """The canonical forms and hashes that each signature was made over, as its suite makes them."""
    for number, proof in enumerate(many(document.get("proof")), 1):
        if not isinstance(proof, Mapping):
            continue
        name = str(proof.get("cryptosuite", proof.get("type", "—")))
        print(f"\n--- signature {number}: {name}")
        suite = SUITES.get(name)
        if suite is None:
            print("this suite is not known here")
            continue
        try:
            options = {member: value for member, value in proof.items() if member != "proofValue"}
            hashed = hash_input(suite, unsecured(document), options, _algorithm(suite, proof))
        except TestamurError as error:
            print(f"no canonical form: {error}")
            continue
        for part, value in hashed.technical().items():
            print(f"\n{part.replace('_', ' ')}:\n{value}".rstrip())


def _algorithm(suite: Suite, proof: Mapping[str, Any]) -> str:
    """The algorithm of the key: the suite's only one, or the one whose signatures are as long as this one."""
    if len(suite.hashes) == 1:
        return next(iter(suite.hashes))
    try:
        return "P-384" if len(multibase_decode(proof.get("proofValue"))) == 96 else "P-256"
    except TestamurError:
        return "P-256"

"""A published PyPI package that issues or verifies on request, so that it can take turns with others: the twin of peer.mjs.

    python peer.py openvc-rdfc|openvc-jcs|openbadgeslib|openbadgeslib-proof UNSIGNED.jsonl CONTEXTS.json

Runs in the virtual environment that run.py makes beside this file, never in the project's own. First it says in one line of JSON what it
cannot do with our document, and why (`{"verify": "…"}`). Then it reads `issue N` or `verify N` from standard input, does it N times and
answers with the CPU seconds of the process. Contexts are in memory, keys are given, the status list is not looked at.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

Document = dict[str, Any]
Doing = Callable[[Document], Any]


def openvc_rdfc(contexts: Document, issuer: str) -> tuple[Doing, Doing]:
    """openvc-core, `eddsa-rdfc-2022`. It has no context of Open Badges and is given ours."""
    from openvc.keys import Ed25519SigningKey
    from openvc.proof.data_integrity import DataIntegrityProofSuite

    suite, key = DataIntegrityProofSuite(), Ed25519SigningKey.generate("key")
    jwk = key.public_jwk()
    return (
        lambda one: suite.add_proof(one, signing_key=key, verification_method=f"{issuer}#key", extra_contexts=contexts),
        lambda one: suite.verify(one, public_key_jwk=jwk, extra_contexts=contexts),
    )


def openvc_jcs(_contexts: Document, issuer: str) -> tuple[Doing, Doing]:
    """openvc-core, `eddsa-jcs-2022`."""
    from openvc.keys import Ed25519SigningKey
    from openvc.proof.di_jcs import EddsaJcsProofSuite

    suite, key = EddsaJcsProofSuite(), Ed25519SigningKey.generate("key")
    jwk = key.public_jwk()
    return (
        lambda one: suite.add_proof(one, signing_key=key, verification_method=f"{issuer}#key"),
        lambda one: suite.verify(one, public_key_jwk=jwk),
    )


def openbadgeslib_proof(_contexts: Document, issuer: str) -> tuple[Doing, Doing]:
    """openbadgeslib, the proof alone: its building blocks below OB3LdpSigner and OB3LdpVerifier."""
    from openbadgeslib.ob3.ldp import add_data_integrity_proof, verify_data_integrity_proof

    private, public = _pem()
    return (
        lambda one: add_data_integrity_proof(one, private, f"{issuer}#key"),
        lambda one: verify_data_integrity_proof(one, public),
    )


def openbadgeslib_whole(_contexts: Document, issuer: str) -> tuple[Doing, Doing]:
    """openbadgeslib as it is meant to be used: OB3LdpSigner, and OB3LdpVerifier with its own checks of form and dates."""
    from openbadgeslib.ob3.credential import OpenBadgeCredential
    from openbadgeslib.ob3.ldp import OB3LdpSigner, OB3LdpVerifier

    private, public = _pem()
    signer, verifier = OB3LdpSigner(private, f"{issuer}#key"), OB3LdpVerifier(public)

    def issue(one: Document) -> Document:
        signed: Document = signer.sign(OpenBadgeCredential.from_vc_document(one))
        if lost := sorted(_members(one) - _members(signed)):
            raise NotOurs(f"it signs its own model of a credential, without our {', '.join(lost)}")
        return signed

    return issue, verifier.verify


class NotOurs(Exception):
    """What was signed is not the document that was given."""


def _members(one: Any) -> set[str]:
    """The names of all members, at any depth."""
    if isinstance(one, list):
        return set().union(*map(_members, one)) if one else set()
    return set(one).union(*map(_members, one.values())) if isinstance(one, dict) else set()


@cache
def _pem() -> tuple[bytes, bytes]:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return (
        key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()),
        key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo),
    )


PEERS: dict[str, Callable[[Document, str], tuple[Doing, Doing]]] = {
    "openvc-rdfc": openvc_rdfc,
    "openvc-jcs": openvc_jcs,
    "openbadgeslib": openbadgeslib_whole,
    "openbadgeslib-proof": openbadgeslib_proof,
}


def main() -> None:
    which, unsigned, of_contexts = sys.argv[1:]
    documents = [json.loads(line) for line in Path(unsigned).read_text("utf-8").splitlines()]
    contexts = json.loads(Path(of_contexts).read_text("utf-8"))
    issue, verify = PEERS[which](contexts, documents[0]["issuer"]["id"])
    cannot, signed = {}, []
    sign = issue
    try:
        issue(documents[0])
    except Exception as error:  # noqa: BLE001 - said as it is
        cannot["issue"] = _reason(error)
        sign, _ = openbadgeslib_proof(contexts, documents[0]["issuer"]["id"])  # it may verify what it cannot issue
    try:
        signed = [json.dumps(sign(document)) for document in documents[:40]]
        verify(json.loads(signed[0]))
    except Exception as error:  # noqa: BLE001 - said as it is
        cannot["verify"] = _reason(error)
    print(json.dumps(cannot), flush=True)
    number = 0
    for line in sys.stdin:
        what, count = line.split()
        work = [
            documents[each % len(documents)] if what == "issue" else json.loads(signed[each % len(signed)])
            for each in range(number, number + int(count))
        ]
        number += int(count)
        does = issue if what == "issue" else verify
        started = time.process_time()
        for one in work:
            does(one)
        print(time.process_time() - started, flush=True)


def _reason(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split()).removeprefix("NotOurs: ")[:200]


if __name__ == "__main__":
    main()

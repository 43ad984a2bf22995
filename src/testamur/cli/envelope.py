"""`testamur envelope`: credentials and presentations in JOSE, SD-JWT and COSE envelopes, each operation on its own.

It answers in a file, `{"result": …, "data": …}`, so that a test suite or another program can drive it:
`success` · `failure` (the document is refused) · `indeterminate` (it could not be decided) · `error` (the command could not work).
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
from pathlib import Path
from typing import Any

from testamur import strict_json
from testamur.cli.common import ExitStatus, Formatter, UsageError, read_bytes, write_atomically
from testamur.errors import ContextUnavailable, InputError, KeyMaterialError, TestamurError, TooComplex
from testamur.proofs.keys import PrivateKey, PublicKey
from testamur.proofs.result import ProofOutcome
from testamur.proofs.sd_jwt import parse_path
from testamur.proofs.vc_jose_cose import KINDS, check_secured, declared_media_type, secure

_FEATURES = {
    "credential_jose": "vc+jwt",
    "credential_cose": "vc+cose",
    "credential_sdjwt": "vc+sd-jwt",
    "presentation_jose": "vp+jwt",
    "presentation_cose": "vp+cose",
    "presentation_sdjwt": "vp+sd-jwt",
}
_STATUS = {
    "success": ExitStatus.DONE,
    "failure": ExitStatus.FAILED,
    "indeterminate": ExitStatus.UNDETERMINED,
    "error": ExitStatus.USAGE,
}
_DESCRIPTION = """\
Put a credential or presentation into an envelope, or open one with a given key. Nothing is looked up: the
key is the one you name, and whose key it is, the dates and the status are not examined. To examine a
credential as an employer would, use "testamur verify".

The key file is a verification method with "publicKeyJwk" or "publicKeyMultibase", for issuing also with
"secretKeyJwk" or "secretKeyMultibase" ("testamur key new" writes one), or a JSON Web Key. COSE messages are
written and read as base64 text without padding.

examples:
  testamur envelope issue --feature credential_jose --input badge.json --key key.json --output out.json
  testamur envelope issue --feature credential_sdjwt --input badge.json --key key.json --output out.json \\
                          --disclosure_paths '["credentialSubject.name", "evidence[0]"]'
  testamur envelope verify --feature credential_jose --input badge.jwt --key key.json --output out.json
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "envelope",
        help="JOSE, SD-JWT and COSE envelopes",
        description=_DESCRIPTION,
        formatter_class=Formatter,
    )
    parser.add_argument("action", choices=("issue", "verify"), help="make an envelope, or open one")
    parser.add_argument("--feature", required=True, choices=_FEATURES, help="what is in which envelope")
    parser.add_argument(
        "--input", required=True, metavar="FILE", help="the document, or the envelope (- reads standard input)"
    )
    parser.add_argument("--key", required=True, metavar="FILE", help="the key file")
    parser.add_argument("--output", required=True, metavar="FILE", help="where the answer is written")
    parser.add_argument(
        "--disclosure_paths",
        "--disclosure-paths",
        metavar="JSON",
        help='what the holder of an SD-JWT may hide: a JSON list such as ["credentialSubject.name"]',
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    try:
        result, data = (_issue if arguments.action == "issue" else _verify)(arguments)
    except UsageError as error:
        result, data = "error", str(error)
    except (ContextUnavailable, TooComplex) as error:
        result, data = "indeterminate", f"{error.code}: {error}"
    except TestamurError as error:
        result, data = "failure", f"{error.code}: {error}"
    answer = json.dumps({"result": result, "data": data}, ensure_ascii=False)
    write_atomically(Path(arguments.output), answer.encode("utf-8"))
    return _STATUS[result]


def _issue(arguments: argparse.Namespace) -> tuple[str, str]:
    media_type = _FEATURES[arguments.feature]
    document = strict_json.loads(read_bytes(arguments.input))
    if not isinstance(document, dict):
        raise InputError("A credential is one JSON object.", code="input.not_an_object")
    key, kid = _secret_key(arguments.key)
    secured = secure(document, media_type, key, kid=kid, disclosable=_paths(arguments.disclosure_paths))
    if media_type.endswith("+cose"):
        return "success", base64.b64encode(secured).decode("ascii").rstrip("=")
    return "success", secured.decode("ascii")


def _verify(arguments: argparse.Namespace) -> tuple[str, str | dict[str, Any]]:
    media_type = _FEATURES[arguments.feature]
    text = read_bytes(arguments.input).strip()
    data = _from_base64(text) if media_type.endswith("+cose") else text
    declared = declared_media_type(data, KINDS[media_type].form)
    if declared not in (None, media_type):  # wrong whatever the key is, so that the key need not even be readable
        return "failure", f"envelope.media_type_invalid {json.dumps({'expected': media_type, 'found': declared[:80]})}"
    key = _public_key(arguments.key)
    opened = check_secured(data, media_type, key)
    if opened.document is not None:
        return "success", opened.document
    result = "failure" if opened.result.outcome is ProofOutcome.FAILED else "indeterminate"
    facts = json.dumps(dict(opened.result.facts), ensure_ascii=False)
    return result, f"{opened.result.code} {facts}"


def _from_base64(text: bytes) -> bytes:
    unpadded = text.rstrip(b"=")
    try:
        return base64.b64decode(unpadded + b"=" * (-len(unpadded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise InputError("A COSE message is written as base64 text.", code="cose.syntax") from None


def _paths(text: str | None) -> list[tuple[str | int, ...]]:
    if text is None:
        return []
    try:
        listed = strict_json.loads(text)
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            raise UsageError("--disclosure_paths is a JSON list of texts")
        return [parse_path(item) for item in listed]
    except InputError as error:
        raise UsageError(f"--disclosure_paths: {error}") from None


def _key_file(name: str) -> dict[str, Any]:
    try:
        content = strict_json.loads(read_bytes(name))
    except InputError as error:
        raise UsageError(f"{name}: {error}") from None
    if not isinstance(content, dict):
        raise UsageError(f"{name} is not a key file")
    return content


def _secret_key(name: str) -> tuple[PrivateKey, str]:
    """The key and its name: the `id` of a verification method, else `kid`, else the thumbprint. No message repeats what the file holds."""
    content = _key_file(name)
    try:
        if "secretKeyMultibase" in content:
            key = PrivateKey.from_secret_multikey(content["secretKeyMultibase"])
        else:
            key = PrivateKey.from_jwk(content.get("secretKeyJwk", content))
    except KeyMaterialError as error:
        raise UsageError(f"{name}: {error}") from None
    named = [content.get("id"), content.get("kid"), key.public.thumbprint]
    return key, next(item for item in named if isinstance(item, str) and item)


def _public_key(name: str) -> PublicKey:
    content = _key_file(name)
    try:
        if "publicKeyMultibase" in content:
            return PublicKey.from_multikey(content["publicKeyMultibase"])
        return PublicKey.from_jwk(content.get("publicKeyJwk", content))
    except KeyMaterialError as error:
        raise UsageError(f"{name}: {error}") from None

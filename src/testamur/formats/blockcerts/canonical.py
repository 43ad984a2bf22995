"""The hash of a Blockcerts document: SHA-256 of its canonical N-Quads, without what was added after the hash was taken.

Always in safe mode. The verifier of the Blockcerts project canonicalises laxly and looks for unknown terms afterwards; what safe mode
refuses is what that canonical form would leave out, and what is left out could be changed without changing the hash.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from testamur import linked_data
from testamur.errors import LinkedDataError, TestamurError, UndefinedTerm
from testamur.formats.blockcerts.versions import Version, merkle_proof
from testamur.linked_data import Contexts

# A term that looks like an address but means another one. JSON-LD 1.0 allowed it, 1.1 forbids it; the plain name means the same.
_OLD_TERM: Final = "image:signature"
_PLAIN_TERM: Final = "imageSignature"
_MAX_UNKNOWN: Final = 20


def _contexts() -> Contexts:
    folder = files("testamur.formats.blockcerts") / "contexts"
    documents = {}
    for entry in json.loads((folder / "MANIFEST.json").read_bytes())["contexts"]:
        data = (folder / entry["file"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise LinkedDataError(
                "A context that ships with this program has been changed; install it again.",
                code="linked_data.context_damaged",
                facts={"file": entry["file"]},
            )
        documents.update(dict.fromkeys(entry["addresses"], _renamed(json.loads(data))))
    return Contexts.with_documents(documents, base=linked_data.PINNED)


def local_hash(document: Mapping[str, Any], version: Version) -> tuple[str, ...]:
    """The hashes (hexadecimal) of which one must be the receipt's target: SHA-256 of the canonical N-Quads (RDFC-1.0).

    One in 1.2 (of the member `document`) and 2 (without `signature`). Of a version 3 document whose Merkle proof builds on earlier proofs
    there are two: with those proofs, and without any. Raises `LinkedDataError` for what cannot be canonicalised in safe mode.
    """
    if version == "1.2":
        return (_hash(signed_part(document)),)
    if version == "2":
        return (_hash({name: value for name, value in document.items() if name != "signature"}),)
    bare = {name: value for name, value in document.items() if name != "proof"}
    found = merkle_proof(document)
    hashes = []
    if found is not None and found[0]:
        earlier = document["proof"][: found[0]]
        # The suites of earlier proofs may have terms that nobody pinned; then only the other form can be compared.
        with contextlib.suppress(TestamurError):
            hashes.append(_hash({**bare, "proof": earlier[0] if len(earlier) == 1 else earlier}))
    return (*hashes, _hash(bare))


def signed_part(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the receipt of a version 1.2 certificate covers: its member `document` without the words that its context does not know.

    Issuers of that time added such words (`language`), and the hash never covered them; so they are not read either. Raises
    `LinkedDataError` for everything else that safe mode refuses.
    """
    inner = document.get("document")
    if not isinstance(inner, Mapping):
        raise LinkedDataError("There is no document in this certificate.", code="blockcerts.no_document")
    part: dict[str, Any] = {"@context": document.get("@context"), **_renamed(inner)}
    for _ in range(_MAX_UNKNOWN):
        try:
            linked_data.to_rdf(part, contexts=CONTEXTS)
        except UndefinedTerm as error:
            if error.facts.get("kind") != "property" or not _remove(part, str(error.facts.get("path", ""))):
                raise
        else:
            break
    return part


def _remove(part: Any, path: str) -> bool:
    """Take the member at `path` (a JSON Pointer without escapes) away; False where there is none."""
    *way, name = path.strip("/").split("/")
    for step in way:
        if isinstance(part, list) and step.isdigit() and int(step) < len(part):
            part = part[int(step)]
        elif isinstance(part, dict) and step in part:
            part = part[step]
        else:
            return False
    return isinstance(part, dict) and part.pop(name, None) is not None


def _hash(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(linked_data.canonicalize(document, contexts=CONTEXTS)).hexdigest()


def _renamed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_PLAIN_TERM if name == _OLD_TERM else name: _renamed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    return value


CONTEXTS: Final = _contexts()

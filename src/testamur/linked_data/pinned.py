"""The JSON-LD contexts that ship with Testamur, by address and SHA-256. None is fetched at run time.

A context decides what a signature covers. It is therefore part of this program as much as its code is: kept in `contexts/`, listed in
`contexts/MANIFEST.json` with its addresses, its hash and where it comes from, read on first use and refused when its bytes are not those of
the manifest. An address that is not in the list is an error with that address in it, never a request.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from testamur.errors import ContextUnavailable, LinkedDataError
from testamur.linked_data.json_ld.active_context import ActiveContext

CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_3_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR_2 = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"

_MAX_REMEMBERED = 512


class Contexts:
    """A closed set of context documents. Safe to share between threads; `get` gives copies, so nobody can change what others see."""

    def __init__(
        self,
        documents: Mapping[str, Any],
        files_of: Mapping[str, tuple[str, str]] | None = None,
        restated: frozenset[str] = frozenset(),
    ) -> None:
        """`documents`: address → document. `files_of`: address → (path below `contexts/`, SHA-256), read when first needed.

        `restated`: the addresses whose files say the same as what is published there, in other bytes.
        """
        self._files = dict(files_of or {})
        self._hashes = {url: digest for url, (_, digest) in self._files.items()}
        self._hashes.update({url: _digest(_text(document)) for url, document in documents.items()})
        self._documents: dict[str, Any] = dict(documents)
        self._restated = restated
        self.memo: dict[Any, ActiveContext] = {}
        self.initial = ActiveContext(None, self.memo)

    @classmethod
    def with_documents(cls, documents: Mapping[str, Any], *, base: Contexts | None = None) -> Contexts:
        """A set of exactly `documents` (address → document with its `@context`), added to those of `base` when it is given."""
        if base is None:
            return cls(documents)
        files_of = {url: entry for url, entry in base._files.items() if url not in documents}
        return cls({**base._documents, **documents}, files_of, base._restated - documents.keys())

    def get(self, url: str) -> dict[str, Any]:
        """A copy of the whole document at `url`. Raises ContextUnavailable (fact `url`) when it is not in the set."""
        document: dict[str, Any] = copy.deepcopy(self.document(url))
        return document

    def urls(self) -> frozenset[str]:
        """Every address that `get` answers."""
        return frozenset(self._hashes)

    def sha256(self, url: str) -> str:
        """SHA-256 of the document's bytes, in hexadecimal; of its compact JSON for one given by `with_documents`."""
        try:
            return self._hashes[url]
        except KeyError:
            raise _unavailable(url) from None

    def content(self, url: str) -> bytes:
        """The bytes that are published at `url`, for comparing a hash that somebody states.

        Raises ContextUnavailable (fact `url`) where they are not kept: for an address outside the set, and for a restated document.
        """
        if url in self._restated or url not in self._hashes:
            raise _unavailable(url)
        return _bytes(*self._files[url]) if url in self._files else _text(self._documents[url])

    def document(self, url: str) -> Any:
        """The document itself, not a copy: for the context processor, which does not change it."""
        document = self._documents.get(url)
        if document is None:
            if url not in self._files:
                raise _unavailable(url)
            document = self._documents[url] = _load(*self._files[url])
        return document

    def make_room(self) -> None:
        """Keep what is remembered bounded. Forgetting everything is crude, always right, and does not happen with honest documents."""
        if len(self.memo) >= _MAX_REMEMBERED:
            self.memo.clear()


def _unavailable(url: str) -> ContextUnavailable:
    return ContextUnavailable(
        "The document uses a JSON-LD context that is not among those known here.",
        facts={"url": url, "json_ld_error": "loading remote context failed"},
    )


def _text(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


_FOLDER = files("testamur.linked_data") / "contexts"


def _load(path: str, digest: str) -> Any:
    return json.loads(_bytes(path, digest))


def _bytes(path: str, digest: str) -> bytes:
    data = (_FOLDER / path).read_bytes()
    if _digest(data) != digest:
        raise LinkedDataError(
            "A context that ships with this program has been changed; install it again.",
            code="linked_data.context_damaged",
            facts={"file": path},
        )
    return data


def _pinned() -> Contexts:
    manifest = json.loads((_FOLDER / "MANIFEST.json").read_bytes())
    contexts = manifest["contexts"]
    return Contexts(
        {},
        {url: (entry["file"], entry["sha256"]) for entry in contexts for url in entry["addresses"]},
        frozenset(url for entry in contexts if entry["origin"] == "restated" for url in entry["addresses"]),
    )


PINNED = _pinned()

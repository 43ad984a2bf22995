"""From a `did:webvh` to its document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.errors import ResolutionError
from testamur.ports import Resolver
from testamur.proofs.did.webvh.errors import broken
from testamur.proofs.did.webvh.log import did_webvh_url, verify_log
from testamur.proofs.did.webvh.witnesses import check_witnesses, needs_witnesses

LOG_MEDIA_TYPES = ("text/jsonl", "application/jsonl", "application/json-lines", "application/json")


def resolve_document(did: str, resolver: Resolver) -> Mapping[str, Any]:
    """The document that the verified log of `did` ends with.

    Raises `ResolutionError`: the codes of `verify_log` and `check_witnesses`, `did.deactivated`, `did.moved` (facts: `now`)
    where the log has gone on under another address; `Malformed`; and what the resolver raises.
    """
    address = did_webvh_url(did)
    answer = resolver.fetch(address, accept=LOG_MEDIA_TYPES)
    history = verify_log(did, answer.content, answer.fetched_at)
    if needs_witnesses(history):
        witnesses = resolver.fetch(address.removesuffix("did.jsonl") + "did-witness.json")
        check_witnesses(history, witnesses.content)
    if history.parameters.deactivated:
        raise ResolutionError("The issuer has ended this identifier.", code="did.deactivated", facts={"did": did})
    name = history.document["id"]
    if name != did:
        if all(version.document["id"] != did for version in history.versions):
            raise broken("name", "This history is about another identifier.")
        raise ResolutionError("The issuer goes on under another identifier.", code="did.moved", facts={"now": name})
    return history.document

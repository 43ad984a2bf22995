"""A published credential for everybody who only wants its bytes (`foundation/public_bytes`)."""

from __future__ import annotations

import re
from collections.abc import Callable

from testamur.log import UnwrittenProof
from testamur.ports import Resource
from testamur_site.foundation.public_bytes.api import FOR_MINUTES, Beside, PublicBytes, preferred
from testamur_site.log import api as log

from .. import queries
from .documents import CREDENTIAL_TYPES

_PATH = re.compile(r"([-a-zA-Z0-9_]{1,32})(\.json|\.tlog-proof)?")


def answer(path: str, accept: str) -> PublicBytes | None:
    """The credential at `/c/<path>`: at its own address for whoever prefers it to a page, with `.json` for everybody, and the log's proof
    of it. None for what is not published: the view knows its holder, and what to say to others."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    if found[2] == ".tlog-proof":
        return _proof(found[1])
    if found[2]:
        media_type = preferred(accept, CREDENTIAL_TYPES) or CREDENTIAL_TYPES[0]
    else:
        chosen = preferred(accept, ("text/html", *CREDENTIAL_TYPES))
        if chosen not in CREDENTIAL_TYPES:
            return None
        media_type = preferred(accept, CREDENTIAL_TYPES) or CREDENTIAL_TYPES[0]
    content = queries.public_credential(found[1])
    if content is None:
        return None
    return PublicBytes(content, media_type, FOR_MINUTES, vary="Accept", headers=_HEADERS)


def expected(path: str) -> Beside | None:
    """What `answer` will ask the database first at `/c/<path>`, if it is to be the credential or the log's proof of it."""
    found = _PATH.fullmatch(path)
    return queries.beside_its_entry(found[1], proof=found[2] == ".tlog-proof") if found is not None else None


def _proof(public_id: str) -> PublicBytes | None:
    """The proof that a published credential stands in the public log, where there is one."""
    found = log.look_up_where(queries.IS_PUBLIC, public_id, f"award:{public_id}")
    if found is None or found.content is None:
        return None
    return PublicBytes(found.content, log.PROOF_TYPE, log.proof_caching(found), vary="Accept")


def unwritten_proof(path: str, written: Callable[[], Resource]) -> UnwrittenProof | None:
    """The proof at `/c/<path>`, where the same is true of it, before it is `written`; None where the bytes have to be asked for."""
    found = _PATH.fullmatch(path)
    if found is None or found[2] != ".tlog-proof":
        return None
    return log.unwritten_where(queries.IS_PUBLIC, found[1], f"award:{found[1]}", written)


_HEADERS = (("Access-Control-Allow-Origin", "*"),)

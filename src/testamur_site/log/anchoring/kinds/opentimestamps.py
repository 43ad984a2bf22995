"""By OpenTimestamps: a calendar promises at once, and some hours later the promise is kept by a block of Bitcoin.

Only the calendar and the explorer of the file are asked; addresses that stand in an answer are never followed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from testamur.errors import NotFound
from testamur.fetch.http import HttpResolver
from testamur.fetch.known_blocks import bitcoin_block_hash, bitcoin_header
from testamur.fetch.post import HttpPoster
from testamur.log.anchors import AnchorPolicy, OpenTimestampsReceipt
from testamur.log.anchors.opentimestamps import MAX_BYTES, attestations, proof_file, timestamp_ends
from testamur.log.anchors.opentimestamps_upgrade import upgraded

from ..configuration import EndPoint
from ..models import Anchor
from .step import Step, Trouble, checked

_MEDIA_TYPE = "application/vnd.opentimestamps.v1"
_LOOK_AGAIN = timedelta(minutes=30)


def step(anchor: Anchor, end_point: EndPoint, moment: datetime) -> Step:
    """Raises Trouble, ResolutionError and Malformed."""
    if anchor.draft is None:
        return _submitted(anchor, end_point, moment)
    digest, proof = bytes(anchor.digest), bytes(anchor.draft)
    resolver = HttpResolver(settings.TESTAMUR_ALLOWED_ORIGINS, max_bytes=MAX_BYTES)
    if not _heights(proof, digest):
        proof = _asked_again(proof, digest, end_point, resolver)
    heights = _heights(proof, digest)
    if not heights:
        return Step(Anchor.State.PENDING, _LOOK_AGAIN, {"problem": "", "facts": {}})
    height = heights[0]
    block = bitcoin_block_hash(end_point.explorer, height, resolver)
    header = bitcoin_header(end_point.explorer, block, resolver)
    return checked(anchor, OpenTimestampsReceipt(proof, {height: header}), AnchorPolicy(bitcoin={height: block}))


def _submitted(anchor: Anchor, end_point: EndPoint, moment: datetime) -> Step:
    """Hand the digest in. Doing it again, because nobody noted the answer, does no harm and costs nothing."""
    digest = bytes(anchor.digest)
    poster = HttpPoster(settings.TESTAMUR_ALLOWED_ORIGINS, max_bytes=MAX_BYTES)
    answer = poster.post(
        f"{end_point.address}/digest", digest, media_type="application/octet-stream", accept=_MEDIA_TYPE
    )
    if answer.status != 200:
        raise Trouble("anchor.calendar", status=answer.status)
    if not timestamp_ends(answer.content, digest):
        raise Trouble("anchor.no_attestation")
    values = {"draft": proof_file(digest, answer.content), "submitted_at": moment, "problem": "", "facts": {}}
    return Step(Anchor.State.PENDING, _LOOK_AGAIN, values)


def _heights(proof: bytes, digest: bytes) -> list[int]:
    return sorted(end.height for end in attestations(proof, digest) if end.height is not None)


def _asked_again(proof: bytes, digest: bytes, end_point: EndPoint, resolver: HttpResolver) -> bytes:
    """The proof with what the calendar knows by now about what it promised."""
    for end in attestations(proof, digest):
        if end.calendar and len(end.message) <= 64:
            try:
                answer = resolver.fetch(f"{end_point.address}/timestamp/{end.message.hex()}", accept=(_MEDIA_TYPE,))
            except NotFound:
                continue
            proof = upgraded(proof, digest, end.message, answer.content)
    return proof

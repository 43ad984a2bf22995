"""By a time-stamping authority: one question, one answer, and the answer is the receipt."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from testamur.fetch.post import HttpPoster
from testamur.log import SignedCheckpoint
from testamur.log.anchors import AnchorPolicy, TimeStampReceipt
from testamur.log.anchors.time_stamping import MAX_BYTES, MEDIA_TYPE_QUERY, MEDIA_TYPE_REPLY, query

from ..configuration import EndPoint
from ..models import Anchor
from .step import Step, Trouble, checked


def step(anchor: Anchor, end_point: EndPoint, _moment: datetime) -> Step:
    """Raises Trouble, ResolutionError and Malformed. Being stamped twice does no harm."""
    text = SignedCheckpoint.from_bytes(bytes(anchor.checkpoint.note)).checkpoint.text
    poster = HttpPoster(settings.TESTAMUR_ALLOWED_ORIGINS, max_bytes=MAX_BYTES)
    answer = poster.post(end_point.address, query(text.encode()), media_type=MEDIA_TYPE_QUERY, accept=MEDIA_TYPE_REPLY)
    if answer.status != 200:
        raise Trouble("anchor.authority", status=answer.status)
    return checked(anchor, TimeStampReceipt(answer.content), AnchorPolicy(authorities=end_point.certificates))

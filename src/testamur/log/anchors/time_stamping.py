"""An anchor by a time-stamping authority (RFC 3161): a signed statement that a hash existed at a time.

The weakest of the anchors, because it is a signature, and the only one that courts know: a *qualified* time stamp has
the presumption of eIDAS, article 41. It is verified against certificates that the reader names; there are no others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC

from cryptography import x509

from .result import AnchorResult, failed, passed, unknown

MAX_BYTES = 64 * 1024
MEDIA_TYPE_QUERY = "application/timestamp-query"
MEDIA_TYPE_REPLY = "application/timestamp-reply"


def query(text: bytes) -> bytes:
    """The request for a time stamp over the SHA-256 of `text`, with a nonce and the request for the authority's
    certificate."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    made = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True)
    return made.cert_request(cert_request=True).build().as_bytes()


def verify(text: bytes, reply: bytes, roots: Sequence[x509.Certificate]) -> AnchorResult:
    """Whether, and when, an authority under one of `roots` has stamped `text` (the text of the checkpoint, whose
    SHA-256 it saw).

    Failed: not a time stamp, or of something else. Unknown: no root was named, or the authority stands under none of
    them.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    if len(reply) > MAX_BYTES:
        return failed("anchor.size")
    try:
        stamp = decode_timestamp_response(reply)
        imprint, time = stamp.tst_info.message_imprint, stamp.tst_info.gen_time
    except ValueError:
        return failed("anchor.time_stamp")
    if imprint.message != hashlib.sha256(text).digest():
        return failed("anchor.other_digest")
    moment = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    if not roots:
        return unknown("anchor.authority_unknown")
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify_message(stamp, text)
    except VerificationError:
        return unknown("anchor.authority_unknown")
    except ValueError:
        return failed("anchor.time_stamp")
    return passed("anchor.rfc3161", moment)

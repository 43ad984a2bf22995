"""An anchor by a time-stamping authority (RFC 3161): a signed statement that a hash existed at a time.

The weakest of the anchors, because it is a signature, and the only one that courts know: a *qualified* time stamp has
the presumption of eIDAS, article 41. It is verified against certificates that the reader names; there are no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from .result import AnchorResult, failed, passed, unknown

MAX_BYTES = 64 * 1024
MEDIA_TYPE_QUERY = "application/timestamp-query"
MEDIA_TYPE_REPLY = "application/timestamp-reply"
_SHA_256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


def query(text: bytes) -> bytes:
    """The request for a time stamp over the SHA-256 of `text` (that of a checkpoint), with a nonce and the request for
    the authority's certificate."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    made = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True)
    return made.cert_request(cert_request=True).build().as_bytes()


def verify(digest: bytes, reply: bytes, trusted: Sequence[x509.Certificate]) -> AnchorResult:
    """Whether, and when, an authority under one of the roots in `trusted` has stamped `digest` (a SHA-256). What is in
    `trusted` comes from the reader: certificates between the authority and its root may be there too, and none is ever
    taken from the receipt, which is a stranger's.

    Failed: not a time stamp, or of something else. Unknown: no root was named, the authority stands under none of them,
    or this installation cannot read time stamps (the extra `anchors`).
    """
    try:
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError:
        return unknown("anchor.unavailable")
    if len(reply) > MAX_BYTES:
        return failed("anchor.size")
    try:
        stamp = decode_timestamp_response(reply)
        imprint, time = stamp.tst_info.message_imprint, stamp.tst_info.gen_time
    except ValueError:
        return failed("anchor.time_stamp")
    if imprint.hash_algorithm != _SHA_256 or imprint.message != digest:
        return failed("anchor.other_digest")
    moment = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    if not trusted:
        return unknown("anchor.authority_unknown")
    try:
        VerifierBuilder(roots=list(trusted)).build().verify(stamp, digest)
    except VerificationError:
        return unknown("anchor.authority_unknown")
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return failed("anchor.time_stamp")
    return passed("anchor.rfc3161", moment)

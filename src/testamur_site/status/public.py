"""The status list for everybody who only wants its bytes (`foundation/public_bytes`)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.db.models import F
from django.utils import timezone

from testamur_site.foundation.keys.api import active_key_of
from testamur_site.foundation.public_bytes.api import FOR_MINUTES, TEXT, Compiled, PublicBytes, etag_of
from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.log import api as log

from . import rules
from .models import StatusList
from .services import CLOCK_SKEW, SIGNED_ANEW_AFTER

FOR_A_MINUTE = "public, max-age=60"
_PUBLISHED = Compiled(
    lambda public_id: StatusList.objects.filter(
        public_id=public_id, published__isnull=False, published_version=F("version")
    ).values_list("pk", "published_version", "published_at", active_key_of("institution")),
    "a status list is public: every verifier may read it",
    TEXT,
)


def answer(path: str, accept: str) -> PublicBytes | None:
    """The list at `/status/<path>`, or the log's proof of it, while what is published is what holds; else None: somebody has to sign it
    first, and the view does."""
    public_id, _, ending = path.partition(".")
    found = current(public_id)
    if found is None:
        return None
    content, etag = found
    if ending:
        return _proof(public_id, content) if ending == "tlog-proof" else None
    return PublicBytes(content, media_type(accept), FOR_MINUTES, vary="Accept", known_etag=etag, headers=_HEADERS)


def _proof(public_id: str, content: bytes) -> PublicBytes | None:
    """The log's proof of just this list. However final it is, the next version of the list has another one."""
    looked = log.look_up(rules.log_subject(public_id), content)
    return None if looked.content is None else PublicBytes(looked.content, log.PROOF_TYPE, FOR_A_MINUTE)


def media_type(accept: str) -> str:
    """The first of ours that is asked for by name; JSON for a browser, so that a person can look at it; else the W3C media type."""
    asked = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    named = next((part for part in asked if part in _MEDIA_TYPES), None)
    return named or ("application/json" if "text/html" in asked else "application/vc")


def current(public_id: str) -> tuple[bytes, str] | None:
    """The signed list and its tag, while what was published last is what holds; None where it has to be signed first, or there is none."""
    if not public_id.isascii() or not public_id.replace("-", "").replace("_", "").isalnum():
        return None
    found = _PUBLISHED.first(public_id)
    if found is None:
        return None
    key, version, published_at, signs_now = found
    # As `services.publish` decides it.
    if not -CLOCK_SKEW <= timezone.now() - published_at < SIGNED_ANEW_AFTER:
        return None
    published = _content(key, version, published_at)
    if published is None or signs_now not in (None, published[2]):
        return None
    return published[:2]


_MEDIA_TYPES = ("application/vc", "application/vc+ld+json", "application/ld+json", "application/json")
_HEADERS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "Accept, If-None-Match"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)


@lru_cache(maxsize=64)
def _content(key: int, version: int, published_at: datetime) -> tuple[bytes, str, str] | None:
    """What was published as this version at this moment, its tag, and the name of the key that signed it: that does not change any more,
    and is at most some hundred kilobytes."""
    with unscoped("a status list is public: every verifier may read it"):
        rows = StatusList.objects.filter(pk=key, published_version=version, published_at=published_at)
        found = rows.values_list("published", flat=True).first()
    if found is None:
        return None
    content = bytes(found)
    return content, etag_of(content), rules.key_of(content)

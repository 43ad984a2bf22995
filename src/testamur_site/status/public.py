"""The status list for everybody who only wants its bytes (`foundation/public_bytes`)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.db.models import F
from django.utils import timezone

from testamur_site.foundation.keys.api import active_since
from testamur_site.foundation.public_bytes.api import Compiled, PublicBytes, etag_of
from testamur_site.foundation.tenancy.api import Institution, unscoped

from .models import StatusList
from .services import CLOCK_SKEW, SIGNED_ANEW_AFTER, TIME_TO_LIVE
from .views import media_type

_PUBLISHED = Compiled(
    lambda public_id: StatusList.objects.filter(
        public_id=public_id, published__isnull=False, published_version=F("version")
    ).values_list("pk", "institution", "published_version", "published_at"),
    "a status list is public: every verifier may read it",
    stand_in="\x01",
)


def answer(path: str, accept: str) -> PublicBytes | None:
    """The list at `/status/<path>` while what is published is what holds; else None: somebody has to sign it first, and the view does."""
    if not path.isascii() or not path.replace("-", "").replace("_", "").isalnum():
        return None
    found = _PUBLISHED.first(path)
    if found is None:
        return None
    key, institution, version, published_at = found
    # As `services.publish` decides it.
    since = active_since(Institution(pk=institution))
    fresh = -CLOCK_SKEW <= timezone.now() - published_at < SIGNED_ANEW_AFTER
    if not fresh or (since is not None and since > published_at):
        return None
    content, etag = _content(key, version, published_at)
    if content is None:
        return None
    caching = f"public, max-age={int(TIME_TO_LIVE.total_seconds())}"
    return PublicBytes(content, media_type(accept), caching, vary="Accept", etag=etag, headers=_HEADERS)


_HEADERS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "Accept, If-None-Match"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)


@lru_cache(maxsize=64)
def _content(key: int, version: int, published_at: datetime) -> tuple[bytes | None, str]:
    """What was published as this version at this moment: it does not change any more, and is at most some hundred kilobytes."""
    with unscoped("a status list is public: every verifier may read it"):
        rows = StatusList.objects.filter(pk=key, published_version=version, published_at=published_at)
        found = rows.values_list("published", flat=True).first()
    if found is None:
        return None, ""
    content = bytes(found)
    return content, etag_of(content)

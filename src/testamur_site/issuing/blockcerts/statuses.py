"""The status of editions: the institution's revocation lists once more, in the form of 2021.

The bits are those of the list that is published; nothing is decided here. A list that is suspended *and* revoked there
(a suspension sets both bits, decision 0005) is not valid here either.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from testamur import strict_json
from testamur.status import decode, list_credential_2021
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.status import api as status

from . import documents, queries, rules
from .models import OldFormList

SIGNED_ANEW_AFTER = timedelta(days=1)
CLOCK_SKEW = timedelta(minutes=2)


def unsigned(institution: Institution, list_id: str, source: bytes, now: datetime) -> dict[str, Any]:
    """The list in the old form, made of the published one."""
    published = strict_json.loads(source)
    bits = decode(published["credentialSubject"]["encodedList"])
    address = documents.list_address(institution, list_id)
    return list_credential_2021(address, rules.did_of(published), bits, valid_from=now - CLOCK_SKEW)


def old_form(institution: Institution, list_id: str, now: datetime | None = None) -> bytes | None:
    """The signed list at its address, made anew when the published one has changed; None where the institution has no
    such revocation list. Raises SignerRefused, SignerUnavailable."""
    moment = (now or timezone.now()).replace(microsecond=0)
    if queries.account_of(institution) is None:  # it has never had an edition
        return None
    source = status.published_list(list_id)
    if source is None or not _is_ours(institution, source):
        return None
    digest = hashlib.sha256(source).hexdigest()
    with tenant(institution):
        kept = OldFormList.objects.filter(list_id=list_id).first()
        if kept is not None and kept.source == digest and moment - kept.signed_at < SIGNED_ANEW_AFTER:
            return bytes(kept.content)
        content = unsigned(institution, list_id, source, moment)
        signer = signing_key(institution, did=str(content["issuer"]))
        signed = documents.secured_edition(content, signer, row=list_id, created=moment, kind="edition_list")
        values = {"source": digest, "content": signed, "signed_at": moment}
        OldFormList.objects.update_or_create(list_id=list_id, defaults=values)
    return signed


def _is_ours(institution: Institution, source: bytes) -> bool:
    published = strict_json.loads(source)
    purpose = published["credentialSubject"].get("statusPurpose")
    own = set(documents.dids_of(institution))
    return purpose == "revocation" and rules.did_of(published) in own

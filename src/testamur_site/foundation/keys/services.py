"""Making, opening, rotating and re-sealing of signing keys."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from testamur.errors import SignerError
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.signing.api import (
    Place,
    Scope,
    StoredKey,
    destroy_key,
    key_encryption_keys,
    make_key,
    sealing,
)
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

from .models import SigningKey
from .signer import InstitutionSigner
from .telling import tell

PURPOSE = "assertionMethod"

logger = logging.getLogger(__name__)


class KeyRetired(Exception):
    """The key that was asked for by its id does not sign any more (or never existed here)."""


def seal_secret(secret: bytes, at: bytes) -> sealing.Sealed:
    """Seal a secret of another capability. `at` names its place: moved elsewhere it does not open. Raises NoKeyEncryptionKey."""
    return sealing.seal(key_encryption_keys(), secret, at)


def unseal_secret(content: bytes, sealed_with: str, at: bytes) -> bytes:
    """Open what `seal_secret` sealed for that place. Raises SealBroken and NoKeyEncryptionKey."""
    return sealing.unseal(key_encryption_keys(), sealing.Sealed(content, sealed_with), at)


def _new_key(institution: Institution) -> SigningKey:
    """A fresh key as the institution's active one, where TESTAMUR_NEW_KEYS says. Its fragment counts on: key-1, key-2 …"""
    with tenant(institution):
        fragment = f"key-{SigningKey.objects.count() + 1}"
        made = make_key(place(institution), fragment)
        return SigningKey.objects.create(
            purpose=PURPOSE,
            fragment=fragment,
            algorithm=made.algorithm,
            public_multikey=made.public,
            sealed=made.sealed,
            sealed_with=made.sealed_with,
            uri=made.uri,
        )


def place(institution: Institution, purpose: str = PURPOSE) -> Place:
    return Place(Scope.INSTITUTION, institution.public_id, purpose)


def stored_key(institution: Institution, key: SigningKey) -> StoredKey:
    """The key as the keyring and the signing process understand it."""
    return StoredKey(
        place(institution, key.purpose),
        key.fragment,
        key.algorithm,
        key.public_multikey,
        bytes(key.sealed),
        key.sealed_with,
        key.uri,
    )


@transaction.atomic
def _first_key(institution: Institution) -> SigningKey:
    """The active key, made now if there is none; of two callers at once the second finds the first one's."""
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    with tenant(institution):
        existing = SigningKey.objects.filter(purpose=PURPOSE, retired_at=None).first()
    if existing is not None:
        return existing
    key = _new_key(institution)
    tell(institution)
    audit.record(
        "key.created", key.fragment, institution=institution, facts={"publicKeyMultibase": key.public_multikey}
    )
    return key


def signing_key(institution: Institution, key_id: str | None = None, *, did: str | None = None) -> InstitutionSigner:
    """The institution's signer, made on first use; with `key_id` exactly that key. `did` is the identifier below which the key is named:
    one of the institution's own, its did:web by default.

    Raises KeyRetired when `key_id` is not the active key, sealing.SealBroken and sealing.NoKeyEncryptionKey.
    """
    with tenant(institution):
        active = SigningKey.objects.filter(purpose=PURPOSE, retired_at=None).first()
    if key_id is not None and (active is None or active.fragment != key_id):
        raise KeyRetired(key_id)
    return _open(institution, active or _first_key(institution), did)


def _open(institution: Institution, key: SigningKey, did: str | None = None) -> InstitutionSigner:
    return InstitutionSigner(stored_key(institution, key), did=did or institution.did)


def _destroy(ended: StoredKey) -> None:
    """End a retired key's private half in its device. Where that fails the key is retired all the same: nothing asks for it any more."""
    try:
        destroy_key(ended)
    except SignerError as error:
        logger.warning("a retired key was not destroyed in its device: %s", error.code)


@transaction.atomic
def rotate(institution: Institution, actor: Any) -> SigningKey:
    """A new key signs from now on. The old one's public half stays in the DID document, so what it signed stays valid; its private
    half is destroyed, so that nobody can use it any more."""
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    with tenant(institution):
        old = SigningKey.objects.filter(purpose=PURPOSE, retired_at=None).first()
        if old is not None:
            SigningKey.objects.filter(pk=old.pk).update(retired_at=timezone.now(), sealed=b"", sealed_with="")
            if old.uri:
                ended = stored_key(institution, old)
                transaction.on_commit(lambda: _destroy(ended))
    key = _new_key(institution)
    facts = {"publicKeyMultibase": key.public_multikey, "replaces": old.fragment if old else None}
    tell(institution)
    audit.record("key.rotated", key.fragment, institution=institution, actor=actor, facts=facts)
    return key


@transaction.atomic
def withdraw(institution: Institution, fragment: str, actor: Any) -> bool:
    """Take a retired key out of the DID document, because somebody else may have a copy: from now on nothing that it signed holds,
    neither theirs nor ours. A date would not separate the two, for the thief writes the date. False where there is no such key, where it
    still signs, and where it was withdrawn before."""
    with tenant(institution):
        changed = SigningKey.objects.filter(fragment=fragment, withdrawn_at=None).exclude(retired_at=None)
        if not changed.update(withdrawn_at=timezone.now()):
            return False
    tell(institution)
    audit.record("key.withdrawn", fragment, institution=institution, actor=actor)
    return True


def reseal() -> int:
    """Seal every institution's active key with the first key-encryption key in the file; how many were changed. Can be repeated."""
    keys = sealing.read_keys(settings.TESTAMUR_KEY_ENCRYPTION_KEY)
    changed = 0
    with unscoped("the operator re-seals the keys of all institutions"):
        stale = SigningKey.objects.filter(retired_at=None, uri="").exclude(sealed_with=sealing.fingerprint(keys[0]))
        for pk in list(stale.values_list("pk", flat=True)):
            with transaction.atomic():
                key = SigningKey.objects.select_for_update(of=("self",)).select_related("institution").get(pk=pk)
                if key.retired_at is not None:
                    continue
                bound_to = place(key.institution, key.purpose).bound_to(key.public_multikey)
                secret = sealing.unseal(keys, sealing.Sealed(bytes(key.sealed), key.sealed_with), bound_to)
                sealed = sealing.seal(keys, secret, bound_to)
                SigningKey.objects.filter(pk=pk).update(sealed=sealed.content, sealed_with=sealed.sealed_with)
                changed += 1
    return changed

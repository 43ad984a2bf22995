"""The deployment's own signing key, for receipts: what the deployment says in its own name, not an institution's.

Its DID is the did:web of the origin in TESTAMUR_BASE_URL, so its document stands at `/.well-known/did.json` (did:web method §3.2).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from testamur.proofs.did import did_document as build_did_document
from testamur.proofs.keys import PublicKey
from testamur_site.foundation.signing.api import Place, Scope, StoredKey, make_key, sealing

from .models import DeploymentKey
from .signer import InstitutionSigner

_PLACE = Place(Scope.DEPLOYMENT)


def deployment_did() -> str:
    """`did:web` of this deployment: the host, its port percent-encoded."""
    return f"did:web:{quote(urlsplit(settings.TESTAMUR_BASE_URL).netloc, safe='.-')}"


def deployment_signer() -> InstitutionSigner:
    """The deployment's signer; its key is made on first use. Raises sealing.SealBroken and sealing.NoKeyEncryptionKey."""
    key = DeploymentKey.objects.filter(active=True).first() or _first_key()
    stored = StoredKey(_PLACE, key.fragment, key.algorithm, key.public_multikey, bytes(key.sealed), key.sealed_with)
    return InstitutionSigner(stored, did=deployment_did())


def deployment_did_document() -> dict[str, Any]:
    """The DID document of the deployment: every key it ever had, so that old receipts stay valid. It has none before the first receipt."""
    methods = [(key.fragment, PublicKey.from_multikey(key.public_multikey)) for key in DeploymentKey.objects.all()]
    return build_did_document(deployment_did(), methods)


@transaction.atomic
def rotate_deployment_key() -> DeploymentKey:
    """A new key signs from now on. The private half of the old one is destroyed; its public half stays in the DID document."""
    DeploymentKey.objects.filter(active=True).update(active=None, sealed=b"", sealed_with="")
    return _new_key()


def reseal_deployment_key() -> int:
    """Seal the active key with the first key-encryption key in the file; how many were changed (0 or 1). Can be repeated."""
    keys = sealing.read_keys(settings.TESTAMUR_KEY_ENCRYPTION_KEY)
    with transaction.atomic():
        key = DeploymentKey.objects.select_for_update().filter(active=True).first()
        if key is None or key.sealed_with == sealing.fingerprint(keys[0]):
            return 0
        place = _PLACE.bound_to(key.public_multikey)
        secret = sealing.unseal(keys, sealing.Sealed(bytes(key.sealed), key.sealed_with), place)
        sealed = sealing.seal(keys, secret, place)
        return DeploymentKey.objects.filter(pk=key.pk).update(sealed=sealed.content, sealed_with=sealed.sealed_with)


def _first_key() -> DeploymentKey:
    """Of two callers at once the second finds the first one's key, because only one can be active."""
    try:
        with transaction.atomic():
            return _new_key()
    except IntegrityError:
        return DeploymentKey.objects.get(active=True)


def _new_key() -> DeploymentKey:
    fragment = f"key-{DeploymentKey.objects.count() + 1}"
    made = make_key(_PLACE, fragment)
    return DeploymentKey.objects.create(
        fragment=fragment, public_multikey=made.public, sealed=made.sealed, sealed_with=made.sealed_with
    )

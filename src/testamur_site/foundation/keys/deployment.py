"""The deployment's own signing key, for receipts: what the deployment says in its own name, not an institution's.

Its DID is the did:web of the origin in TESTAMUR_BASE_URL, so its document stands at `/.well-known/did.json` (did:web method §3.2).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from testamur.proofs.did import did_document as build_did_document
from testamur.proofs.keys import PrivateKey, PublicKey
from testamur_site.foundation.signing.api import sealing

from .models import DeploymentKey
from .services import key_encryption_keys
from .signer import InstitutionSigner


def deployment_did() -> str:
    """`did:web` of this deployment: the host, its port percent-encoded."""
    return f"did:web:{quote(urlsplit(settings.TESTAMUR_BASE_URL).netloc, safe='.-')}"


def deployment_signer() -> InstitutionSigner:
    """The deployment's signer; its key is made on first use. Raises sealing.SealBroken and sealing.NoKeyEncryptionKey."""
    key = DeploymentKey.objects.filter(active=True).first() or _first_key()
    sealed = sealing.Sealed(bytes(key.sealed), key.sealed_with)
    secret = sealing.unseal(key_encryption_keys(), sealed, _place(key.public_multikey))
    private = PrivateKey.from_secret_multikey(secret.decode())
    return InstitutionSigner(private, verification_method=f"{deployment_did()}#{key.fragment}", key_id=key.fragment)


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
        place = _place(key.public_multikey)
        secret = sealing.unseal(keys, sealing.Sealed(bytes(key.sealed), key.sealed_with), place)
        sealed = sealing.seal(keys, secret, place)
        return DeploymentKey.objects.filter(pk=key.pk).update(sealed=sealed.content, sealed_with=sealed.sealed_with)


def _place(public_multikey: str) -> bytes:
    """The additional authenticated data: a sealed key of an institution, put here, does not open."""
    return f"testamur deployment key\nassertionMethod\n{public_multikey}".encode()


def _first_key() -> DeploymentKey:
    """Of two callers at once the second finds the first one's key, because only one can be active."""
    try:
        with transaction.atomic():
            return _new_key()
    except IntegrityError:
        return DeploymentKey.objects.get(active=True)


def _new_key() -> DeploymentKey:
    private = PrivateKey.generate("Ed25519")
    public = private.public.multikey
    sealed = sealing.seal(key_encryption_keys(), private.secret_multikey.encode(), _place(public))
    return DeploymentKey.objects.create(
        fragment=f"key-{DeploymentKey.objects.count() + 1}",
        public_multikey=public,
        sealed=sealed.content,
        sealed_with=sealed.sealed_with,
    )

"""What the signing process asks about keys: which of them may sign, and under which name (`config/wiring.py`, SIGNING_KEYS)."""

from __future__ import annotations

from django.apps import apps

from testamur_site.foundation.signing.api import Refused, Scope, StoredKey
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

from .deployment import deployment_did
from .identifiers.queries import identifiers_of
from .models import DeploymentKey, SigningKey


def anything_sealed() -> bool:
    """Whether anything was ever sealed, in whatever table: then a missing key-encryption key is not replaced by a new one."""
    tables = [one for one in apps.get_models() if any(field.name == "sealed_with" for field in one._meta.get_fields())]
    with unscoped("whether anybody has something sealed"):
        # A retired key was sealed once, though its seal is destroyed.
        return SigningKey.objects.filter(uri="").exists() or any(
            one._default_manager.exclude(sealed_with="").exists() for one in tables
        )


def may_sign(stored: StoredKey, did: str) -> None:
    """Raises Refused where the key has ended, or `did` is not one of its owner's identifiers.

    A key that the database does not know yet may sign: the first one of an institution is made and used in one transaction, which nobody
    else sees before it ends. Its seal says whose it is.
    """
    if stored.place.scope is Scope.LOG:
        return
    if stored.place.scope is Scope.DEPLOYMENT:
        known = DeploymentKey.objects.filter(public_multikey=stored.public).first()
        if (known is not None and not known.active) or did != deployment_did():
            raise Refused("signing.key", "This key of the deployment signs no more, or under another name.", {})
        return
    institution = Institution.objects.get(public_id=stored.place.owner)
    with tenant(institution):
        found = SigningKey.objects.filter(public_multikey=stored.public).first()
        if found is None and stored.uri:
            raise Refused("signing.key", "This key is not the institution's.", {})
        if found is not None and (
            found.retired_at is not None or found.fragment != stored.key_id or found.uri != stored.uri
        ):
            raise Refused("signing.key", "This key of the institution signs no more.", {"key": stored.key_id})
    if did not in identifiers_of(institution):
        raise Refused("signing.did", "This is no identifier of the institution.", {})


def has_ended(stored: StoredKey) -> bool:
    """Whether the key is known and retired: only then may it be destroyed."""
    institution = Institution.objects.filter(public_id=stored.place.owner).first()
    if institution is None:
        return False
    with tenant(institution):
        return (
            SigningKey.objects.filter(uri=stored.uri, public_multikey=stored.public).exclude(retired_at=None).exists()
        )

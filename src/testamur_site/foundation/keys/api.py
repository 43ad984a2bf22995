"""The door of keys."""

from testamur_site.foundation.signing.api import NoKeyEncryptionKey, SealBroken

from .deployment import deployment_did, deployment_did_document, deployment_signer, rotate_deployment_key
from .identifiers.archive import adopt as adopt_keys
from .identifiers.archive import archived as archived_keys
from .identifiers.queries import history_of, issuing_did, services_of, versions_of
from .identifiers.services import set_method, set_service
from .models import SigningKey
from .queries import active_since, did_document, keys_of, profile_json
from .services import KeyRetired, rotate, seal_secret, signing_key, unseal_secret, withdraw
from .signer import InstitutionSigner

__all__ = [
    "InstitutionSigner",
    "KeyRetired",
    "NoKeyEncryptionKey",
    "SealBroken",
    "SigningKey",
    "active_since",
    "adopt_keys",
    "archived_keys",
    "deployment_did",
    "deployment_did_document",
    "deployment_signer",
    "did_document",
    "history_of",
    "issuing_did",
    "keys_of",
    "profile_json",
    "rotate",
    "rotate_deployment_key",
    "seal_secret",
    "services_of",
    "set_method",
    "set_service",
    "signing_key",
    "unseal_secret",
    "versions_of",
    "withdraw",
]

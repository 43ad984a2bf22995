"""The door of keys."""

from .deployment import deployment_did, deployment_did_document, deployment_signer, rotate_deployment_key
from .models import SigningKey
from .queries import active_since, did_document, keys_of, profile_json
from .sealing import NoKeyEncryptionKey, SealBroken
from .services import KeyRetired, rotate, seal_secret, signing_key, unseal_secret, withdraw
from .signer import InstitutionSigner

__all__ = [
    "InstitutionSigner",
    "KeyRetired",
    "NoKeyEncryptionKey",
    "SealBroken",
    "SigningKey",
    "active_since",
    "deployment_did",
    "deployment_did_document",
    "deployment_signer",
    "did_document",
    "keys_of",
    "profile_json",
    "rotate",
    "rotate_deployment_key",
    "seal_secret",
    "signing_key",
    "unseal_secret",
    "withdraw",
]

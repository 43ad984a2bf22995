"""The door of keys."""

from .models import SigningKey
from .queries import did_document, keys_of, profile_json
from .sealing import NoKeyEncryptionKey, SealBroken
from .services import KeyRetired, rotate, signing_key
from .signer import InstitutionSigner

__all__ = [
    "InstitutionSigner",
    "KeyRetired",
    "NoKeyEncryptionKey",
    "SealBroken",
    "SigningKey",
    "did_document",
    "keys_of",
    "profile_json",
    "rotate",
    "signing_key",
]

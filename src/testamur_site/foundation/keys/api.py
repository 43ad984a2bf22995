"""The door of keys."""

from testamur_site.foundation.signing.api import NoKeyEncryptionKey, SealBroken

from .deployment import deployment_did, deployment_did_document, deployment_signer, rotate_deployment_key
from .identifiers.archive import adopt as adopt_keys
from .identifiers.archive import archived as archived_keys
from .identifiers.histories import Ceremony, CeremonyRefused, did_log
from .identifiers.queries import (
    did_lines,
    ended_identifiers,
    history_of,
    identifiers_of,
    issuing_did,
    services_of,
    versions_of,
)
from .identifiers.services import set_method, set_service
from .models import SigningKey
from .proposals.archive import TABLES as ARCHIVED_TABLES
from .proposals.models import KeyProposal
from .proposals.sentences import Described
from .proposals.sentences import refused as refused_in_words
from .proposals.services import ProposalRefused, propose
from .queries import active_key, active_key_of, did_document, keys_of, profile_json, signs_now
from .services import KeyRetired, rotate, seal_secret, signing_key, unseal_secret, withdraw
from .signer import InstitutionSigner

__all__ = [
    "ARCHIVED_TABLES",
    "Ceremony",
    "CeremonyRefused",
    "Described",
    "InstitutionSigner",
    "KeyProposal",
    "KeyRetired",
    "NoKeyEncryptionKey",
    "ProposalRefused",
    "SealBroken",
    "SigningKey",
    "active_key",
    "active_key_of",
    "adopt_keys",
    "archived_keys",
    "deployment_did",
    "deployment_did_document",
    "deployment_signer",
    "did_document",
    "did_lines",
    "did_log",
    "ended_identifiers",
    "history_of",
    "identifiers_of",
    "issuing_did",
    "keys_of",
    "profile_json",
    "propose",
    "refused_in_words",
    "rotate",
    "rotate_deployment_key",
    "seal_secret",
    "services_of",
    "set_method",
    "set_service",
    "signing_key",
    "signs_now",
    "unseal_secret",
    "versions_of",
    "withdraw",
]

"""What devices and services answer, in words: what happened and what to do now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from testamur.errors import SignerError, SignerRefused, SignerUnavailable

Refusals = Mapping[str, tuple[str, str]]
"""Name of the error there → our code, and the sentence; `{token}` and `{uri}` are filled in."""

_NEARLY_EVERY: Final = "P-256 is what nearly every device can."
_KIND: Final = ("signer.algorithm", f"The token “{{token}}” makes no key of this kind. {_NEARLY_EVERY}")

PKCS11: Final[Refusals] = {
    "PinIncorrect": (
        "signer.wrong_pin",
        "The PIN is not that of the token “{token}”. It was tried once; many tokens lock themselves after three wrong ones.",
    ),
    "PinInvalid": ("signer.wrong_pin", "The PIN cannot be that of the token “{token}”."),
    "PinLenRange": ("signer.wrong_pin", "The PIN has not the length that the token “{token}” asks for."),
    "PinLocked": (
        "signer.pin_locked",
        "The token “{token}” is locked after wrong PINs. Its security officer can unlock it.",
    ),
    "PinExpired": ("signer.pin_expired", "The PIN of the token “{token}” has to be changed first."),
    "UserPinNotInitialized": (
        "signer.pin_missing",
        "The token “{token}” has no PIN yet. Its security officer sets the first one.",
    ),
    "NoSuchToken": (
        "signer.no_such_token",
        "There is no token “{token}” in this device. Is it plugged in, and is the name right?",
    ),
    "DeviceMemory": (
        "signer.full",
        "The token “{token}” has no room for another key. Destroy one that is no longer needed, or use another token.",
    ),
    "TokenWriteProtected": (
        "signer.read_only",
        "The token “{token}” is write-protected, so no key can be made or destroyed in it.",
    ),
    "SessionReadOnly": ("signer.read_only", "The token “{token}” allows no change."),
    "MechanismInvalid": ("signer.algorithm", f"The token “{{token}}” cannot sign in this way. {_NEARLY_EVERY}"),
    "AttributeValueInvalid": _KIND,
    "DomainParamsInvalid": _KIND,
    "FunctionNotSupported": ("signer.algorithm", "The token “{token}” does not do this."),
}

_NOT_SIGNING: Final = ("signer.algorithm", "This key is not for signing ({uri}). Make one with the usage SIGN_VERIFY.")
_CREDENTIALS: Final = ("signer.no_credentials", "AWS does not accept this machine's credentials.")

KMS: Final[Refusals] = {
    "NotFoundException": (
        "signer.no_such_key",
        "The service has no key of that name ({uri}). Are name and region right?",
    ),
    "AccessDeniedException": (
        "signer.not_permitted",
        "This machine may not use the key ({uri}). Its role needs kms:Sign and kms:GetPublicKey.",
    ),
    "DisabledException": ("signer.disabled", "The key is disabled ({uri}). Enable it, or name another one."),
    "KMSInvalidStateException": ("signer.disabled", "The key is disabled or about to be deleted ({uri})."),
    "UnsupportedOperationException": ("signer.algorithm", "The key cannot sign in this way ({uri})."),
    "InvalidKeyUsageException": _NOT_SIGNING,
    "ValidationException": ("signer.algorithm", "The service does not understand what is asked of this key ({uri})."),
    "LimitExceededException": ("signer.full", "The account has no room for another key."),
    "AlreadyExistsException": ("signer.key_exists", "There is a key of that name already ({uri})."),
    "NoCredentialsError": (
        "signer.no_credentials",
        "This machine has no credentials for AWS. Give it a role, or set AWS_PROFILE.",
    ),
    "NoRegionError": (
        "signer.no_region",
        "In which region is the key? Add ?region=… to its URI, or set AWS_REGION.",
    ),
    "UnrecognizedClientException": _CREDENTIALS,
    "InvalidSignatureException": _CREDENTIALS,
    "ExpiredTokenException": ("signer.no_credentials", "This machine's credentials for AWS have expired."),
}


def in_words(refusals: Refusals, name: str, uri: str, *, token: str, otherwise: str) -> SignerError:
    """The error of ours for one of theirs: refused where the table says so, else unavailable with the sentence `otherwise`.

    Only the name of their error is kept: its message can hold account numbers, roles or paths.
    """
    facts = {"uri": uri, "error": name}
    if name in refusals:
        code, sentence = refusals[name]
        return SignerRefused(sentence.format(token=token, uri=uri), code=code, facts=facts)
    return SignerUnavailable(otherwise, code="signer.no_answer", facts=facts)

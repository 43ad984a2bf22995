"""How a recipient's identifier is hidden in a credential, and found again by somebody who knows it.

OB 3.0, IdentityObject: `identityHash` is the algorithm's name, `$`, and the hex digest of the value followed by the salt. The hash hides
an e-mail address from those who do not know it; it does not protect against guessing, which the salt makes dearer but not impossible.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable
from typing import Any, Final

from testamur.model.profile import IdentityObject
from testamur.model.vocabulary import IdentityType

# MD5 is read because badges of the past used it (OB 2.0); it is never written.
_ALGORITHMS: Final[dict[str, Callable[[bytes], Any]]] = {
    "sha256": hashlib.sha256,
    "md5": functools.partial(hashlib.md5, usedforsecurity=False),
}


def new_salt() -> str:
    """A random salt of 128 bits, as 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def normal_email(email: str) -> str:
    """The form of an e-mail address that is hashed: trimmed, NFC, lower-case. Mail systems compare that way in practice, and a
    recipient types the address as it comes."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def hashed_email(email: str, salt: str) -> IdentityObject:
    """The identity object for an e-mail address: `sha256$` and 64 hex digits of the normal form followed by `salt`."""
    digest = hashlib.sha256((normal_email(email) + salt).encode()).hexdigest()
    return IdentityObject(
        hashed=True, identity_hash=f"sha256${digest}", identity_type=str(IdentityType.EMAIL_ADDRESS), salt=salt
    )


def person_name(name: str) -> IdentityObject:
    """The identity object for the name of the recipient, in the clear and as given (trimmed, NFC)."""
    written = unicodedata.normalize("NFC", name.strip())
    return IdentityObject(hashed=False, identity_hash=written, identity_type=str(IdentityType.NAME))


def identity_matches(identity: IdentityObject, value: str) -> bool | None:
    """Whether `identity` was made from `value`; None when its hash algorithm is neither SHA-256 nor (on old badges) MD5.

    An e-mail address is tried as given and in its normal form, because issuers differ.
    """
    tried = {value, value.strip()}
    if identity.identity_type in (IdentityType.EMAIL_ADDRESS, "email"):
        tried.add(normal_email(value))
    else:
        tried.add(unicodedata.normalize("NFC", value.strip()))
    if not identity.hashed:
        stands = identity.identity_hash.strip()
        if identity.identity_type in (IdentityType.EMAIL_ADDRESS, "email"):
            return normal_email(stands) == normal_email(value)
        return unicodedata.normalize("NFC", stands) in tried
    algorithm, _, digest = identity.identity_hash.partition("$")
    if algorithm.lower() not in _ALGORITHMS:
        return None
    make = _ALGORITHMS[algorithm.lower()]
    salted = (make((candidate + (identity.salt or "")).encode()).hexdigest() for candidate in tried)
    return any(hmac.compare_digest(made, digest.lower()) for made in salted)

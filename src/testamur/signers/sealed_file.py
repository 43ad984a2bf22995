"""A key file sealed with a passphrase: an encrypted JSON Web Key (RFC 7517 §7, compact JWE).

The key is wrapped with PBES2-HS512+A256KW (RFC 7518 §4.8; PBKDF2 with SHA-512, 600,000 rounds), its content encrypted with A256GCM, so
any JOSE library opens it. For development and small machines: whoever has file and passphrase has the key, and so has whoever reads this
process's memory. That is why it is refused where the environment says *production* (TESTAMUR_ENVIRONMENT), unless that is
wanted in so many words (TESTAMUR_SEALED_KEYS_IN_PRODUCTION).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from testamur import strict_json
from testamur.errors import SignerRefused, TestamurError
from testamur.proofs.encodings import base64url_decode, base64url_encode
from testamur.proofs.keys import PrivateKey

ROUNDS: Final = 600_000
MAX_ROUNDS: Final = 5_000_000  # a file must not make its reader work for hours
MIN_PASSPHRASE: Final = 12
ENVIRONMENT: Final = "TESTAMUR_ENVIRONMENT"
FORCED: Final = "TESTAMUR_SEALED_KEYS_IN_PRODUCTION"
_ALGORITHM: Final = "PBES2-HS512+A256KW"
_YES: Final = frozenset({"1", "true", "yes", "on"})


def seal_key(key: PrivateKey, passphrase: str, *, rounds: int = ROUNDS) -> bytes:
    """The sealed form, ASCII, one line. Raises `SignerRefused` (`signer.passphrase` for one of less than 12 characters)."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise SignerRefused(
            f"A passphrase has at least {MIN_PASSPHRASE} characters. Four words that have nothing to do with each other are easy to "
            "keep in mind.",
            code="signer.passphrase",
        )
    salt = secrets.token_bytes(16)
    header = {
        "alg": _ALGORITHM,
        "enc": "A256GCM",
        "cty": "jwk+json",
        "p2s": base64url_encode(salt),
        "p2c": rounds,
        "kid": key.public.thumbprint,
    }
    protected = base64url_encode(strict_json.dumps(header))
    content_key, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
    sealed = AESGCM(content_key).encrypt(nonce, strict_json.dumps(key.secret_jwk), protected.encode())
    wrapped = aes_key_wrap(_derive(passphrase, salt, rounds), content_key)
    parts = (protected, *map(base64url_encode, (wrapped, nonce, sealed[:-16], sealed[-16:])))
    return (".".join(parts) + "\n").encode()


def unseal_key(content: bytes, passphrase: str) -> PrivateKey:
    """The key again. Raises `SignerRefused` (`signer.sealed_malformed`, `signer.wrong_passphrase`)."""
    try:
        protected, *rest = content.decode("ascii").strip().split(".")
        wrapped, nonce, ciphertext, tag = map(base64url_decode, rest)
        header: Any = strict_json.loads(base64url_decode(protected))
        salt, rounds = base64url_decode(header["p2s"]), header["p2c"]
        understood = (
            header["alg"] == _ALGORITHM and header["enc"] == "A256GCM" and "crit" not in header and "zip" not in header
        )
        if (
            not understood
            or type(rounds) is not int
            or not 1000 <= rounds <= MAX_ROUNDS
            or len(salt) < 8
            or len(nonce) != 12
        ):
            raise ValueError
    except (ValueError, TypeError, KeyError, TestamurError):
        raise SignerRefused(
            "This is not a sealed key file as “testamur key new --seal” writes it.", code="signer.sealed_malformed"
        ) from None
    try:
        content_key = aes_key_unwrap(_derive(passphrase, salt, rounds), wrapped)
        opened = AESGCM(content_key).decrypt(nonce, ciphertext + tag, protected.encode())
    except (InvalidUnwrap, InvalidTag, ValueError):
        raise SignerRefused(
            "The passphrase does not open this key file, or the file was changed.", code="signer.wrong_passphrase"
        ) from None
    return PrivateKey.from_jwk(strict_json.loads(opened))


def is_sealed(content: bytes) -> bool:
    """Whether these bytes look like a compact JWE, and not like a JSON object."""
    return content[:2] == b"ey" and content.count(b".") == 4


def refuse_in_production(environment: Mapping[str, str]) -> None:
    """Raises `SignerRefused` (`signer.production`) where the environment is production and nobody insisted."""
    if environment.get(ENVIRONMENT, "").strip().lower() != "production":
        return
    if environment.get(FORCED, "").strip().lower() in _YES:
        return
    raise SignerRefused(
        "This is a production machine, and the key is in a file: whoever copies file and passphrase can issue in your name, and nobody "
        "would notice. Keep the key in a device (pkcs11:…) or a key service (awskms:…); docs/how-to/keep-keys.md shows how. If the file is "
        f"what you want nevertheless, set {FORCED}=yes.",
        code="signer.production",
    )


def _derive(passphrase: str, salt: bytes, rounds: int) -> bytes:
    """RFC 7518 §4.8.1.1: the algorithm's name is part of the salt."""
    return hashlib.pbkdf2_hmac("sha512", passphrase.encode(), _ALGORITHM.encode() + b"\x00" + salt, rounds, 32)

"""Reading and checking a compact JWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Generic, NamedTuple, Never, TypeVar

from testamur import strict_json
from testamur.errors import KeyMaterialError, Malformed, TooLarge
from testamur.proofs import encodings
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import PROOF_VERIFICATION_ERROR, Decided, ProofOutcome, ProofResult, Shared, failed, unknown

MAX_TOKEN_CHARACTERS = 1_500_000  # a megabyte of JSON in base64url, with its header
MAX_HEADER_BYTES = 32_768
MAX_PLAIN_HEADER_BYTES = 500
_PLAIN = frozenset({"alg", "kid", "typ", "cty"})

# JOSE name → the one algorithm of key that it goes with (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864). Nothing else is accepted: an
# allow-list cannot be talked into something by a token.
ALGORITHMS: Mapping[str, str] = {
    "EdDSA": "Ed25519",
    "Ed25519": "Ed25519",
    "ES256": "P-256",
    "ES384": "P-384",
    "ES512": "P-521",
    "RS256": "RSA",
    "PS256": "RSA",
}
_SHARED_SECRET = ("HS256", "HS384", "HS512")
_Known = TypeVar("_Known")


def read_compact(token: str | bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the payload of a compact JWS, both JSON objects. Nothing is verified by this.

    Raises `TooLarge` or `Malformed`: `jose.syntax` for what is not three canonical base64url parts, `jose.not_an_object`, and the
    codes of `strict_json.loads` for the JSON inside.
    """
    return _read(*_cut(token)[:2])


def check_jws(token: str | bytes, key: PublicKey) -> ProofResult:
    """Did the holder of `key` sign this token? RFC 7515 §5.2 with an allow-list of algorithms.

    The key is the caller's finding from `kid` and issuer; a `jwk` in the header may repeat it but never replaces it.

    Failed: `jose.algorithm_refused` (`none` and shared secrets), `jose.algorithm_invalid`, `jose.critical_header`, `jose.b64`,
    `jose.header_key_mismatch`, `jose.key_algorithm_mismatch`, `jose.signature_false`, and the code of an unreadable token.
    Unknown: `jose.algorithm_unknown`. Passed: `jose.verified`.
    """
    return open_jws(token, key)[0]


def open_jws(token: str | bytes, key: PublicKey) -> tuple[ProofResult, dict[str, Any] | None]:
    """As `check_jws`, with the payload where it passed."""
    signed: Signed[Never] | ProofResult = signed_jws(token, key)
    return (signed, None) if isinstance(signed, ProofResult) else (signed.result, signed.content)


class Signed(Generic[_Known]):
    """A token of which `result` says that it passed. `content` is what `payload`, JSON, was read as, or known as to whoever opened it.
    Nothing here is to be changed."""

    __slots__ = ("content", "header", "payload", "result")

    def __init__(
        self, result: ProofResult, header: Mapping[str, Any], payload: bytes, content: dict[str, Any] | _Known
    ) -> None:
        self.result = result
        self.header = header
        self.payload = payload
        self.content = content


def signed_jws(
    token: str | bytes, key: PublicKey, recognise: Callable[[bytes], _Known | None] | None = None
) -> Signed[_Known] | ProofResult:
    """The token where `check_jws` passes, else what that says. `recognise` may know a payload, which is not read then: none but those that
    `read_compact` would read as well."""
    try:
        encoded, payload, signing_input, signature = _cut(token)
        plain = _plain_header(encoded) if len(encoded) <= MAX_PLAIN_HEADER_BYTES else None
        content: dict[str, Any] | _Known
        if plain is None:
            header, content = _read(encoded, payload)
            algorithm = _algorithm(header)
            _refuse_tricks(header, key)
            passed = _passed(algorithm, header)
        else:
            algorithm, header, passed = plain
            known = None if recognise is None else recognise(payload)
            content = _object(strict_json.loads(payload)) if known is None else known
        if ALGORITHMS[algorithm] != key.algorithm:
            raise failed(
                "jose.key_algorithm_mismatch",
                algorithm=algorithm,
                expected=[ALGORITHMS[algorithm]],
                found=key.algorithm,
            )
        rsa_padding = algorithm if key.algorithm == "RSA" else "RS256"
        if not key.verify(signature, signing_input, rsa_padding=rsa_padding):
            raise failed("jose.signature_false", algorithm=algorithm)
    except Decided as decided:
        return decided.result
    except (Malformed, TooLarge) as error:
        return ProofResult(ProofOutcome.FAILED, error.code, error.facts, problem=PROOF_VERIFICATION_ERROR)
    return Signed(passed, header, payload, content)


def _passed(algorithm: str, header: dict[str, Any]) -> ProofResult:
    return ProofResult(ProofOutcome.PASSED, "jose.verified", {"algorithm": algorithm}, Shared({"header": header}))


def proves_nothing(header: Mapping[str, Any]) -> bool:
    """Whether a header names an algorithm that proves nothing, whatever key is asked for: `none`, or a secret that the reader would share.

    RFC 7518 names are case-sensitive, but "None" and "nOnE" are the same attack and deserve the same answer.
    """
    name = header.get("alg")
    return isinstance(name, str) and (name.lower() == "none" or name.upper() in _SHARED_SECRET)


def _algorithm(header: Mapping[str, Any]) -> str:
    name = header.get("alg")
    if not isinstance(name, str) or not name:
        raise failed("jose.algorithm_invalid")
    if proves_nothing(header):
        raise failed("jose.algorithm_refused", algorithm=name[:20])
    if name not in ALGORITHMS:
        raise unknown("jose.algorithm_unknown", algorithm=name[:20])
    return name


def _refuse_tricks(header: Mapping[str, Any], key: PublicKey) -> None:
    if "crit" in header:  # we implement no extension, so every critical one is unknown (RFC 7515 §4.1.11)
        raise failed("jose.critical_header")
    if header.get("b64", True) is not True:  # RFC 7797: the payload would not be what was signed
        raise failed("jose.b64")
    if "jwk" in header:
        try:
            repeated = PublicKey.from_jwk(header["jwk"])
        except KeyMaterialError as error:
            raise failed("jose.header_key_mismatch", reason=error.code) from None
        if repeated != key:
            raise failed("jose.header_key_mismatch")


class _Plain(NamedTuple):
    """A header (not to be changed) that says by which algorithm and key it is signed, of what type it is, and nothing else. `passed` is
    said of tokens with it."""

    algorithm: str
    header: dict[str, Any]
    passed: ProofResult


@lru_cache(maxsize=256)
def _plain_header(encoded: bytes) -> _Plain | None:
    """None for a header of any other sort, and for one that is refused. Kept, as keys are: one key signs many tokens."""
    try:
        header = strict_json.loads(encoded, max_bytes=MAX_HEADER_BYTES, max_depth=16)
    except (Malformed, TooLarge):
        return None
    if type(header) is not dict or not header.keys() <= _PLAIN or not set(map(type, header.values())) <= {str}:
        return None
    algorithm = header.get("alg", "")
    return _Plain(algorithm, header, _passed(algorithm, header)) if algorithm in ALGORITHMS else None


def _cut(token: str | bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Header and payload as they were encoded, the bytes that are signed, and the signature."""
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise TooLarge(
            f"This token has {len(token)} characters; at most {MAX_TOKEN_CHARACTERS} are read.",
            facts={"size": len(token), "limit": MAX_TOKEN_CHARACTERS},
        )
    try:
        text = token.encode("ascii") if isinstance(token, str) else token if type(token) is bytes else bytes(token)
    except ValueError:
        raise _no_token() from None
    found: tuple[bytes, bytes, bytes, bytes] | None = encodings.BASE64URL.compact(text)
    if found is None:
        raise _no_token()
    return found


def _read(encoded: bytes, payload: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    header = strict_json.loads(encoded, max_bytes=MAX_HEADER_BYTES, max_depth=16)
    claims = strict_json.loads(payload)
    return _object(header), _object(claims)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("The header and the payload of a token are JSON objects.", code="jose.not_an_object")
    return value


def _no_token() -> Malformed:
    return Malformed("This is not a signed token in compact form.", code="jose.syntax")

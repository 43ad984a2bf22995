"""Keys in a PKCS #11 token: a hardware security module, a smart card, or SoftHSM.

One *session* for each token and process, opened at the first use and kept, so that a cohort is signed without a login for each signature.
It is lost when the device restarts, the token is drawn, the connection breaks, or the process forks; then it is opened again, once, and
what was asked is asked again. (To sign twice does no harm. A wrong PIN is never tried twice: three of them lock many tokens.)

1. The library of the device is loaded, the token found by its label, the session opened with the PIN.
2. Private and public half are found by label or id. A private half that could leave the device is refused.
3. Ed25519 signs the message (EDDSA); P-256 and P-384 sign its hash, made here (mechanism ECDSA: what every device has).
4. The signature is checked with the public half before it is handed out: a device with a fault, or a public half that belongs to another
   key, is found out here and not by the learner's employer.

PKCS #11 v3.0 §2.3 (elliptic curves; CKM_ECDSA, CKM_EDDSA), RFC 7512 (URIs).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from testamur.errors import KeyMaterialError, SignerError, SignerRefused
from testamur.proofs.keys import PublicKey
from testamur.signers.extras import wanted
from testamur.signers.managed import KeptElsewhere
from testamur.signers.secrets import read_secret
from testamur.signers.uris import Pkcs11Uri
from testamur.signers.words import PKCS11, in_words

ALGORITHMS: Final = ("Ed25519", "P-256", "P-384")
_HASHES: Final = {"P-256": hashlib.sha256, "P-384": hashlib.sha384}
_CURVES: Final = {"P-256": "secp256r1", "P-384": "secp384r1"}
_EC_PARAMS: Final = {
    bytes.fromhex("06032b6570"): "Ed25519",  # OID 1.3.101.112 (RFC 8410)
    b"\x13\x0cedwards25519": "Ed25519",  # PrintableString (PKCS #11 v3.0 §2.3.5)
    bytes.fromhex("06082a8648ce3d030107"): "P-256",
    bytes.fromhex("06052b81040022"): "P-384",
}
_ED25519_OID: Final = "1.3.101.112"
_MODULE: Final = "TESTAMUR_PKCS11_MODULE"
_PIN_SOURCE: Final = "TESTAMUR_PKCS11_PIN_SOURCE"
_PIN: Final = "TESTAMUR_PKCS11_PIN"

_Answer = TypeVar("_Answer")


class Pkcs11Signer(KeptElsewhere):
    """A key in a token. Threads may share it: they sign one after the other."""

    _uri: Pkcs11Uri

    def __init__(self, uri: Pkcs11Uri, environment: Mapping[str, str]) -> None:
        """Opens the token and finds the key. Raises `SignerRefused`, `SignerUnavailable`, and as `extras.wanted`."""
        self._uri = uri
        self._token = _token(uri, environment)
        self._public = self._token.run(lambda session: _public_key(session, uri))

    def sign(self, data: bytes) -> bytes:
        """As `ports.Signer.sign`. Raises `SignerRefused` and `SignerUnavailable`."""
        return self.sign_many([data])[0]

    def _asked(self, texts: Sequence[bytes]) -> Sequence[bytes]:
        wants_hash = _HASHES.get(self.algorithm)
        return [wants_hash(one).digest() for one in texts] if wants_hash else texts

    def _made(self, asked: Sequence[bytes]) -> list[bytes]:
        mechanism = getattr(wanted("pkcs11").Mechanism, "EDDSA" if self.algorithm == "Ed25519" else "ECDSA")

        def sign(session: Any) -> list[bytes]:
            private = self._token.private_key(session, self._uri)
            return [bytes(private.sign(one, mechanism=mechanism)) for one in asked]

        return self._token.run(sign)

    def _confirmed(self, signatures: list[bytes], texts: Sequence[bytes]) -> list[bytes]:
        if not all(self._public.verify_many(signatures, texts)):
            raise SignerRefused(
                f"The token made a signature that its own public key does not confirm ({self.uri}). Nothing was signed. "
                "Is there a second key of that name, or is the device defective?",
                code="signer.false_signature",
                facts={"uri": self.uri},
            )
        return signatures

    def close(self) -> None:
        self._token.close()


def make_key(uri: Pkcs11Uri, algorithm: str, environment: Mapping[str, str]) -> Pkcs11Signer:
    """A new key pair in the token, whose private half cannot leave it.

    Raises `SignerRefused` (`signer.key_exists` where the name is taken: a key is never overwritten; `signer.full`), `SignerUnavailable`,
    `KeyMaterialError` (`key_material.unsupported`).
    """
    if algorithm not in ALGORITHMS:
        raise KeyMaterialError(
            f"A token makes keys of {', '.join(ALGORITHMS)}.",
            code="key_material.unsupported",
            facts={"algorithm": algorithm},
        )
    if uri.object is None:
        raise SignerRefused("A new key needs a name: object=…", code="signer.no_name")
    library = wanted("pkcs11")
    token = _token(uri, environment)
    if token.run(lambda session: _found(session, uri, library.ObjectClass.PRIVATE_KEY)):
        raise SignerRefused(
            f"There is a key of that name already ({uri.text}); a key is never overwritten. Choose another name.",
            code="signer.key_exists",
            facts={"uri": uri.text},
        )
    token.run(lambda session: _generate(session, uri, algorithm), writing=True)
    return Pkcs11Signer(uri, environment)


def destroy(uri: Pkcs11Uri, environment: Mapping[str, str]) -> bool:
    """Destroy both halves in the token; False where there is no such key. Cannot be taken back."""
    library = wanted("pkcs11")

    def destroy_all(session: Any) -> bool:
        found = [
            one
            for kind in (library.ObjectClass.PRIVATE_KEY, library.ObjectClass.PUBLIC_KEY)
            for one in _found(session, uri, kind)
        ]
        for one in found:
            one.destroy()
        return bool(found)

    token = _token(uri, environment)
    token.forget(uri)
    return token.run(destroy_all, writing=True)


class _Token:
    """A token of which this process keeps one session. All use of it is behind one lock."""

    def __init__(self, uri: Pkcs11Uri, module: str, environment: Mapping[str, str]) -> None:
        self._uri = uri
        self._module = module
        self._environment = environment
        self._lock = threading.RLock()
        self._session: Any = None
        self._process = 0
        self._private: dict[str, Any] = {}

    def run(self, action: Callable[[Any], _Answer], *, writing: bool = False) -> _Answer:
        """`action` with the session; a second time with a new one, where the first was lost."""
        library = wanted("pkcs11")
        with self._lock:
            for attempt in range(3):
                try:
                    if attempt == 2 or self._process not in (0, os.getpid()):
                        self._session = None  # of before the fork, or of a library that will not find its device again
                        self._private.clear()
                        self._library().reinitialize()
                    self._process = os.getpid()
                    if writing:
                        self._forget_session()
                        with self._open(rw=True) as session:
                            return action(session)
                    if self._session is None:
                        self._session = self._open(rw=False)
                    return action(self._session)
                except library.PKCS11Error as error:
                    self._forget_session()
                    if attempt == 2 or not _was_lost(error):
                        raise _in_words(error, self._uri) from None
            raise AssertionError("unreachable")

    def private_key(self, session: Any, uri: Pkcs11Uri) -> Any:
        """The handle of the private half, kept for as long as the session lasts."""
        found = self._private.get(uri.text)
        if found is None:
            found = self._private[uri.text] = _private_key(session, uri)
        return found

    def forget(self, uri: Pkcs11Uri) -> None:
        with self._lock:
            self._private.pop(uri.text, None)

    def close(self) -> None:
        with self._lock:
            self._forget_session()

    def _forget_session(self) -> None:
        session, self._session = self._session, None
        self._private.clear()
        if session is not None and self._process == os.getpid():
            with contextlib.suppress(wanted("pkcs11").PKCS11Error):  # it may be lost already
                session.close()

    def _library(self) -> Any:
        try:
            return wanted("pkcs11").lib(self._module)
        except (RuntimeError, OSError):
            raise SignerRefused(
                f"The PKCS #11 library {self._module} cannot be loaded. Install the software of the device, and name its library in "
                f"module-path=… or {_MODULE}.",
                code="signer.no_module",
                facts={"module": self._module},
            ) from None

    def _open(self, *, rw: bool) -> Any:
        library = wanted("pkcs11")
        token = self._find(library)
        pin = _pin(self._uri, self._environment)
        try:
            return token.open(rw=rw, user_pin=pin)
        except library.UserAlreadyLoggedIn:
            return token.open(rw=rw)  # the login counts for all sessions that this process has with the token

    def _find(self, library: Any) -> Any:
        found = [
            slot.get_token()
            for slot in self._library().get_slots(token_present=True)
            if self._uri.slot is None or slot.slot_id == self._uri.slot
        ]
        mine = [one for one in found if one.label == self._uri.token]
        if self._uri.serial is not None:
            mine = [one for one in mine if one.serial.decode("ascii", "replace").strip() == self._uri.serial]
        if len(mine) > 1:
            raise SignerRefused(
                f"There are {len(mine)} tokens of the name “{self._uri.token}”. Add serial=… or slot-id=… to the URI.",
                code="signer.ambiguous_token",
                facts={"token": self._uri.token},
            )
        if not mine:
            raise library.NoSuchToken
        return mine[0]


_tokens: dict[tuple[object, ...], _Token] = {}
_tokens_lock = threading.Lock()


def _token(uri: Pkcs11Uri, environment: Mapping[str, str]) -> _Token:
    """The token of a URI: one for each in a process, whatever number of keys in it is used."""
    module = uri.module or environment.get(_MODULE)
    if not module:
        raise SignerRefused(
            "Which device? Name the path of its PKCS #11 library in module-path=… or in the environment variable "
            f"{_MODULE}, for example /usr/lib/softhsm/libsofthsm2.so.",
            code="signer.no_module",
        )
    key = (
        module,
        uri.token,
        uri.serial,
        uri.slot,
        uri.pin_source,
        *(environment.get(one) for one in (_PIN_SOURCE, _PIN)),
    )
    with _tokens_lock:
        return _tokens.setdefault(key, _Token(uri, module, environment))


def _pin(uri: Pkcs11Uri, environment: Mapping[str, str]) -> str:
    source = uri.pin_source or environment.get(_PIN_SOURCE) or (f"env:{_PIN}" if environment.get(_PIN) else None)
    if source is None:
        raise SignerRefused(
            f"The token asks for a PIN. Name the file that holds it in {_PIN_SOURCE} (or in pin-source=…).",
            code="signer.no_secret",
            facts={"token": uri.token},
        )
    return read_secret(source, environment, what="PIN")


def _found(session: Any, uri: Pkcs11Uri, kind: Any) -> list[Any]:
    attribute = wanted("pkcs11").Attribute
    template: dict[Any, Any] = {attribute.CLASS: kind}
    if uri.object is not None:
        template[attribute.LABEL] = uri.object
    if uri.id is not None:
        template[attribute.ID] = uri.id
    return list(session.get_objects(template))


def _only(session: Any, uri: Pkcs11Uri, kind: Any, half: str) -> Any:
    found = _found(session, uri, kind)
    if len(found) != 1:
        raise SignerRefused(
            f"The token has no {half} key of that name ({uri.text}). Make one with “testamur key new --in”, or mend the name."
            if not found
            else f"The token has {len(found)} {half} keys of that name ({uri.text}). Add id=… to the URI.",
            code="signer.no_such_key" if not found else "signer.ambiguous_key",
            facts={"uri": uri.text},
        )
    return found[0]


def _private_key(session: Any, uri: Pkcs11Uri) -> Any:
    library = wanted("pkcs11")
    private = _only(session, uri, library.ObjectClass.PRIVATE_KEY, "private")
    if private[library.Attribute.EXTRACTABLE] or not private[library.Attribute.SENSITIVE]:
        raise SignerRefused(
            f"The private key could leave the token ({uri.text}), so it protects nothing. Make a new one in the token.",
            code="signer.extractable",
            facts={"uri": uri.text},
        )
    return private


def _public_key(session: Any, uri: Pkcs11Uri) -> PublicKey:
    """Of both halves: that the private one is there too is seen now and not when the first credential is signed."""
    library = wanted("pkcs11")
    _private_key(session, uri)
    public = _only(session, uri, library.ObjectClass.PUBLIC_KEY, "public")
    algorithm = _EC_PARAMS.get(bytes(public[library.Attribute.EC_PARAMS]))
    if algorithm is None:
        raise SignerRefused(
            f"The key is of a kind that no verifier here knows ({uri.text}). There are {', '.join(ALGORITHMS)}.",
            code="signer.algorithm",
            facts={"uri": uri.text},
        )
    return PublicKey.from_raw(algorithm, _point(bytes(public[library.Attribute.EC_POINT]), algorithm))


def _point(encoded: bytes, algorithm: str) -> bytes:
    """The raw public key. EC_POINT is the DER of an OCTET STRING; some devices give the point itself."""
    size = {"Ed25519": 32, "P-256": 65, "P-384": 97}[algorithm]
    point = encoded[2:] if len(encoded) == size + 2 and encoded[0] == 0x04 and encoded[1] == size else encoded
    if algorithm == "Ed25519" or point[:1] in (b"\x02", b"\x03"):
        return point
    half = (len(point) - 1) // 2
    return bytes((2 + (point[-1] & 1),)) + point[1 : 1 + half]


def _generate(session: Any, uri: Pkcs11Uri, algorithm: str) -> None:
    library = wanted("pkcs11")
    attribute = library.Attribute
    ed25519 = algorithm == "Ed25519"
    curve = wanted("pkcs11", "pkcs11.util.ec").encode_named_curve_parameters(
        _ED25519_OID if ed25519 else _CURVES[algorithm]
    )
    parameters = session.create_domain_parameters(
        library.KeyType.EC_EDWARDS if ed25519 else library.KeyType.EC, {attribute.EC_PARAMS: curve}, local=True
    )
    mechanism = library.Mechanism.EC_EDWARDS_KEY_PAIR_GEN if ed25519 else library.Mechanism.EC_KEY_PAIR_GEN
    secret = {attribute.SENSITIVE: True, attribute.EXTRACTABLE: False, attribute.PRIVATE: True, attribute.SIGN: True}
    parameters.generate_keypair(
        mechanism=mechanism,
        store=True,
        label=uri.object,
        id=uri.id or secrets.token_bytes(16),
        private_template=secret,
    )


def _was_lost(error: Exception) -> bool:
    library = wanted("pkcs11")
    lost = "SessionHandleInvalid SessionClosed ObjectHandleInvalid KeyHandleInvalid UserNotLoggedIn DeviceRemoved DeviceError"
    lost += " TokenNotPresent NoSuchToken OperationActive"
    # An error of no class of its own is "not initialised" and the like.
    return type(error) is library.PKCS11Error or type(error).__name__ in lost.split()


def _in_words(error: Exception, uri: Pkcs11Uri) -> SignerError:
    name = type(error).__name__
    otherwise = (
        f"The token “{uri.token}” does not answer as it should ({name}). Nothing was signed or lost: try again, "
        "and if it stays so, look at the device."
    )
    return in_words(PKCS11, name, uri.text, token=uri.token, otherwise=otherwise)

"""How the rest of the platform asks: the signing process through its socket, or the keyring in this process.

Framing: four bytes, big-endian, the length; then JSON. One question, one answer, one connection.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from testamur import strict_json
from testamur.errors import SignerError, SignerRefused, SignerUnavailable, TestamurError

from . import keyring, sealing
from .places import Place, Scope, StoredKey
from .requests import MAX_ITEMS, MAX_MESSAGE, Refused

SECONDS = 60
"""So long an answer may take: a batch in a slow device."""

MAX_ANSWER = 32 * 1024 * 1024

CANNOT_SIGN = (SignerError, sealing.SealBroken, sealing.NoKeyEncryptionKey)
"""What is raised where nothing can be signed: the key's holder refuses or does not answer, or a sealed key does not open."""


def reason_of(error: Exception) -> str:
    """For a log: the code of one of `CANNOT_SIGN`, or its name where it has none."""
    return str(getattr(error, "code", type(error).__name__))


def socket_path() -> Path | None:
    """Where the signing process listens; None where this process opens the keys itself."""
    path: Path | None = settings.TESTAMUR_SIGNING_SOCKET
    return path


def make_key(place: Place, key_id: str) -> StoredKey:
    """A new key, made by whoever holds the keys. The row is the caller's to write.

    Raises NoKeyEncryptionKey, SignerRefused, SignerUnavailable.
    """
    if socket_path() is None:
        refuse_in_production()
        return keyring.make(place, key_id)
    asked = {"scope": place.scope.value, "owner": place.owner, "purpose": place.purpose, "id": key_id, "algorithm": ""}
    return StoredKey.from_json(ask({"do": "make", **asked})["key"])


def make_log_key(origin: str, algorithm: str) -> StoredKey:
    """A new key of a log (`Ed25519`, `ML-DSA-44`). Raises as `make_key`."""
    place = Place(Scope.LOG, origin, "")
    if socket_path() is None:
        refuse_in_production()
        return keyring.make_for_log(place, algorithm)
    asked = {"scope": place.scope.value, "owner": origin, "purpose": "", "id": algorithm, "algorithm": algorithm}
    return StoredKey.from_json(ask({"do": "make", **asked})["key"])


def destroy_key(stored: StoredKey) -> bool:
    """End the private half of a retired key that lies in a device or service. Raises SignerRefused and SignerUnavailable."""
    if not stored.uri:
        return False
    if socket_path() is None:
        return keyring.destroy(stored.uri)
    return bool(ask({"do": "destroy", "key": stored.to_json()})["destroyed"])


def sign_by_process(
    kind: str, stored: StoredKey, did: str, items: Sequence[Mapping[str, Any]]
) -> list[bytes | Refused]:
    """One outcome for each item, in order. Raises SignerRefused when the whole request is refused, SignerUnavailable without an answer."""
    outcomes: list[bytes | Refused] = []
    for start in range(0, len(items), MAX_ITEMS):
        some = list(items[start : start + MAX_ITEMS])
        answer = ask({"do": "sign", "kind": kind, "key": stored.to_json(), "did": did, "items": some})
        for one in answer["outcomes"]:
            if (refused := one.get("refused")) is not None:
                outcomes.append(Refused(refused["code"], refused["sentence"], refused["facts"]))
            else:
                outcomes.append(one["secured"].encode())
    return outcomes


def ask(question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of the signing process. Raises SignerRefused, SignerUnavailable (`signing.no_process`), NoKeyEncryptionKey, SealBroken."""
    path = socket_path()
    assert path is not None  # noqa: S101 - the callers have looked
    message = strict_json.dumps(question)
    if len(message) > MAX_MESSAGE:
        raise SignerRefused("Too much was asked for at once.", code="signing.message")
    try:
        answer: Any = strict_json.loads(exchange(path, message), max_bytes=MAX_ANSWER)
    except (OSError, TestamurError) as error:
        raise SignerUnavailable(
            "The signing process does not answer. Nothing was signed or lost; what waits is signed when it runs again "
            "(testamur site sign).",
            code="signing.no_process",
            facts={"error": type(error).__name__},
        ) from None
    if (refused := answer.get("refused")) is not None:
        for known in (sealing.NoKeyEncryptionKey, sealing.SealBroken):
            if refused["code"] == f"signing.{known.__name__}":
                raise known(refused["sentence"])
        raise SignerRefused(refused["sentence"], code=refused["code"], facts=refused["facts"])
    if (unavailable := answer.get("unavailable")) is not None:
        raise SignerUnavailable(unavailable["sentence"], code=unavailable["code"], facts=unavailable["facts"])
    found: dict[str, Any] = answer
    return found


def exchange(path: Path, message: bytes) -> bytes:
    """One question and its answer. Raises OSError, also when it takes longer than `SECONDS`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(SECONDS)
        connection.connect(str(path))
        connection.sendall(struct.pack(">I", len(message)) + message)
        return receive(connection, MAX_ANSWER, SECONDS)


def receive(connection: socket.socket, most: int, seconds: float) -> bytes:
    """One framed message, whole and in time. Raises OSError."""
    ends = time.monotonic() + seconds
    (length,) = struct.unpack(">I", _exactly(connection, 4, ends))
    if length > most:
        raise OSError("the message is too long")
    return _exactly(connection, length, ends)


def _exactly(connection: socket.socket, count: int, ends: float) -> bytes:
    found = bytearray()
    while len(found) < count:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the other side is too slow")
        connection.settimeout(left)
        some = connection.recv(min(count - len(found), 1 << 20))
        if not some:
            raise ConnectionError("the other side ended the connection")
        found += some
    return bytes(found)


def refuse_in_production() -> None:
    """Raises SignerRefused (`signing.production`) where a production deployment would open sealed keys in this process."""
    if settings.TESTAMUR_ENVIRONMENT == "production" and not settings.TESTAMUR_SEALED_KEYS_IN_PRODUCTION:
        raise SignerRefused(
            "This is a production deployment (TESTAMUR_ENVIRONMENT), and the process that serves pages would hold the institutions' "
            "keys. Start the signing process (testamur site sign) and set TESTAMUR_SIGNING_SOCKET; docs/how-to/keep-keys.md shows how. "
            "If keys in every process are what you want nevertheless, set TESTAMUR_SEALED_KEYS_IN_PRODUCTION=yes.",
            code="signing.production",
        )

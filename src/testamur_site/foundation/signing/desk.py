"""The desk: what is asked of the signing process, and what it examines before it signs. Knows neither socket nor process.

1. Read the message: an object of exactly the known members, within limits. Anything else is refused.
2. The key: its institution exists, and `keys` says that this key of this institution may sign.
3. The rate of its owner over the last hour.
4. The kind: its function (`config/wiring.py`, SIGNING_KINDS) takes each item, examines it against the database, and signs it with the pen.
   What is not in order is refused by itself; the rest of the batch goes on.
5. The record: every signature is on the disk before the answer is given. If that fails, nothing is answered.

A pen signs once for each item that was asked for, and notes the SHA-256 of what it signed: no function of a kind can sign beside it.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from testamur import strict_json
from testamur.errors import SignerUnavailable, TestamurError
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

from . import keyring, sealing
from .places import Place, Scope, StoredKey
from .rates import HourlyRate
from .record import Record
from .requests import MAX_ITEMS, MAX_MESSAGE, Refused, Request

logger = logging.getLogger(__name__)

MAKES_PER_HOUR = 200
"""So many new keys are made in an hour: a device has little room, and few institutions are founded in a day."""

_SIGN = {"do", "kind", "key", "did", "items"}
_MAKE = {"do", "scope", "owner", "purpose", "id", "algorithm"}


class Pen:
    """A key for one request: a `testamur.ports.Signer` that signs once for each row, and notes it. One thread uses it."""

    def __init__(
        self, stored: StoredKey, opened: keyring.Opened, method: str, recall: Callable[[str], str | None]
    ) -> None:
        self._opened = opened
        self.algorithm = stored.algorithm
        self.public_multikey = stored.public
        self.key_id = stored.key_id
        self.verification_method = method
        self.row = ""
        self.signed: dict[str, str] = {}
        self.remember: dict[str, str] = {}
        self._recall = recall
        self._under_way: set[str] = set()

    def sign(self, data: bytes) -> bytes:
        self._once(self.row)
        signature = self._opened.sign(data)
        self.signed[self.row] = hashlib.sha256(data).hexdigest()
        return signature

    def sign_in_turn(self, batches: Iterable[Sequence[tuple[str, bytes]]]) -> Generator[list[bytes], None, None]:
        """The signatures of each batch of rows and their texts, in order. A key in a device or service signs meanwhile: then some batches
        are taken before those of the first are given. Raises as `sign`, in the place of the batch that fails: what was given before counts.
        """
        waiting: deque[Sequence[tuple[str, bytes]]] = deque()

        def texts() -> Iterator[list[bytes]]:
            for batch in batches:
                for row, _ in batch:
                    self._once(row)
                    self._under_way.add(row)
                waiting.append(batch)
                yield [text for _, text in batch]

        meanwhile = keyring.batches_of(self._opened)
        given = meanwhile(texts()) if meanwhile else (keyring.sign_many(self._opened, some) for some in texts())
        with closing(given):
            for signatures in given:
                self.signed |= {row: hashlib.sha256(text).hexdigest() for row, text in waiting.popleft()}
                yield signatures

    def _once(self, row: str) -> None:
        if not row or row in self.signed or row in self._under_way:
            raise Refused("signing.once", "One signature is made for each row that is asked for.", {"row": row})

    def recall(self, name: str) -> str | None:
        """What was remembered under this name with an earlier signature."""
        return self.remember.get(name) or self._recall(name)


class Desk:
    """One for a process. Threads may share it: requests wait for each other only while rate and record are written. Those for keys of the
    log come one after the other: what was signed last must be remembered before the next one is looked at."""

    def __init__(self, record: Record, *, clock: Callable[[], float] = time.time) -> None:
        """Reads the record to its end. Raises RecordBroken."""
        self._record = record
        self._clock = clock
        self._rate = HourlyRate(settings.TESTAMUR_SIGNATURES_PER_HOUR)
        self._makes = HourlyRate(MAKES_PER_HOUR)
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._kinds: dict[str, Callable[[Request, Pen], Sequence[bytes | Refused]]] = {}
        now = clock()
        for line in record.replay():
            at = datetime.fromisoformat(line["at"]).timestamp()
            if at > now - 3600:
                self._rate.count(line["owner"], at, len(line["signatures"]))

    def answer(self, message: bytes) -> bytes:
        """The answer to a message: always one, whatever the message is. Only OSError of the record goes through."""
        try:
            answer = self._answer(message)
        except Refused as refused:
            answer = {"refused": refused.to_json()}
        except SignerUnavailable as error:
            answer = {"unavailable": {"code": error.code, "sentence": str(error), "facts": error.facts}}
        except (TestamurError, sealing.SealBroken, sealing.NoKeyEncryptionKey) as error:
            code = getattr(error, "code", None) or f"signing.{type(error).__name__}"
            answer = {"refused": {"code": code, "sentence": str(error), "facts": getattr(error, "facts", {})}}
        if refused := answer.get("refused"):
            logger.warning("refused to sign: %s", refused["code"])
        return strict_json.dumps(answer)

    def _answer(self, message: bytes) -> dict[str, Any]:
        try:
            content = strict_json.loads(message, max_bytes=MAX_MESSAGE)
        except TestamurError:
            content = None
        if not isinstance(content, dict):
            raise _ill_formed()
        match content.get("do"):
            case "sign" if set(content) == _SIGN:
                return self._sign(content)
            case "make" if set(content) == _MAKE:
                return self._make(content)
            case "destroy" if set(content) == {"do", "key"}:
                return self._destroy(content)
            case "ping" if set(content) == {"do"}:
                return {"ready": True}
            case _:
                raise _ill_formed()

    def _sign(self, content: Mapping[str, Any]) -> dict[str, Any]:
        stored, institution = self._key(content["key"])
        kind, did, items = content["kind"], content["did"], content["items"]
        if not isinstance(did, str) or not isinstance(items, list) or not 1 <= len(items) <= MAX_ITEMS:
            raise _ill_formed()
        rows = [item.get("row") if isinstance(item, dict) else None for item in items]
        if not all(isinstance(row, str) and 0 < len(row) <= 200 for row in rows) or len(set(rows)) != len(rows):
            raise _ill_formed()
        examine = self._kind(kind, stored.place.scope)
        _keys("may_sign")(stored, did)
        owner = f"{stored.place.scope}:{stored.place.owner}"
        with self._lock:
            # Counted as asked for and before it is signed: two threads cannot share one place, and refusals are not free.
            if self._rate.room(owner, self._clock()) < len(items):
                limit = settings.TESTAMUR_SIGNATURES_PER_HOUR
                raise Refused(
                    "signing.rate",
                    f"More than {limit} signatures in an hour were asked for in the name of one institution. They go on within the "
                    "hour by themselves; a larger limit is set with TESTAMUR_SIGNATURES_PER_HOUR.",
                    {"limit": limit},
                )
            self._rate.count(owner, self._clock(), len(items))
        with self._one_at_a_time if stored.place.scope is Scope.LOG else nullcontext():
            outcomes = self._examined(stored, owner, Request(kind, institution, did, tuple(items)), examine)
        for one in outcomes:
            if isinstance(one, Refused):
                logger.warning("refused to sign: %s", one.code)
        return {
            "outcomes": [
                {"refused": one.to_json()} if isinstance(one, Refused) else {"secured": one.decode()}
                for one in outcomes
            ]
        }

    def _examined(
        self,
        stored: StoredKey,
        owner: str,
        request: Request,
        examine: Callable[[Request, Pen], Sequence[bytes | Refused]],
    ) -> list[bytes | Refused]:
        """Steps 4 and 5: what the kind signs and refuses, on record."""
        pen = Pen(stored, keyring.open_key(stored), f"{request.did}#{stored.key_id}", self._record.remembered.get)
        scope = (
            tenant(request.institution)
            if request.institution is not None
            else unscoped("a key of the deployment, not of an institution")
        )
        with scope:
            outcomes = list(examine(request, pen))
        if len(outcomes) != len(request.items):
            raise RuntimeError(f"{request.kind} gave {len(outcomes)} outcomes for {len(request.items)} items")
        if pen.signed:
            with self._lock:
                self._record.append(
                    at=datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds"),
                    kind=request.kind,
                    owner=owner,
                    key=stored.key_id,
                    signatures=list(pen.signed.items()),
                    remember=pen.remember,
                )
        return outcomes

    def _make(self, content: Mapping[str, Any]) -> dict[str, Any]:
        if not all(isinstance(value, str) and len(value) <= 200 for value in content.values()):
            raise _ill_formed()
        try:
            place = Place(Scope(content["scope"]), content["owner"], content["purpose"])
        except ValueError:
            raise _ill_formed() from None
        with self._lock:
            if not self._makes.room("", self._clock()):
                raise Refused("signing.rate", f"More than {MAKES_PER_HOUR} keys were made within an hour.", {})
            self._makes.count("", self._clock(), 1)
        # Whether the institution exists is not asked: its first key is made in the transaction that founds it.
        of_log = place.scope is Scope.LOG
        made = keyring.make_for_log(place, content["algorithm"]) if of_log else keyring.make(place, content["id"])
        self._note("make_key", f"{place.scope}:{place.owner}", made)
        return {"key": made.to_json()}

    def _destroy(self, content: Mapping[str, Any]) -> dict[str, Any]:
        stored, _ = self._key(content["key"])
        if not stored.uri or not _keys("has_ended")(stored):
            raise Refused("signing.key_in_use", "Only a retired key in a device or service is destroyed.", {})
        self._note("destroy_key", f"{stored.place.scope}:{stored.place.owner}", stored)
        return {"destroyed": keyring.destroy(stored.uri)}

    def _note(self, kind: str, owner: str, key: StoredKey) -> None:
        with self._lock:
            at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")
            public = hashlib.sha256(key.public.encode()).hexdigest()
            self._record.append(at=at, kind=kind, owner=owner, key=key.key_id, signatures=[("", public)], remember={})

    def _key(self, content: Any) -> tuple[StoredKey, Institution | None]:
        try:
            stored = StoredKey.from_json(content)
        except (KeyError, TypeError, ValueError, AttributeError, TestamurError):
            raise _ill_formed() from None
        if stored.place.scope is not Scope.INSTITUTION:
            return stored, None
        institution = Institution.objects.filter(public_id=stored.place.owner).first()
        if institution is None:
            raise Refused("signing.no_institution", "There is no such institution.", {})
        return stored, institution

    def _kind(self, name: Any, scope: Scope) -> Callable[[Request, Pen], Sequence[bytes | Refused]]:
        found = settings.TESTAMUR_SIGNING_KINDS.get(name) if isinstance(name, str) else None
        if found is None or found[0] != scope:
            raise Refused("signing.kind", "A key of this kind signs nothing of this kind.", {})
        if name not in self._kinds:
            self._kinds[name] = import_string(found[1])
        return self._kinds[name]


def _keys(name: str) -> Callable[..., Any]:
    """A function of whoever keeps the rows of keys (`keys.holding`), which is above us."""
    function: Callable[..., Any] = import_string(f"{settings.TESTAMUR_SIGNING_KEYS}.{name}")
    return function


def _ill_formed() -> Refused:
    return Refused("signing.message", "This is no message that the signing process knows.", {})

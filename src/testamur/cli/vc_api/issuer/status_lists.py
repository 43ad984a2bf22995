"""The status lists that this service hosts, in memory: one of 131,072 entries for each issuer that has one.

An index is drawn at random and never given twice. The list is signed anew when it is asked for, so that it says what holds now.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Final

from testamur.cli.vc_api.issuer.suites import Issuer
from testamur.cli.vc_api.problems import refused
from testamur.status import MINIMUM_ENTRIES, Bits, list_credential, status_entry

_MAX_GIVEN: Final = MINIMUM_ENTRIES // 2
"""Beyond half of the list a random free index takes long to find, and what is free says something about what is not."""

_MEANING: Final = (
    {"status": "0x0", "message": "not revoked"},
    {"status": "0x1", "message": "revoked"},
)
"""What the two values of an entry say (Bitstring Status List §2.1, `statusMessage`)."""

_REFERENCE: Final = "https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry"
"""Where a reader finds what a status entry is (§2.1, `statusReference`)."""

_LIFETIME: Final = timedelta(hours=24)
TIME_TO_LIVE: Final = 60_000
"""Milliseconds for which a reader may keep the list."""


class StatusList:
    """The entries of one issuer. Safe to use from several threads."""

    def __init__(self, address: str, issuer: Issuer) -> None:
        self.address = address
        self._issuer = issuer
        self._bits = Bits()
        self._given: dict[int, str | None] = {}
        self._lock = Lock()

    def allocate(self, credential_id: str | None) -> dict[str, Any]:
        """A new status entry. `credential_id` is by what the credential can be named when its status is to change."""
        with self._lock:
            if len(self._given) >= _MAX_GIVEN:
                raise refused("vc_api.status_list_full", "The status list is full. Start the service anew.", status=400)
            index = secrets.randbelow(MINIMUM_ENTRIES)
            while index in self._given:
                index = secrets.randbelow(MINIMUM_ENTRIES)
            self._given[index] = credential_id
        meaning = [dict(value) for value in _MEANING]
        return {**status_entry(self.address, index), "statusMessage": meaning, "statusReference": _REFERENCE}

    def set(self, credential_id: str, value: bool) -> bool:
        """Revoke the credential (or take it back); False when none of that id was issued with an entry here."""
        with self._lock:
            indexes = [index for index, given in self._given.items() if given == credential_id]
            for index in indexes:
                self._bits.set(index, value)
        return bool(indexes)

    def unsigned(self) -> dict[str, Any]:
        """The list as it stands, without proof: for reading a status here, where nobody has to be convinced."""
        now = datetime.now(UTC)
        with self._lock:
            return list_credential(
                self.address,
                self._issuer.did,
                self._bits,
                valid_from=now - timedelta(minutes=1),
                valid_until=now + _LIFETIME,
                ttl=TIME_TO_LIVE,
            )

    def signed(self) -> dict[str, Any]:
        """The list as it is published."""
        return self._issuer.secure(self.unsigned(), ())

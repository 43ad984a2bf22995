"""Handing something in over HTTPS, as hardened as fetching: to witnesses, time-stamping services and nodes that a
setting names."""

from __future__ import annotations

import time
from dataclasses import dataclass

from testamur.fetch.address import parse_address
from testamur.fetch.http import HttpResolver


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: any status that is not a redirect, and a bounded body."""

    status: int
    content: bytes
    media_type: str


class HttpPoster(HttpResolver):
    """Posts over HTTPS. Redirects are not followed: what was meant for one host is not handed to another."""

    def post(
        self, url: str, body: bytes, *, media_type: str = "application/octet-stream", accept: str = "*/*"
    ) -> Answer:
        """Post `body` and return the answer, whatever its status.

        Raises `NotAllowed` for an address that policy forbids, `Unreachable` when no answer comes in time. Facts name
        the host only.
        """
        address, deadline = parse_address(url), time.monotonic() + self._timeout
        headers = {"Content-Type": media_type, "Accept": accept, "User-Agent": "Testamur"}
        with self._exchange(address, deadline, "POST", headers, body) as response:
            content = self._content(address, response, deadline)
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            return Answer(response.status, content, kind)

"""Handing something in over HTTPS, as hardened as fetching: to witnesses, time-stamping services and nodes that a
setting names."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from http.client import HTTPException

from urllib3.exceptions import HTTPError

from testamur.errors import ResolutionError
from testamur.fetch.address import parse_address
from testamur.fetch.http import HttpResolver, _cut


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
        network_address = self._network_address(address, deadline)
        connection = self._connection(address, network_address, max(0.1, deadline - time.monotonic()))
        watchdog = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, [connection])
        watchdog.daemon = True
        watchdog.start()
        try:
            headers = {
                "Host": address.authority,
                "Content-Type": media_type,
                "Accept": accept,
                "Accept-Encoding": "identity",
                "User-Agent": "Testamur",
                "Connection": "close",
            }
            connection.request("POST", address.target, body=body, headers=headers, preload_content=False)
            with contextlib.closing(connection.getresponse()) as response:
                content = self._content(address, response, deadline)
                kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Answer(response.status, content, kind)
        except ResolutionError:
            raise
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise self._unreachable(address, deadline, error) from None
        finally:
            watchdog.cancel()
            connection.close()

"""Fetching over HTTPS, hardened: bounded in size, time and redirects, and never to where it must not reach.

1. Read and judge the address (`address`).
2. Look its host up once; every network address found must be public.
3. Connect to that very network address, so that a second look-up cannot answer otherwise (DNS rebinding); the certificate is checked
   against the name.
4. Read at most so many bytes within so many seconds; a watchdog cuts the connection of a server that drips.
5. A redirect begins again at 1, at most three times.

No proxies, no cookies, no credentials, nothing from the environment.
"""

from __future__ import annotations

import contextlib
import queue
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http.client import HTTPException
from ipaddress import ip_address
from typing import Final
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from testamur.errors import NotAllowed, NotFound, ResolutionError, Unreachable
from testamur.fetch.address import Address, check_allowed, is_public, parse_address, private
from testamur.ports import Clock, Resource
from testamur.verification.outside import SystemClock

MAX_BYTES: Final = 1_000_000
MAX_LIST_BYTES: Final = 4_000_000
MAX_REDIRECTS: Final = 3
TIMEOUT: Final = 3.0  # seconds, from the first look-up to the last byte, redirects included

_CHUNK: Final = 65_536

LookUp = Callable[[str, int], Sequence[str]]


class HttpResolver:
    """Fetches over HTTPS (implements `ports.Resolver`).

    `allowed_origins` (`http://localhost:8000`) may be asked although they are not public or not https: one's own site, a test.
    `timeout` are seconds from the first look-up to the last byte, redirects included. A status list (a document with an
    `encodedList`) may have `MAX_LIST_BYTES`, anything else `max_bytes`. `look_up` and `clock` are given by tests; `tls` by who
    trusts other authorities.
    """

    def __init__(
        self,
        allowed_origins: Iterable[str] = (),
        *,
        max_bytes: int = MAX_BYTES,
        max_redirects: int = MAX_REDIRECTS,
        timeout: float = TIMEOUT,
        look_up: LookUp | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._allowed = frozenset(parse_address(origin).origin for origin in allowed_origins)
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._timeout = timeout
        self._look_up = look_up or system_look_up
        self._tls = tls
        self._clock = clock or SystemClock()

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        """What `url` answers, after at most `max_redirects` redirects; `Resource.url` is the address that was asked for,
        `Resource.answered_by` the one that answered.

        Raises `NotAllowed` (`resolution.address`, `.not_https`, `.private`, `.redirects`), `NotFound` (404, 410) or `Unreachable`
        (`resolution.unreachable`, `.timeout`, `.status`, `.too_large`, `.encoding`, `.certificate`). Facts name the host, never the path.
        """
        asked = url
        deadline = time.monotonic() + self._timeout
        for _ in range(self._max_redirects + 1):
            answer = self._ask(parse_address(url), accept, deadline)
            if isinstance(answer, Resource):
                elsewhere = None if url == asked else url
                return Resource(asked, answer.content, answer.media_type, answer.fetched_at, elsewhere)
            url = _redirected(url, answer)
        raise NotAllowed(
            f"This address redirects more than {self._max_redirects} times",
            code="resolution.redirects",
            facts={"limit": self._max_redirects},
        )

    def _ask(self, address: Address, accept: Sequence[str], deadline: float) -> Resource | str:
        """One request: the resource, or where it redirects to."""
        headers = {
            "Accept": ", ".join(re.sub(r"[\r\n]", "", entry) for entry in accept) or "*/*",
            "User-Agent": "Testamur (credential verification)",
        }
        with self._exchange(address, deadline, "GET", headers) as response:
            return self._read(address, response, deadline)

    @contextlib.contextmanager
    def _exchange(
        self, address: Address, deadline: float, method: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Iterator[BaseHTTPResponse]:
        """The answer to one request, to be read within the block. Whatever goes wrong, there or here, is `Unreachable`."""
        network_address = self._network_address(address, deadline)
        connection = self._connection(address, network_address, max(0.1, deadline - time.monotonic()))
        watchdog = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, [connection])
        watchdog.daemon = True
        watchdog.start()
        try:
            sent = {"Host": address.authority, **headers, "Accept-Encoding": "identity", "Connection": "close"}
            connection.request(
                method, address.target, body=body, headers=sent, preload_content=False, decode_content=False
            )
            with contextlib.closing(connection.getresponse()) as response:
                yield response
        except ResolutionError:
            raise
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise self._unreachable(address, deadline, error) from None
        finally:
            watchdog.cancel()
            connection.close()

    def _network_address(self, address: Address, deadline: float) -> str:
        """The one network address to connect to. Every address the name has must be public: a mixed answer is an attack."""
        trusted = check_allowed(address, self._allowed)
        try:
            found = _within(lambda: self._look_up(address.host, address.port), deadline)
        except TimeoutError as error:
            raise self._unreachable(address, 0.0, error) from None
        except (OSError, UnicodeError):
            raise Unreachable(
                "No such host is known", code="resolution.unreachable", facts={"host": address.host}
            ) from None
        if not found:
            raise Unreachable("No such host is known", code="resolution.unreachable", facts={"host": address.host})
        if not trusted and not all(_is_public(entry) for entry in found):
            raise private(address.host)
        return min(found, key=lambda entry: ":" in entry)  # IPv4 first: not every machine has a way out over IPv6

    def _connection(self, address: Address, network_address: str, timeout: float) -> HTTPConnection:
        if address.scheme == "http":
            return HTTPConnection(network_address, address.port, timeout=timeout)
        return HTTPSConnection(
            network_address,
            address.port,
            timeout=timeout,
            server_hostname=address.host,  # the certificate is checked against this name, not against the network address
            ssl_context=self._tls or ssl.create_default_context(),
        )

    def _read(self, address: Address, response: BaseHTTPResponse, deadline: float) -> Resource | str:
        if time.monotonic() > deadline:
            raise self._unreachable(address, deadline, None)
        if response.status in (301, 302, 303, 307, 308) and response.headers.get("location"):
            return response.headers["location"]
        if response.status in (404, 410):
            raise NotFound("There is nothing at this address", facts={"host": address.host, "status": response.status})
        if response.status != 200:
            raise Unreachable(
                f"{address.host} answered with status {response.status}",
                code="resolution.status",
                facts={"host": address.host, "status": response.status},
            )
        content = self._content(address, response, deadline)
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Resource(address.url, content, media_type or "application/octet-stream", self._clock.now())

    def _content(self, address: Address, response: BaseHTTPResponse, deadline: float) -> bytes:
        """The body, unpacked where it is compressed, both within the limits. Whether it is a status list shows in what came so far."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise Unreachable(
                f"{address.host} answered in an encoding that was not asked for",
                code="resolution.encoding",
                facts={"host": address.host},
            )
        unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding.endswith("gzip") else None
        content, received, limit = bytearray(), 0, self._max_bytes
        while chunk := response.read1(_CHUNK):
            received += len(chunk)
            try:
                content += unpack.decompress(chunk, MAX_LIST_BYTES + 1) if unpack else chunk
            except zlib.error:
                raise Unreachable(
                    f"{address.host} answered with broken data",
                    code="resolution.encoding",
                    facts={"host": address.host},
                ) from None
            if len(content) > limit and b'"encodedList"' in content[: self._max_bytes]:
                limit = max(limit, MAX_LIST_BYTES)
            if len(content) > limit or received > limit or (unpack and unpack.unconsumed_tail):
                raise Unreachable(
                    f"The answer of {address.host} has more than {limit} bytes",
                    code="resolution.too_large",
                    facts={"host": address.host, "limit": limit},
                )
            if time.monotonic() > deadline:
                break
        if time.monotonic() > deadline:  # a connection that the watchdog cut looks like one that came to its end
            raise self._unreachable(address, deadline, None)
        if unpack and not unpack.eof:
            raise Unreachable(
                f"{address.host} answered with broken data", code="resolution.encoding", facts={"host": address.host}
            )
        return bytes(content)

    def _unreachable(self, address: Address, deadline: float, error: BaseException | None) -> Unreachable:
        facts = {"host": address.host}
        if time.monotonic() >= deadline or isinstance(error, TimeoutError):
            return Unreachable(
                f"{address.host} did not answer within {self._timeout:g} seconds",
                code="resolution.timeout",
                facts={**facts, "seconds": self._timeout},
            )
        if isinstance(error, ssl.SSLError):
            return Unreachable(
                f"{address.host} has no certificate that can be trusted", code="resolution.certificate", facts=facts
            )
        return Unreachable(f"{address.host} cannot be reached", facts=facts)


def system_look_up(host: str, port: int) -> list[str]:
    """The network addresses of `host`, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(entry[4][0]) for entry in found]


def _redirected(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise NotAllowed("This address redirects to what is no address", code="resolution.address") from None


def _is_public(address: str) -> bool:
    try:
        return is_public(ip_address(address))
    except ValueError:
        return False


def _within(work: Callable[[], Sequence[str]], deadline: float) -> Sequence[str]:
    """Do `work` in a thread of its own and wait until the deadline: the system's look-up knows no time-out. Raises TimeoutError."""
    answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(work())
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        answer = answers.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _cut(connection: HTTPConnection) -> None:
    """End a connection whatever it waits for: a server that drips a byte a second keeps every single read within its time-out."""
    sock = connection.sock
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

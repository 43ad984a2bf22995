"""The HTTP server that both of ours are made of: few callers, bounded in every direction, and stopped without cutting off who is served.

The standard library's server is made for friendly callers. What it lacks is added here: a limit on the time that a connection may stay
silent and on the number of connections, and a way to stop that answers what was read and ends what only waits.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6, SHUT_RD, socket
from socketserver import TCPServer
from threading import BoundedSemaphore, Lock
from typing import Any, Final

SILENCE: Final = 10  # seconds that a connection may keep us waiting
MAX_CONNECTIONS: Final = 64
_QUIET: Final = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError, TimeoutError)


class BoundedConnection:
    """What a `BaseHTTPRequestHandler` needs to be bounded: it may keep us waiting for so long, and nothing about it is logged. Stands
    before it among the base classes."""

    server_version, sys_version = "testamur", ""
    timeout: float | None = SILENCE

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the standard library's
        """Nothing is logged: addresses and bodies may hold what is somebody's own business."""


class BoundedServer(ThreadingHTTPServer):
    """Listens on `host` and `port` (0: any free one). Of more than `MAX_CONNECTIONS` callers at once the last ones wait, and are turned
    away after `SILENCE`. Raises OSError where it cannot listen."""

    daemon_threads = False  # so that closing waits for whoever is being served
    request_queue_size = 128

    def __init__(self, host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        # before the base class binds: it closes what it has opened when it cannot
        self._free = BoundedSemaphore(MAX_CONNECTIONS)
        self._open: set[socket] = set()
        self._lock = Lock()
        if ":" in host:
            self.address_family = AF_INET6
        super().__init__((host, port), handler)

    def server_bind(self) -> None:
        """As the base class, without asking the name service for our own name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def server_close(self) -> None:
        """Stop: requests that were read are answered, connections that wait for a next one end now."""
        with self._lock:
            waiting = list(self._open)
        for connection in waiting:
            with suppress(OSError):
                connection.shutdown(SHUT_RD)
        super().server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._free.acquire(timeout=SILENCE):
            self.shutdown_request(request)
            return
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        if not isinstance(sys.exception(), _QUIET):
            super().handle_error(request, client_address)

"""The HTTP server: loopback, bounded in every direction, and stopped without cutting off who is being served.

The standard library's server is made for few and friendly callers. What it lacks is added here: a limit on the size of a body, on the time
that a connection may stay silent and on the number of connections, and an answer in JSON to everything that HTTP allows a caller
to do wrong. It listens on loopback only, and answers only who asks for a loopback host: a page of the web, which a
rebound name has led here, does not.
"""

from __future__ import annotations

import ipaddress
import sys
import traceback
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6, SHUT_RD, socket
from socketserver import TCPServer
from threading import BoundedSemaphore, Lock
from typing import Any, Final
from urllib.parse import urlsplit

from testamur import strict_json
from testamur.cli.vc_api.service import MAX_BODY, Answer, Service

SILENCE: Final = 10  # seconds that a connection may keep us waiting
MAX_CONNECTIONS: Final = 64
_QUIET: Final = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError, TimeoutError)


class Server(ThreadingHTTPServer):
    """Listens on `host` (a loopback address) and `port` (0: any free one) and serves one `Service`."""

    daemon_threads = False  # so that closing waits for whoever is being served
    request_queue_size = 128

    def __init__(self, host: str, port: int) -> None:
        # before the base class binds: it closes what it has opened when it cannot
        self._free = BoundedSemaphore(MAX_CONNECTIONS)
        self._open: set[socket] = set()
        self._lock = Lock()
        if ":" in host:
            self.address_family = AF_INET6
        super().__init__((host, port), _Handler)
        self.origin = f"http://{f'[{host}]' if ':' in host else host}:{self.server_port}"
        self.service = Service(self.origin)

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


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "testamur"
    sys_version = ""
    timeout = SILENCE
    server: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_OPTIONS(self) -> None:
        self._serve()

    def _serve(self) -> None:
        if not is_loopback_host(self.headers.get("Host", "")):
            self._refuse(421, "This service answers on the loopback address only.")
            return
        body = self._body()
        if body is None:
            return
        path = self.path.partition("?")[0]
        method = "GET" if self.command == "HEAD" else self.command
        try:
            answer = self.server.service.answer(method, path, body)
        except Exception:  # noqa: BLE001 - a mistake of ours: say so, keep the details to ourselves, and go on serving
            traceback.print_exc()
            self._refuse(500, "The service made a mistake. What happened stands in its output.")
            return
        self._send(answer)

    def _body(self) -> bytes | None:
        """The body of the request, or None after an answer that says why it is not read."""
        if self.headers.get("Transfer-Encoding"):
            self._refuse(411, "Send the length of the body (Content-Length).")
            return None
        stated = self.headers.get("Content-Length")
        if stated is None:
            if self.command in ("POST", "PUT", "PATCH"):
                self._refuse(411, "Send the length of the body (Content-Length).")
                return None
            return b""
        if not (stated.isascii() and stated.isdigit()):
            self._refuse(400, "Content-Length is a whole number.")
            return None
        if len(stated) > 12 or int(stated) > MAX_BODY:
            self._refuse(413, f"A request has at most {MAX_BODY} bytes.")
            return None
        if int(stated) and not _is_json(self.headers.get("Content-Type", "application/json")):
            self._refuse(415, "Send JSON (Content-Type: application/json).")
            return None
        body = self.rfile.read(int(stated))
        if len(body) < int(stated):
            self.close_connection = True
            return None
        return body

    def _refuse(self, status: int, sentence: str) -> None:
        """An answer to what is no proper request; the connection is closed, because its body was not read."""
        self.close_connection = True
        problem = {"type": "about:blank", "title": sentence, "status": status, "detail": sentence, "verified": False}
        self._send(Answer(status, problem, "application/problem+json"))

    def _send(self, answer: Answer) -> None:
        content = strict_json.dumps(answer.body)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", f"max-age={answer.keep}" if answer.keep else "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if answer.allow is not None:
            self.send_header("Allow", answer.allow)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the standard library refuses by itself (a malformed request line, a method without a name) is answered in JSON too."""
        del explain
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = "HTTP/1.1"  # before a request is read it counts as HTTP/0.9, which has no status line
        self._refuse(code, message or "This is not a request that can be answered.")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the standard library's
        """Nothing is logged: addresses and bodies may hold what is somebody's own business."""


def is_loopback_host(host: str) -> bool:
    """Whether the Host header names this very machine: localhost or a loopback address, with or without a port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return is_loopback(name)


def is_loopback(name: str) -> bool:
    """Whether `name` is `localhost` or an address that leads nowhere but to this machine."""
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_json(media_type: str) -> bool:
    kind = media_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json") or kind in ("application/vc", "application/vp")

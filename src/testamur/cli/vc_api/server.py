"""The HTTP server: loopback, and bounded in every direction (`cli.serving`).

Here is a limit on the size of a body, and an answer in JSON to everything that HTTP allows a caller to do wrong. It listens on loopback
only, and answers only who asks for a loopback host: a page of the web, which a rebound name has led here, does not.
"""

from __future__ import annotations

import ipaddress
import socket
import traceback
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from testamur import strict_json
from testamur.cli.serving import BoundedConnection, BoundedServer
from testamur.cli.vc_api.service import MAX_BODY, Answer, Service

_LINGER = 2.0  # seconds between two parts of a body that is thrown away
_LINGER_PARTS = 256  # of 64 KiB each at most


class Server(BoundedServer):
    """Listens on `host` (a loopback address) and `port` (0: any free one) and serves one `Service`."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port, _Handler)
        self.origin = f"http://{f'[{host}]' if ':' in host else host}:{self.server_port}"
        self.service = Service(self.origin)


class _Handler(BoundedConnection, BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
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
        if status == 413:
            self._let_finish()

    def _let_finish(self) -> None:
        """Throw away some more of a body that is too large: who is cut off while sending never reads the answer."""
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGER)
            for _ in range(_LINGER_PARTS):
                if not self.connection.recv(65_536):
                    return

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

"""The HTTP server of a witness: two addresses, bounded in every direction.

    POST /add-checkpoint     C2SP tlog-witness
    GET  /                   its verifier keys, one a line

Anybody may ask; what protects it is that it cosigns nothing but what the keys of the logs it knows have signed.
"""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler

from testamur.cli.serving import BoundedConnection, BoundedServer
from testamur.log import Witness
from testamur.log.witnesses import MAX_REQUEST_BYTES, Answer


class WitnessServer(BoundedServer):
    """Listens on `host` and `port` (0: any free one)."""

    def __init__(self, host: str, port: int, witness: Witness, vkeys: list[str]) -> None:
        self.witness, self.vkeys = witness, vkeys
        super().__init__(host, port, _Handler)


class _Handler(BoundedConnection, BaseHTTPRequestHandler):
    """One request; a connection is not kept, so that a slow caller takes one place and no more."""

    server: WitnessServer
    server_version = "testamur-witness"

    def do_GET(self) -> None:
        found = self.path == "/"
        lines = "".join(f"{key}\n" for key in self.server.vkeys)
        self._send(Answer(200, lines.encode()) if found else Answer(404, b"There is nothing here.\n"))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._send(Answer(404, b"There is nothing here.\n"))
        elif not (length.isascii() and length.isdigit()) or self.headers.get("Transfer-Encoding"):
            self._send(Answer(411, b"Send the length of the body (Content-Length).\n"))
        elif len(length) > 9 or int(length) > MAX_REQUEST_BYTES:
            self._send(Answer(413, b"The request is too large.\n"))
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                self._send(self.server.witness.add_checkpoint(body, int(time.time())))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

"""A web server on loopback for the tests of fetching. It counts who comes, so it is also the canary that nobody may hit."""

from __future__ import annotations

import gzip
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Server:
    def __init__(self, httpd: ThreadingHTTPServer) -> None:
        self.port: int = httpd.server_address[1]
        self.hits: list[tuple[str, dict[str, str]]] = []
        self.stop = threading.Event()


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    httpd.daemon_threads = True
    if tls is not None:
        httpd.socket = tls.wrap_socket(httpd.socket, server_side=True, do_handshake_on_connect=False)
    server = Server(httpd)
    httpd.state = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Server = self.server.state  # type: ignore[attr-defined]
        server.hits.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        path, _, location = self.path.partition("?")
        name, _, argument = path.strip("/").partition("/")
        match name:
            case "redirect":
                self._answer(302, b"", {"Location": location})
            case "loop":
                self._answer(302, b"", {"Location": f"/loop/{int(argument or 0) + 1}"})
            case "status":
                self._answer(int(argument), b"no")
            case "size":
                self._answer(200, b"x" * int(argument))
            case "list":
                self._answer(200, b'{"encodedList":"' + b"x" * int(argument) + b'"}')
            case "bomb":
                self._answer(200, gzip.compress(bytes(50_000_000)), {"Content-Encoding": "gzip"})
            case "gzip":
                self._answer(200, gzip.compress(b"unpacked"), {"Content-Encoding": "gzip"})
            case "broken-gzip":
                self._answer(200, gzip.compress(b"unpacked")[:-9], {"Content-Encoding": "gzip"})
            case "brotli":
                self._answer(200, b"??", {"Content-Encoding": "br"})
            case "short":
                self._answer(200, b"abc", {"Content-Length": "1000"})
            case "drip":
                self._drip(server)
            case _:
                self._answer(200, b'{"a":1}', {"Content-Type": "application/JSON; charset=utf-8", "Set-Cookie": "a=b"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, server: Server) -> None:
        """A header that never ends, one byte at a time, each well within any time-out of a single read."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        try:
            while not server.stop.wait(0.02):
                self.wfile.write(b"x")
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Silent."""


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server that is `host` and of a client that trusts its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ip_address("192.0.2.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(cadata=made.public_bytes(Encoding.PEM).decode())
    return server, client
